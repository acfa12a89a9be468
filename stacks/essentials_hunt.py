"""Saved Athena queries for the pack ``essentials``."""

from stacks.pieces.pack import hunt_stack
from stacks.security_alerts import ESSENTIALS

STACK = hunt_stack(ESSENTIALS)
