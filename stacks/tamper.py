"""The pack ``tamper``: alarms on changes to the trail and to the alarms themselves."""

from stacks.pieces.liveness import undelivered
from stacks.pieces.pack import pack_stack
from stacks.pieces.site import base_site
from trailbell.detection import Pack

STACK = pack_stack(
    Pack.TAMPER,
    "tampering with the trail or its alarms",
    undelivered(base_site()),
)
