"""Rules for the pack ``exposure``, which send messages to chat."""

from stacks.exposure import EXPOSURE
from stacks.pieces.realtime.pack import chat_pack_stack

STACK = chat_pack_stack(EXPOSURE)
