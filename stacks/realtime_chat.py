"""A topic for chat messages, the channels that show them, and the rules of pack essentials."""

from troposphere import Ref, Template

from stacks.pieces.installation import ACCEPTED
from stacks.pieces.realtime.chat import CHAT_TOPIC, chat
from stacks.pieces.realtime.refs import imported_refs
from stacks.pieces.realtime.rules import chat_rules
from stacks.security_alerts import ESSENTIALS
from trailbell import Catalog, Stack, assemble


def template(catalog: Catalog) -> Template:
    return assemble(
        "Trailbell: messages for Slack and Microsoft Teams through Amazon Q Developer in chat "
        "applications. Deploy after realtime or realtime-hub, in the same account and Region.",
        ACCEPTED,
        chat(),
        chat_rules(catalog.in_pack(ESSENTIALS.name), imported_refs(), Ref(CHAT_TOPIC)),
    )


STACK = Stack(
    name="realtime-chat",
    summary="Chat messages for the detections of pack essentials, and their channels",
    template=template,
    pack=ESSENTIALS,
    without_detections=True,
)
