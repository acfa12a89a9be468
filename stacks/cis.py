"""The pack ``cis``."""

from stacks.pieces.pack import pack_stack
from trailbell import Pack

CIS = Pack(
    name="cis",
    title="CIS AWS Foundations monitoring controls, verbatim as compliance scanners check them",
    order=20,
)
STACK = pack_stack(CIS)
