"""Rules for the pack ``cis``, which send messages to chat."""

from stacks.cis import CIS
from stacks.pieces.realtime.pack import chat_pack_stack

STACK = chat_pack_stack(CIS)
