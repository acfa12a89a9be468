"""Sends the events that detections match to the event bus of the security account."""

from troposphere import Template

from stacks.pieces.installation import ACCEPTED
from stacks.pieces.realtime.forward import forwarding
from trailbell import Catalog, Stack, assemble


def template(catalog: Catalog) -> Template:
    return assemble(
        "Trailbell: EventBridge rules that send the events which detections match to the event bus "
        "of realtime-hub. Deploy in every enabled Region of every account, also the hub's.",
        ACCEPTED,
        forwarding(catalog),
    )


STACK = Stack(
    name="realtime-forward",
    summary="Rules that send the events which detections match to realtime-hub",
    template=template,
)
