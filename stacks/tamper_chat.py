"""Rules for the pack ``tamper``, which send messages to chat."""

from stacks.pieces.realtime.pack import chat_pack_stack
from stacks.tamper import TAMPER

STACK = chat_pack_stack(TAMPER)
