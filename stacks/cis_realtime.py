"""Rules for the pack ``cis``, which send a message within seconds."""

from stacks.cis import CIS
from stacks.pieces.realtime.pack import realtime_pack_stack

STACK = realtime_pack_stack(CIS)
