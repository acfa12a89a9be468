"""The pack ``identity``."""

from stacks.pieces.pack import pack_stack
from trailbell.catalog.detection import Pack

STACK = pack_stack(Pack.IDENTITY, "how somebody who came in stays, and how people use privileges")
