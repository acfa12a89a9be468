"""Saved queries for the pack ``essentials``."""

from stacks.pieces.pack import queries_stack
from stacks.security_alerts import ESSENTIALS

STACK = queries_stack(ESSENTIALS)
