"""The pack ``tamper``: the alarms guard themselves."""

from stacks.pieces.liveness import undelivered
from stacks.pieces.pack import pack_stack
from stacks.pieces.site import base_site
from trailbell.catalog.detection import Pack

STACK = pack_stack(
    Pack.TAMPER,
    "somebody switches off, narrows or deafens the trail and its alarms",
    undelivered(base_site()),
)
