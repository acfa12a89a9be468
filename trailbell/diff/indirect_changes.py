"""
Indirect changes: the text of a property is the same, but a definition that it depends on differs.

In:    two templates; then a resource before and after.
Out:   the `ChangedDefinitions`; then a `PropertyChange`, with its cause, for each property that
       depends on one of them.
Never: a certain replacement. The deployment may set the parameter, or the condition may have the
       same result.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.diff.model import PropertyChange
from trailbell.diff.replacement import required_replacement
from trailbell.diff.resource_schema import Schema
from trailbell.diff.value_changes import compare_defaults
from trailbell.template import Template
from trailbell.template.intrinsics import conditions, mappings, outermost_functions, references
from trailbell.template.paths import format_path, to_text, value_at
from trailbell.template.resources import properties, section


@dataclass(frozen=True)
class ChangedDefinitions:
    """Parameters, conditions and mappings that differ, each with a description."""

    parameters: Mapping[str, str]
    conditions: Mapping[str, str]
    mappings: Mapping[str, str]

    def causes(self, value: Any) -> Iterator[str]:
        """Return the descriptions of the changed definitions that a value depends on."""
        for name in dict.fromkeys(references(value)):
            if name in self.parameters:
                yield self.parameters[name]
        for name in dict.fromkeys(conditions(value)):
            if name in self.conditions:
                yield self.conditions[name]
        for name in dict.fromkeys(mappings(value)):
            if name in self.mappings:
                yield self.mappings[name]


def find_changed_definitions(before: Template, after: Template) -> ChangedDefinitions:
    """Find the definitions that are in both templates and differ."""
    definitions = ChangedDefinitions(
        parameters={
            change.name: f"default of parameter {change.name}: {change.before} → {change.after}"
            for change in compare_defaults(before, after)
            if change.before is not None and change.after is not None
        },
        conditions={},
        mappings=_changed_mappings(before, after),
    )
    while True:  # a condition may depend on another one
        changed = _changed_conditions(before, after, definitions)
        if changed == definitions.conditions:
            return definitions
        definitions = replace(definitions, conditions=changed)


def _changed_mappings(before: Template, after: Template) -> Mapping[str, str]:
    old, new = section(before, "Mappings"), section(after, "Mappings")
    return {name: f"mapping {name}" for name in new if name in old and old[name] != new[name]}


def _changed_conditions(
    before: Template, after: Template, definitions: ChangedDefinitions
) -> Mapping[str, str]:
    """Return the conditions that differ, or that depend on one of these definitions."""
    old, new = section(before, "Conditions"), section(after, "Conditions")
    return {
        name: f"condition {name}"
        for name in new
        if name in old and (old[name] != new[name] or any(definitions.causes(new[name])))
    }


def find_indirect_changes(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    resource_schema: Schema | None,
    definitions: ChangedDefinitions,
) -> Iterator[PropertyChange]:
    """Find unchanged properties whose value may change with a definition they depend on."""
    before, after = properties(old), properties(new)
    for value, path in outermost_functions(dict(after)):
        causes = list(definitions.causes(value))
        if causes and value_at(before, path) == value:
            yield PropertyChange(
                path=format_path(path),
                before=to_text(value),
                after=to_text(value),
                replacement=required_replacement(resource_schema, path, certain=False),
                cause="; ".join(causes),
            )
