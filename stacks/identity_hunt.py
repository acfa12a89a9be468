"""Saved Athena queries for the pack ``identity``."""

from stacks.identity import IDENTITY
from stacks.pieces.pack import hunt_stack

STACK = hunt_stack(IDENTITY)
