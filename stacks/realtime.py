"""Messages within seconds, in one account and Region: topics, and rules on the default bus."""

from troposphere import Template

from stacks.pieces.realtime.rules_and_topics import realtime_pieces
from stacks.security_alerts import ESSENTIALS
from trailbell import Catalog, Stack, assemble


def template(catalog: Catalog) -> Template:
    return assemble(
        "Trailbell: EventBridge rules and SNS topics that say who did what, within seconds. Deploy "
        "in every enabled Region of an account with a trail.",
        *realtime_pieces(catalog, "default"),
    )


STACK = Stack(
    name="realtime",
    summary="Real-time messages for the detections of pack essentials, and their topics",
    template=template,
    pack=ESSENTIALS,
    without_detections=True,
)
