"""Saved queries for the pack ``persistence``."""

from stacks.persistence import PERSISTENCE
from stacks.pieces.pack import queries_stack

STACK = queries_stack(PERSISTENCE)
