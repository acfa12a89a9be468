"""Rules for the pack ``tamper``, which send a message within seconds."""

from stacks.pieces.realtime.pack import realtime_pack_stack
from stacks.tamper import TAMPER

STACK = realtime_pack_stack(TAMPER)
