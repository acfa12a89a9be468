"""
The Regions for which templates are validated.

In:    names from the command line.
Out:   the same names, if cfn-lint knows them; otherwise the default.
Never: an import of cfn-lint, which takes longer than a build from the cache.
"""

from collections.abc import Sequence

from trailbell.errors import UnknownNameError
from trailbell.template.schemas import schemas_folder

DEFAULT = ("us-east-1", "us-west-2", "cn-north-1", "us-gov-west-1")
"""The two largest Regions, and one in each other partition."""


# Regions for which cfn-lint has no schemas: it uses those of us-east-1.
_WITHOUT_SCHEMAS = {"me-south-1"}


def known_regions() -> tuple[str, ...]:
    """Every Region that cfn-lint knows."""
    folder = schemas_folder() / "providers"
    return tuple(sorted(_WITHOUT_SCHEMAS | {path.stem for path in folder.glob("*-*.json")}))


def check_regions(requested: Sequence[str]) -> tuple[str, ...]:
    """The requested Regions, each once, or the default. Raises `UnknownNameError`."""
    names = known_regions()
    for name in requested:
        if name not in names:
            raise UnknownNameError("Region", name, names)
    return tuple(dict.fromkeys(requested)) or DEFAULT
