"""Messages within seconds for an organization: a bus for its events, topics, and rules."""

from troposphere import Ref, Template

from stacks.pieces.realtime.hub import hub
from stacks.pieces.realtime.rules_and_topics import realtime_pieces
from stacks.security_alerts import ESSENTIALS
from trailbell import Catalog, Stack, assemble


def template(catalog: Catalog) -> Template:
    return assemble(
        "Trailbell: an event bus for the events of an organization, with rules and SNS topics that "
        "say who did what, within seconds. Deploy in one Region of the security account.",
        hub(),
        *realtime_pieces(catalog, Ref("EventBus")),
    )


STACK = Stack(
    name="realtime-hub",
    summary="Event bus for an organization, with real-time messages of pack essentials",
    template=template,
    pack=ESSENTIALS,
    without_detections=True,
    alternative_to="realtime",
)
