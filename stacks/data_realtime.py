"""Rules for the pack ``data``, which send a message within seconds."""

from stacks.data import DATA
from stacks.pieces.realtime.pack import realtime_pack_stack

STACK = realtime_pack_stack(DATA)
