"""Saved Athena queries for the pack ``data``."""

from stacks.data import DATA
from stacks.pieces.pack import hunt_stack

STACK = hunt_stack(DATA)
