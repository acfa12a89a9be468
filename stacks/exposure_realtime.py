"""Rules for the pack ``exposure``, which send a message within seconds."""

from stacks.exposure import EXPOSURE
from stacks.pieces.realtime.pack import realtime_pack_stack

STACK = realtime_pack_stack(EXPOSURE)
