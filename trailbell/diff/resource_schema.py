"""
Read the schemas of CloudFormation resource types.

In:    the provider schemas that the cfn-lint package contains as JSON files.
Out:   a `Schema`: which properties require replacement, in which order a replacement runs, which
       permissions each handler needs.
Never: an import of cfn-lint. Reading nine files takes milliseconds; the import takes half a second.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from trailbell.errors import ContentError
from trailbell.template.schemas import schemas_folder

HANDLERS = ("create", "read", "update", "delete", "list")

Pointer = tuple[str, ...]
"""A property path; ``*`` matches every entry of a list."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A resource type. ``identifier`` are the properties that identify a physical resource."""

    type: str
    create_only: tuple[Pointer, ...]
    conditional_create_only: tuple[Pointer, ...]
    identifier: tuple[Pointer, ...]
    read_only: tuple[Pointer, ...]
    deletes_before_create: bool
    permissions: Mapping[str, tuple[str, ...]]

    @property
    def naming(self) -> tuple[Pointer, ...]:
        """The properties that, all together, set the physical name in a template.

        An identifier with a generated (read-only) part sets no name: a function can have two
        permissions. Such a type can have a name property, as a topic has TopicName.
        """
        if not any(pointer in self.read_only for pointer in self.identifier):
            return self.identifier
        name = (self.type.rsplit("::", 1)[-1] + "Name",)
        return (name,) if name in self.create_only else ()


@cache
def _index(region: str) -> Mapping[str, str]:
    """Return the resource types of a Region, and the file of each. Default: us-east-1."""
    providers = schemas_folder() / "providers"
    path = providers / f"{region}.json"
    if not path.exists():
        path = providers / "us-east-1.json"
    try:
        index: dict[str, str] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ContentError(
            location=str(path), problem=f"cannot be read ({error})", hint="reinstall cfn-lint"
        ) from error
    return index


_CUSTOM = "AWS::CloudFormation::CustomResource"


def is_custom(resource_type: str) -> bool:
    """Whether a type is a custom resource, with AWS's name or a custom one."""
    return resource_type == _CUSTOM or resource_type.startswith("Custom::")


@cache
def schema(resource_type: str, region: str = "us-east-1") -> Schema | None:
    """Return the schema of a type; None if cfn-lint has none (a private type)."""
    if is_custom(resource_type):
        resource_type = _CUSTOM
    digest = _index(region).get(resource_type)
    if digest is None:
        return None
    path = schemas_folder() / "resources" / f"{digest}.json"
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ContentError(
            location=str(path), problem=f"cannot be read ({error})", hint="reinstall cfn-lint"
        ) from error
    handlers = data.get("handlers", {})
    return Schema(
        type=resource_type,
        # The schema lists ServiceToken as create-only, but CloudFormation rejects the change.
        # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/802
        create_only=() if resource_type == _CUSTOM else _pointers(data, "createOnlyProperties"),
        conditional_create_only=_pointers(data, "conditionalCreateOnlyProperties"),
        identifier=_pointers(data, "primaryIdentifier"),
        read_only=_pointers(data, "readOnlyProperties"),
        deletes_before_create=data.get("replacementStrategy") == "delete_then_create",
        permissions={
            name: tuple(handlers[name].get("permissions", ()))
            for name in HANDLERS
            if name in handlers
        },
    )


def _pointers(data: Mapping[str, Any], key: str) -> tuple[Pointer, ...]:
    """Convert ``/properties/Rules/*/Id`` to ``("Rules", "*", "Id")``."""
    return tuple(tuple(pointer.split("/")[2:]) for pointer in data.get(key) or ())


def matches_any(pointers: tuple[Pointer, ...], path: tuple[str | int, ...]) -> bool:
    """Whether a changed path is one of these properties, or above or below one."""
    return any(
        all(name == "*" or name == str(part) for name, part in zip(pointer, path, strict=False))
        for pointer in pointers
    )
