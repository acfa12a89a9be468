"""Saved queries for the pack ``tamper``."""

from stacks.pieces.pack import queries_stack
from trailbell.catalog.detection import Pack

STACK = queries_stack(Pack.TAMPER)
