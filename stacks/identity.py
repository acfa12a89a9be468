"""The pack ``identity``."""

from stacks.pieces.pack import pack_stack
from trailbell.catalog.detection import Pack

STACK = pack_stack(Pack.IDENTITY, "persistence, privilege escalation and privileged access")
