"""Saved queries for the pack ``data``."""

from stacks.data import DATA
from stacks.pieces.pack import queries_stack

STACK = queries_stack(DATA)
