"""The pack ``identity``."""

from stacks.pieces.pack import pack_stack
from trailbell import Pack

IDENTITY = Pack(
    name="identity",
    title="persistence, privilege escalation and privileged access",
    order=40,
)
STACK = pack_stack(IDENTITY)
