"""Saved queries for the pack ``exposure``."""

from stacks.exposure import EXPOSURE
from stacks.pieces.pack import queries_stack

STACK = queries_stack(EXPOSURE)
