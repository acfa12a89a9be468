"""The pack ``exposure``."""

from stacks.pieces.pack import pack_stack
from trailbell.catalog.detection import Pack

STACK = pack_stack(Pack.EXPOSURE, "public exposure and disabled guardrails")
