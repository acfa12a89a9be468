"""Saved Athena queries for the pack ``impact``."""

from stacks.impact import IMPACT
from stacks.pieces.pack import hunt_stack

STACK = hunt_stack(IMPACT)
