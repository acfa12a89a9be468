"""The pack ``cis``."""

from stacks.pieces.pack import pack_stack
from trailbell.catalog.detection import Pack

STACK = pack_stack(
    Pack.CIS,
    "CIS AWS Foundations monitoring controls, verbatim as compliance scanners check them",
)
