"""The pack ``exposure``."""

from stacks.pieces.pack import pack_stack
from trailbell import Pack

EXPOSURE = Pack(
    name="exposure",
    title="public exposure and disabled guardrails",
    order=50,
)
STACK = pack_stack(EXPOSURE)
