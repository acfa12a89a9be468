"""Rules for the pack ``identity``, which send messages to chat."""

from stacks.identity import IDENTITY
from stacks.pieces.realtime.pack import chat_pack_stack

STACK = chat_pack_stack(IDENTITY)
