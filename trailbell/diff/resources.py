"""
Compare the resources of two templates.

In:    a template and the previous one.
Out:   a `ResourceChange` for each resource that differs, or that is affected by one that does.
Never: the impact of a change; `trailbell.diff.impacts` finds it.

A resource changes for one of three reasons, which are found one after the other:

1. Direct changes: its own text differs.
2. Indirect changes: its text is the same, but it depends on a parameter, condition or mapping
   that differs.
3. Replacement propagation: it refers to a resource that a change of step 1 or 2 replaces.

For example, from this template ::

    Parameters: {Days: {Default: 30}}
    Resources:
      Logs:    {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: trail}}
      Archive: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref Days}}
      Filter:  {Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: !Ref Logs, ...}}

to one with the default 90 and the log group name ``events``:

1. ``Logs`` changes directly. LogGroupName is a create-only property, so ``Logs`` is replaced.
2. ``Archive`` changes indirectly: "default of parameter Days: 30 → 90". This replaces nothing.
3. ``Filter`` changes because "Logs is replaced". LogGroupName is a create-only property of a
   metric filter too, so ``Filter`` is replaced, and the search continues with what refers to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from trailbell.diff.direct_changes import find_attribute_changes, find_property_changes
from trailbell.diff.indirect_changes import (
    ChangedDefinitions,
    find_changed_definitions,
    find_indirect_changes,
)
from trailbell.diff.macro_changes import find_macro_changes
from trailbell.diff.model import ChangeAction, Replacement, ResourceChange
from trailbell.diff.replacement import most_certain_replacement
from trailbell.diff.replacement_propagation import propagate_replacements
from trailbell.diff.resource_schema import schema
from trailbell.diff.retention import removal_policy, replacement_policy
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.template import Template
from trailbell.template.resources import macro_input, resources, type_of


def compare_resources(
    before: Template, source: BuiltTemplate, region: str
) -> tuple[ResourceChange, ...]:
    """Return the changed resources in the order of the new template, then the removed ones."""
    after = source.document
    old, new = resources(before), resources(after)
    definitions = find_changed_definitions(before, after)
    own_changes = {
        change.logical_id: change for change in _own_changes(old, new, definitions, region)
    }
    changes = propagate_replacements(own_changes, old, new, region)
    ordered = [changes[name] for name in new if name in changes]
    ordered += [_removal(name, resource) for name, resource in old.items() if name not in new]
    if before:
        ordered += find_macro_changes(macro_input(before), macro_input(after), definitions, region)
    return tuple(
        replace(
            change,
            policy=replacement_policy(new.get(change.logical_id, {}))
            if change.replaced
            else change.policy,
            source_location=source.source_lines.get(change.logical_id),
        )
        for change in ordered
    )


def _own_changes(
    old: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, Mapping[str, Any]],
    definitions: ChangedDefinitions,
    region: str,
) -> Iterator[ResourceChange]:
    """Return the added resources, and those with direct or indirect changes (steps 1 and 2)."""
    for logical_id, resource in new.items():
        if logical_id in old:
            change = _compare(logical_id, old[logical_id], resource, definitions, region)
            if change is not None:
                yield change
        else:
            yield ResourceChange(
                logical_id=logical_id, type=type_of(resource), action=ChangeAction.ADD
            )


def _compare(
    logical_id: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    definitions: ChangedDefinitions,
    region: str,
) -> ResourceChange | None:
    """Compare one resource; None if it does not change."""
    resource_schema = schema(type_of(new), region)
    type_changes = type_of(old) != type_of(new)
    changes = (
        *find_property_changes(old, new, resource_schema),
        *find_indirect_changes(old, new, resource_schema, definitions),
        *find_attribute_changes(old, new),
    )
    condition_changes = old.get("Condition") != new.get("Condition") or any(
        definitions.causes({"Fn::If": [new["Condition"]]} if "Condition" in new else None)
    )
    if not changes and not condition_changes and not type_changes:
        return None
    return ResourceChange(
        logical_id=logical_id,
        type=type_of(new),
        action=ChangeAction.DYNAMIC if condition_changes else ChangeAction.MODIFY,
        replacement=Replacement.YES if type_changes else most_certain_replacement(changes),
        properties=changes,
    )


def _removal(logical_id: str, resource: Mapping[str, Any]) -> ResourceChange:
    return ResourceChange(
        logical_id=logical_id,
        type=type_of(resource),
        action=ChangeAction.REMOVE,
        policy=removal_policy(resource),
    )
