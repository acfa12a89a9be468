"""Rules for the pack ``impact``, which send messages to chat."""

from stacks.impact import IMPACT
from stacks.pieces.realtime.pack import chat_pack_stack

STACK = chat_pack_stack(IMPACT)
