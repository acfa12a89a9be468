"""
Regions in which templates are checked.

In:    names from the command line.
Out:   the same names, if cfn-lint knows them; or the default.
Never: an import of cfn-lint: it takes longer than a whole build from the cache.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from trailbell.errors import UnknownNameError

DEFAULT = ("us-east-1", "us-west-2", "cn-north-1", "us-gov-west-1")
"""The two largest Regions, and one in each other partition."""


# Regions of which cfn-lint has no types of its own: it takes those of us-east-1.
_BORROWED = {"me-south-1"}


def known() -> tuple[str, ...]:
    """Every Region for which cfn-lint judges."""
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0], "data", "schemas", "providers")
    return tuple(sorted(_BORROWED | {path.stem for path in folder.glob("*-*.json")}))


def check_regions(wanted: Sequence[str]) -> tuple[str, ...]:
    """These Regions, each once, or the default if there are none. Raises `UnknownNameError`."""
    names = known()
    for name in wanted:
        if name not in names:
            raise UnknownNameError("Region", name, names)
    return tuple(dict.fromkeys(wanted)) or DEFAULT
