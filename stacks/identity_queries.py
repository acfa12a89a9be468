"""Saved queries for the pack ``identity``."""

from stacks.identity import IDENTITY
from stacks.pieces.pack import queries_stack

STACK = queries_stack(IDENTITY)
