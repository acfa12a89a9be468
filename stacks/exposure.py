"""The pack ``exposure``."""

from stacks.pieces.pack import pack_stack
from trailbell.catalog.detection import Pack

STACK = pack_stack(
    Pack.EXPOSURE, "what is opened to the world, and guardrails that are switched off"
)
