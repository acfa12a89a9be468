"""
Direct changes: what differs in the text of a resource.

In:    a resource before and after.
Out:   a `PropertyChange` for each property, and each attribute, that differs.
Never: a change in a definition that the resource depends on; `trailbell.diff.indirect_changes`
       finds it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.model import PropertyChange
from trailbell.diff.replacement import required_replacement
from trailbell.diff.resource_schema import Schema
from trailbell.template.intrinsics import conditions
from trailbell.template.paths import differing_paths, format_path, to_text, value_at
from trailbell.template.resources import properties

# Without DependsOn, which only orders the deployment.
_ATTRIBUTES = (
    "Condition",
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
)


def find_property_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], resource_schema: Schema | None
) -> Iterator[PropertyChange]:
    """Find the properties that differ."""
    before, after = properties(old), properties(new)
    for path in differing_paths(dict(before), dict(after)):
        old_value, new_value = value_at(before, path), value_at(after, path)
        certain = not any(conditions([old_value, new_value]))
        yield PropertyChange(
            path=format_path(path),
            before=text_or_none(old_value),
            after=text_or_none(new_value),
            replacement=required_replacement(resource_schema, path, certain=certain),
        )


def find_attribute_changes(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[PropertyChange]:
    """Find the attributes that differ. A change of an attribute alone replaces nothing."""
    for name in _ATTRIBUTES:
        if old.get(name) != new.get(name):
            yield PropertyChange(
                path=name, before=text_or_none(old.get(name)), after=text_or_none(new.get(name))
            )


def text_or_none(value: Any) -> str | None:
    """Return a value as a plan shows it; None if there is no value."""
    return None if value is None else to_text(value)
