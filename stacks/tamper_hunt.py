"""Saved Athena queries for the pack ``tamper``."""

from stacks.pieces.pack import hunt_stack
from stacks.tamper import TAMPER

STACK = hunt_stack(TAMPER)
