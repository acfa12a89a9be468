"""
Replacement propagation: a replaced resource changes the resources that refer to it.

In:    the changes of the resources on their own, and the resources of both templates.
Out:   the same changes, and those of the resources that refer to a replaced one.
Never: a change of a resource that is only in one of the templates.

A replaced resource gets a new physical ID, so each property that refers to it with Ref, GetAtt or
Sub gets a new value. If this property requires replacement as well, the resources that refer to
the second resource change too, and so on.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from trailbell.diff.model import ChangeAction, PropertyChange, Replacement, ResourceChange
from trailbell.diff.replacement import most_certain_replacement, required_replacement
from trailbell.diff.resource_schema import schema
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import conditions, outermost_functions, references
from trailbell.template.paths import format_path, to_text
from trailbell.template.resources import properties, type_of

_Property = tuple[TemplatePath, Any]


def propagate_replacements(
    changes: Mapping[str, ResourceChange],
    old: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, Mapping[str, Any]],
    region: str,
) -> Mapping[str, ResourceChange]:
    """Return the changes, with those that the replacements among them cause."""
    queue = deque(name for name, change in changes.items() if change.replaced)
    if not queue:
        return changes
    referring = _properties_by_reference(
        {name: resource for name, resource in new.items() if name in old}
    )
    result = dict(changes)
    propagated: set[tuple[str, Replacement]] = set()
    while queue:
        replaced_id = queue.popleft()
        replacement = result[replaced_id].replacement
        if (replaced_id, replacement) in propagated:
            continue
        propagated.add((replaced_id, replacement))
        for logical_id, references_to_it in referring.get(replaced_id, {}).items():
            resource_type = type_of(new[logical_id])
            change = result.get(logical_id) or ResourceChange(
                logical_id=logical_id, type=resource_type, action=ChangeAction.MODIFY
            )
            caused = [
                _caused_change(replaced_id, replacement, resource_type, property_, region)
                for property_ in references_to_it
            ]
            result[logical_id] = _add_property_changes(change, caused)
            if result[logical_id].replacement is not change.replacement:
                queue.append(logical_id)
    return result


def _properties_by_reference(
    resources: Mapping[str, Mapping[str, Any]],
) -> Mapping[str, Mapping[str, list[_Property]]]:
    """Return, for each logical ID, the properties of other resources that refer to it."""
    result: dict[str, dict[str, list[_Property]]] = {}
    for logical_id, resource in resources.items():
        for value, path in outermost_functions(dict(properties(resource))):
            for name in dict.fromkeys(references(value)):
                if name != logical_id:
                    result.setdefault(name, {}).setdefault(logical_id, []).append((path, value))
    return result


def _caused_change(
    replaced_id: str,
    replacement: Replacement,
    resource_type: str,
    property_: _Property,
    region: str,
) -> PropertyChange:
    """Return the change of a property that refers to a replaced resource."""
    path, value = property_
    is_certain = replacement is Replacement.YES
    return PropertyChange(
        path=format_path(path),
        before=to_text(value),
        after=to_text(value),
        replacement=required_replacement(
            schema(resource_type, region), path, certain=is_certain and not any(conditions(value))
        ),
        cause=f"{replaced_id} {'is' if is_certain else 'may be'} replaced",
    )


def _add_property_changes(
    change: ResourceChange, caused: Iterable[PropertyChange]
) -> ResourceChange:
    """Return the change with these property changes.

    One of them takes the place of an earlier change of the same property, unless the earlier one
    replaces the resource for certain.
    """
    by_path = {property_.path: property_ for property_ in change.properties}
    for property_ in caused:
        earlier = by_path.get(property_.path)
        if earlier is None or earlier.replacement is not Replacement.YES:
            by_path[property_.path] = property_
    replacement = (
        Replacement.YES  # a changed type replaces the resource, whatever its properties do
        if change.replacement is Replacement.YES
        else most_certain_replacement(by_path.values())
    )
    return replace(change, properties=tuple(by_path.values()), replacement=replacement)
