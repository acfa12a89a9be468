"""The packs of the baseline, for tests of what handles packs."""

from stacks.cis import CIS
from stacks.data import DATA
from stacks.exposure import EXPOSURE
from stacks.identity import IDENTITY
from stacks.impact import IMPACT
from stacks.persistence import PERSISTENCE
from stacks.security_alerts import ESSENTIALS
from stacks.tamper import TAMPER

PACKS = (ESSENTIALS, CIS, TAMPER, IDENTITY, EXPOSURE, IMPACT, DATA, PERSISTENCE)
"""In their order."""
