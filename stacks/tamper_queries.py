"""Saved queries for the pack ``tamper``."""

from stacks.pieces.pack import queries_stack
from stacks.tamper import TAMPER

STACK = queries_stack(TAMPER)
