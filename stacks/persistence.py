"""The pack ``persistence``."""

from stacks.pieces.pack import pack_stack
from trailbell import Pack

PERSISTENCE = Pack(
    name="persistence",
    title="ways for an intruder to stay or come back",
    order=80,
)
STACK = pack_stack(PERSISTENCE)
