"""Saved Athena queries for the pack ``persistence``."""

from stacks.persistence import PERSISTENCE
from stacks.pieces.pack import hunt_stack

STACK = hunt_stack(PERSISTENCE)
