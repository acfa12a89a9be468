"""Saved Athena queries for the pack ``cis``."""

from stacks.cis import CIS
from stacks.pieces.pack import hunt_stack

STACK = hunt_stack(CIS)
