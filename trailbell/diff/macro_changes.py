"""
Changes to macro input: what ``Fn::ForEach`` and ``Fn::Transform`` create resources from.

In:    the macro input of two templates.
Out:   a `ResourceChange` for each loop, call or section that differs.
Never: the resources that a macro creates. They are known after apply.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.direct_changes import text_or_none
from trailbell.diff.indirect_changes import ChangedDefinitions
from trailbell.diff.model import (
    ChangeAction,
    PolicyAction,
    PropertyChange,
    Replacement,
    ResourceChange,
)
from trailbell.diff.replacement import most_certain_replacement, required_replacement
from trailbell.diff.resource_schema import schema
from trailbell.template import TemplatePath
from trailbell.template.paths import differing_paths, format_path, value_at
from trailbell.template.resources import type_of


def find_macro_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], definitions: ChangedDefinitions, region: str
) -> Iterator[ResourceChange]:
    """Find the macro input that differs, or that depends on a changed definition."""
    for name in dict.fromkeys((*new, *old)):
        before, after = old.get(name), new.get(name)
        paths = list(differing_paths(before, after))
        cause = "; ".join(definitions.causes(after)) if not paths else ""
        if not paths and not cause:
            continue
        creates_resources = name.startswith("Fn::")
        if creates_resources and name not in old:
            yield ResourceChange(logical_id=name, type=_type(name), action=ChangeAction.ADD)
        elif creates_resources and name not in new:
            yield ResourceChange(
                logical_id=name,
                type=_type(name),
                action=ChangeAction.REMOVE,
                policy=PolicyAction.DELETE,
            )
        else:
            changes = tuple(
                PropertyChange(
                    path=format_path(path),
                    before=text_or_none(value_at(before, path)),
                    after=text_or_none(value_at(after, path)),
                    replacement=_loop_replacement(after, path, region)
                    if creates_resources
                    else Replacement.NO,
                    cause=cause,
                )
                for path in paths or [()]
            )
            yield ResourceChange(
                logical_id=name,
                type=_type(name) if creates_resources else "section",
                action=ChangeAction.DYNAMIC,
                replacement=most_certain_replacement(changes),
                properties=changes,
            )


def _type(name: str) -> str:
    """Return ``Fn::ForEach`` for ``Fn::ForEach::Topics``."""
    return "::".join(name.split("::")[:2])


def _loop_replacement(value: Any, path: TemplatePath, region: str) -> Replacement:
    """Return whether a change in ``[name, collection, {id: resource}]`` replaces resources."""
    match path:
        case (2, logical_id, "Properties", *rest):
            resource = value_at(value, (2, logical_id)) or {}
            return required_replacement(
                schema(type_of(resource), region), tuple(rest), certain=False
            )
        case _:
            return Replacement.MAYBE
