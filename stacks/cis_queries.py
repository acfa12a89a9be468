"""Saved queries for the pack ``cis``."""

from stacks.cis import CIS
from stacks.pieces.pack import queries_stack

STACK = queries_stack(CIS)
