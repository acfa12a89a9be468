"""
What CloudFormation knows about a resource type, without asking it.

In:    the provider schemas that the cfn-lint package carries as JSON files.
Out:   a `Schema`: which properties cannot change in place, how a replacement runs, which
       permissions each handler needs.
Never: an import of cfn-lint. Reading nine files takes milliseconds, importing it half a second.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from trailbell.errors import ContentError

HANDLERS = ("create", "read", "update", "delete", "list")

Pointer = tuple[str, ...]
"""Names of properties from the outside in; ``*`` stands for every entry of a list."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A resource type. ``identifier`` are the properties that name a resource physically."""

    type: str
    create_only: tuple[Pointer, ...]
    perhaps_create_only: tuple[Pointer, ...]
    identifier: tuple[Pointer, ...]
    read_only: tuple[Pointer, ...]
    deleted_first: bool
    permissions: Mapping[str, tuple[str, ...]]

    @property
    def naming(self) -> tuple[Pointer, ...]:
        """Properties by which a template can fix the physical name, all of them together.

        An identifier of which a part is generated (read-only) fixes nothing: two permissions of
        one function are two. What it may have besides is a name of its own: a topic's TopicName.
        """
        if not any(pointer in self.read_only for pointer in self.identifier):
            return self.identifier
        own = (self.type.rsplit("::", 1)[-1] + "Name",)
        return (own,) if own in self.create_only else ()


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ContentError(
            location="cfn-lint", problem="not installed", hint="install trailbell's dependencies"
        )
    return Path(spec.origin).parent / "data" / "schemas"


@cache
def _index(region: str) -> Mapping[str, str]:
    """Resource types of a Region, and the file of each. Unknown Regions read as us-east-1."""
    providers = _folder() / "providers"
    path = providers / f"{region}.json"
    if not path.exists():
        path = providers / "us-east-1.json"
    try:
        found: dict[str, str] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ContentError(
            location=str(path), problem=f"cannot be read ({error})", hint="install cfn-lint again"
        ) from error
    return found


_CUSTOM = "AWS::CloudFormation::CustomResource"


def is_custom(resource_type: str) -> bool:
    """Whether a type is a custom resource, under AWS's name or one of its own."""
    return resource_type == _CUSTOM or resource_type.startswith("Custom::")


@cache
def schema(resource_type: str, region: str = "us-east-1") -> Schema | None:
    """The schema of a type; None for one that cfn-lint does not know (a private type)."""
    if is_custom(resource_type):
        resource_type = _CUSTOM
    digest = _index(region).get(resource_type)
    if digest is None:
        return None
    path = _folder() / "resources" / f"{digest}.json"
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ContentError(
            location=str(path), problem=f"cannot be read ({error})", hint="install cfn-lint again"
        ) from error
    handlers = data.get("handlers", {})
    return Schema(
        type=resource_type,
        # The schema has ServiceToken as create-only. No replacement follows: it is refused.
        # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/802
        create_only=() if resource_type == _CUSTOM else _pointers(data, "createOnlyProperties"),
        perhaps_create_only=_pointers(data, "conditionalCreateOnlyProperties"),
        identifier=_pointers(data, "primaryIdentifier"),
        read_only=_pointers(data, "readOnlyProperties"),
        deleted_first=data.get("replacementStrategy") == "delete_then_create",
        permissions={
            name: tuple(handlers[name].get("permissions", ()))
            for name in HANDLERS
            if name in handlers
        },
    )


def _pointers(data: Mapping[str, Any], key: str) -> tuple[Pointer, ...]:
    """``/properties/Rules/*/Id`` as ``("Rules", "*", "Id")``."""
    return tuple(tuple(pointer.split("/")[2:]) for pointer in data.get(key) or ())


def matches_any(pointers: tuple[Pointer, ...], path: tuple[str | int, ...]) -> bool:
    """Whether a changed path lies at, above or below one of these properties."""
    return any(
        all(name == "*" or name == str(part) for name, part in zip(pointer, path, strict=False))
        for pointer in pointers
    )
