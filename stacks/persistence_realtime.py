"""Rules for the pack ``persistence``, which send a message within seconds."""

from stacks.persistence import PERSISTENCE
from stacks.pieces.realtime.pack import realtime_pack_stack

STACK = realtime_pack_stack(PERSISTENCE)
