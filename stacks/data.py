"""The pack ``data``."""

from stacks.pieces.pack import pack_stack
from trailbell import Pack

DATA = Pack(
    name="data",
    title="data opened, shared or carried off",
    order=70,
)
STACK = pack_stack(DATA)
