"""Rules for the pack ``identity``, which send a message within seconds."""

from stacks.identity import IDENTITY
from stacks.pieces.realtime.pack import realtime_pack_stack

STACK = realtime_pack_stack(IDENTITY)
