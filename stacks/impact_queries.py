"""Saved queries for the pack ``impact``."""

from stacks.impact import IMPACT
from stacks.pieces.pack import queries_stack

STACK = queries_stack(IMPACT)
