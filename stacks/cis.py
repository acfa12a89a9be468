"""The pack ``cis``."""

from stacks.pieces.pack import pack_stack
from trailbell.catalog.detection import Pack

STACK = pack_stack(
    Pack.CIS, "the monitoring controls of CIS AWS Foundations, exactly as auditors read them"
)
