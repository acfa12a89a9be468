"""The stacks with the rules of a pack. They import bus and topics from the stack that has them."""

from troposphere import Template

from stacks.pieces.installation import ACCEPTED
from stacks.pieces.realtime.refs import imported_refs, realtime_import
from stacks.pieces.realtime.rules import chat_rules, event_rules
from trailbell import Catalog, Pack, Piece, Stack, assemble


def realtime_pack_stack(pack: Pack, *further_pieces: Piece) -> Stack:
    """The stack ``<pack>-realtime``: a message for each event that a detection matches.

    ``further_pieces`` are added to the rules.
    """
    summary = f"Real-time messages for the detections of pack {pack}"

    def template(catalog: Catalog) -> Template:
        return assemble(
            f"Trailbell: {summary[0].lower()}{summary[1:]}. Deploy after realtime or "
            "realtime-hub, in the same account and Region.",
            ACCEPTED,
            event_rules(catalog.in_pack(pack.name), imported_refs()),
            *further_pieces,
        )

    return Stack(
        name=f"{pack}-realtime",
        summary=summary,
        template=template,
        pack=pack,
    )


def chat_pack_stack(pack: Pack) -> Stack:
    """The stack ``<pack>-chat``: the same messages for Slack and Microsoft Teams."""
    summary = f"Chat messages for the detections of pack {pack}"

    def template(catalog: Catalog) -> Template:
        return assemble(
            f"Trailbell: {summary[0].lower()}{summary[1:]}. Deploy after realtime-chat, in the "
            "same account and Region.",
            ACCEPTED,
            chat_rules(
                catalog.in_pack(pack.name), imported_refs(), realtime_import("ChatTopicArn")
            ),
        )

    return Stack(name=f"{pack}-chat", summary=summary, template=template, pack=pack)
