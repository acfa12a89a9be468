"""The pack ``impact``."""

from stacks.pieces.pack import pack_stack
from trailbell import Pack

IMPACT = Pack(
    name="impact",
    title="destruction, ransom preparation, and hijacked resources",
    order=60,
)
STACK = pack_stack(IMPACT)
