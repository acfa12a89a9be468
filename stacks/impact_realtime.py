"""Rules for the pack ``impact``, which send a message within seconds."""

from stacks.impact import IMPACT
from stacks.pieces.realtime.pack import realtime_pack_stack

STACK = realtime_pack_stack(IMPACT)
