"""The stack with the rules of a pack. It imports bus and topics from the stack that has them."""

from troposphere import Template

from stacks.pieces.installation import ACCEPTED
from stacks.pieces.realtime.refs import imported_refs
from stacks.pieces.realtime.rules import event_rules
from trailbell import Catalog, Pack, Stack, assemble


def realtime_pack_stack(pack: Pack) -> Stack:
    """The stack ``<pack>-realtime``: a message for each event that a detection matches."""
    summary = f"Real-time messages for the detections of pack {pack}"

    def template(catalog: Catalog) -> Template:
        return assemble(
            f"Trailbell: {summary[0].lower()}{summary[1:]}. Deploy after realtime or "
            "realtime-hub, in the same account and Region.",
            ACCEPTED,
            event_rules(catalog.in_pack(pack.name), imported_refs()),
        )

    return Stack(
        name=f"{pack}-realtime",
        summary=summary,
        template=template,
        pack=pack,
        without_bucket=True,
    )
