"""Rules for the pack ``persistence``, which send messages to chat."""

from stacks.persistence import PERSISTENCE
from stacks.pieces.realtime.pack import chat_pack_stack

STACK = chat_pack_stack(PERSISTENCE)
