"""Saved Athena queries for the pack ``exposure``."""

from stacks.exposure import EXPOSURE
from stacks.pieces.pack import hunt_stack

STACK = hunt_stack(EXPOSURE)
