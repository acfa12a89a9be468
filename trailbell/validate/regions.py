"""
The Regions for which templates are validated.

In:    names from the command line.
Out:   the same names, if cfn-lint knows them; otherwise the default. Which of them do not have a
       resource type.
Never: an import of cfn-lint, which takes longer than a build from the cache.
"""

import json
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


def regions_without(resource_type: str, regions: Sequence[str]) -> tuple[str, ...]:
    """The Regions for which cfn-lint has schemas, but not one of this resource type."""
    providers = schemas_folder() / "providers"
    return tuple(
        region
        for region in regions
        if region not in _WITHOUT_SCHEMAS
        and resource_type not in json.loads((providers / f"{region}.json").read_bytes())
    )
