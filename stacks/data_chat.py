"""Rules for the pack ``data``, which send messages to chat."""

from stacks.data import DATA
from stacks.pieces.realtime.pack import chat_pack_stack

STACK = chat_pack_stack(DATA)
