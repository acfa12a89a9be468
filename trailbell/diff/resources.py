"""
Compare the resources of two templates.

In:    a template and the previous one.
Out:   a `ResourceChange` for each resource that differs, including the resources that refer to a
       replaced one with Ref or GetAtt.
Never: the impact of a change; `trailbell.diff.impacts` finds it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.diff.model import (
    ChangeAction,
    PolicyAction,
    PropertyChange,
    Replacement,
    ResourceChange,
    ValueChange,
)
from trailbell.diff.resource_schema import Schema, matches_any, schema
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.template import Template, TemplatePath
from trailbell.template.intrinsics import conditions, is_intrinsic, mappings, references
from trailbell.template.paths import differing_paths, format_path, to_text, value_at
from trailbell.template.resources import (
    macro_input,
    properties,
    resources,
    secret_parameters,
    section,
    type_of,
)

# DependsOn only orders the deployment; Properties are compared separately.
_ATTRIBUTES = (
    "Condition",
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
)
_SNAPSHOT_BY_DEFAULT = frozenset({"AWS::RDS::DBCluster"})


@dataclass(frozen=True)
class _ChangedDefinitions:
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


def _definitions(before: Template, after: Template) -> _ChangedDefinitions:
    parameters = {}
    for value in defaults(before, after):
        if value.before is not None and value.after is not None:
            parameters[value.name] = (
                f"default of parameter {value.name}: {value.before} → {value.after}"
            )
    old, new = section(before, "Mappings"), section(after, "Mappings")
    mappings_ = {name: f"mapping {name}" for name in new if name in old and old[name] != new[name]}
    definitions = _ChangedDefinitions(parameters, {}, mappings_)
    old, new = section(before, "Conditions"), section(after, "Conditions")
    while True:  # a condition may depend on another one
        conditions_ = {
            name: f"condition {name}"
            for name in new
            if name in old and (old[name] != new[name] or any(definitions.causes(new[name])))
        }
        if conditions_ == definitions.conditions:
            return definitions
        definitions = replace(definitions, conditions=conditions_)


def changes(before: Template, source: BuiltTemplate, region: str) -> tuple[ResourceChange, ...]:
    """Return the changed resources in the order of the new template, then the removed ones."""
    old, new = resources(before), resources(source.document)
    definitions = _definitions(before, source.document)
    changed: dict[str, ResourceChange] = {}
    for logical_id, resource in new.items():
        resource_schema = schema(type_of(resource), region)
        change = (
            _change(logical_id, old[logical_id], resource, resource_schema, definitions)
            if logical_id in old
            else ResourceChange(
                logical_id=logical_id, type=type_of(resource), action=ChangeAction.ADD
            )
        )
        if change is not None:
            changed[logical_id] = change
    _propagate_replacements(changed, new, old, region)
    ordered = [changed[name] for name in new if name in changed]
    ordered += [_removal(name, resource) for name, resource in old.items() if name not in new]
    if before:
        ordered += _macro_changes(
            macro_input(before), macro_input(source.document), definitions, region
        )
    return tuple(
        replace(
            change,
            policy=_replacement_policy(new.get(change.logical_id, {}))
            if change.replaced
            else change.policy,
            source_location=source.source_lines.get(change.logical_id),
        )
        for change in ordered
    )


def _macro_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], definitions: _ChangedDefinitions, region: str
) -> Iterator[ResourceChange]:
    """Return the changes to macro input. The result of a macro is known after apply."""
    for name in dict.fromkeys((*new, *old)):
        before, after = old.get(name), new.get(name)
        paths = list(differing_paths(before, after))
        cause = "; ".join(definitions.causes(after)) if not paths else ""
        if not paths and not cause:
            continue
        in_resources = name.startswith("Fn::")
        properties_ = [
            PropertyChange(
                path=format_path(path),
                before=_text(value_at(before, path)),
                after=_text(value_at(after, path)),
                replacement=_loop_replacement(after, path, region)
                if in_resources
                else Replacement.NO,
                cause=cause,
            )
            for path in paths or [()]
        ]
        action = ChangeAction.DYNAMIC
        if in_resources and (name not in old or name not in new):
            action = ChangeAction.REMOVE if name in old else ChangeAction.ADD
        yield ResourceChange(
            logical_id=name,
            type="::".join(name.split("::")[:2]) if in_resources else "section",
            action=action,
            replacement=_worst(properties_) if action is ChangeAction.DYNAMIC else Replacement.NO,
            policy=PolicyAction.DELETE if action is ChangeAction.REMOVE else None,
            properties=tuple(properties_) if action is ChangeAction.DYNAMIC else (),
        )


def _loop_replacement(value: Any, path: TemplatePath, region: str) -> Replacement:
    """Whether a change in ``[name, collection, {id: resource}]`` of a loop replaces resources."""
    match path:
        case (2, logical_id, "Properties", *rest):
            resource = value_at(value, (2, logical_id)) or {}
            return _replacement(schema(type_of(resource), region), tuple(rest), certain=False)
        case _:
            return Replacement.MAYBE


def _change(
    logical_id: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    resource_schema: Schema | None,
    definitions: _ChangedDefinitions,
) -> ResourceChange | None:
    """Compare one resource; None if it does not change."""
    type_changes = type_of(old) != type_of(new)
    properties_ = [
        *_direct_changes(old, new, resource_schema),
        *_indirect_changes(old, new, resource_schema, definitions),
    ]
    properties_ += [
        PropertyChange(path=name, before=_text(old.get(name)), after=_text(new.get(name)))
        for name in _ATTRIBUTES
        if old.get(name) != new.get(name)
    ]
    condition_changes = old.get("Condition") != new.get("Condition") or any(
        definitions.causes({"Fn::If": [new["Condition"]]} if "Condition" in new else None)
    )
    if not properties_ and not condition_changes and not type_changes:
        return None
    return ResourceChange(
        logical_id=logical_id,
        type=type_of(new),
        action=ChangeAction.DYNAMIC if condition_changes else ChangeAction.MODIFY,
        replacement=Replacement.YES if type_changes else _worst(properties_),
        properties=tuple(properties_),
    )


def _direct_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], resource_schema: Schema | None
) -> Iterator[PropertyChange]:
    before, after = properties(old), properties(new)
    for path in differing_paths(dict(before), dict(after)):
        old_value, new_value = value_at(before, path), value_at(after, path)
        certain = not any(conditions([old_value, new_value]))
        yield PropertyChange(
            path=format_path(path),
            before=_text(old_value),
            after=_text(new_value),
            replacement=_replacement(resource_schema, path, certain=certain),
        )


def _indirect_changes(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    resource_schema: Schema | None,
    definitions: _ChangedDefinitions,
) -> Iterator[PropertyChange]:
    """Return unchanged properties whose value may change with a definition they depend on."""
    before, after = properties(old), properties(new)
    for path, value in _functions(dict(after), ()):
        causes = list(definitions.causes(value))
        if causes and value_at(before, path) == value:
            yield PropertyChange(
                path=format_path(path),
                before=_text(value),
                after=_text(value),
                replacement=_replacement(resource_schema, path, certain=False),
                cause="; ".join(causes),
            )


def _functions(value: Any, path: TemplatePath) -> Iterator[tuple[TemplatePath, Any]]:
    """Return the outermost intrinsic functions in a value."""
    if is_intrinsic(value):
        yield path, value
        return
    match value:
        case dict():
            for name, member in value.items():
                yield from _functions(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from _functions(member, (*path, index))


def _replacement(
    resource_schema: Schema | None, path: TemplatePath, *, certain: bool
) -> Replacement:
    """Whether a change at this path requires replacement.

    Every change of a type without a schema (a private one) may require replacement.
    """
    if resource_schema is None or matches_any(resource_schema.conditional_create_only, path):
        return Replacement.MAYBE
    if matches_any(resource_schema.create_only, path):
        return Replacement.YES if certain else Replacement.MAYBE
    return Replacement.NO


def _worst(changes: list[PropertyChange]) -> Replacement:
    replacements = {change.replacement for change in changes}
    if Replacement.YES in replacements:
        return Replacement.YES
    return Replacement.MAYBE if Replacement.MAYBE in replacements else Replacement.NO


def _propagate_replacements(
    changed: dict[str, ResourceChange],
    new: Mapping[str, Mapping[str, Any]],
    old: Mapping[str, Mapping[str, Any]],
    region: str,
) -> None:
    """Propagate replacements to the resources that refer to a replaced one, repeatedly."""
    queue = [name for name, change in changed.items() if change.replaced]
    propagated: set[tuple[str, Replacement]] = set()
    while queue:
        name = queue.pop(0)
        replacement = changed[name].replacement
        if (name, replacement) in propagated:
            continue
        propagated.add((name, replacement))
        for logical_id, resource in new.items():
            if logical_id == name or logical_id not in old:
                continue
            affected = _affected_properties(
                resource, name, replacement, schema(type_of(resource), region)
            )
            if affected and _merge(changed, logical_id, resource, affected):
                queue.append(logical_id)


def _affected_properties(
    resource: Mapping[str, Any],
    name: str,
    replacement: Replacement,
    resource_schema: Schema | None,
) -> list[PropertyChange]:
    """Return the properties that refer to a replaced resource."""
    certain = replacement is Replacement.YES
    return [
        PropertyChange(
            path=format_path(path),
            before=_text(value),
            after=_text(value),
            replacement=_replacement(
                resource_schema, path, certain=certain and not any(conditions(value))
            ),
            cause=f"{name} {'is' if certain else 'may be'} replaced",
        )
        for path, value in _functions(dict(properties(resource)), ())
        if name in references(value)
    ]


def _merge(
    changed: dict[str, ResourceChange],
    logical_id: str,
    resource: Mapping[str, Any],
    affected: list[PropertyChange],
) -> bool:
    """Add property changes to a resource. True if its replacement becomes more certain."""
    change = changed.get(logical_id) or ResourceChange(
        logical_id=logical_id, type=type_of(resource), action=ChangeAction.MODIFY
    )
    by_path = {property_.path: property_ for property_ in change.properties}
    for property_ in affected:
        existing = by_path.get(property_.path)
        if existing is not None and existing.replacement is Replacement.YES:
            continue
        by_path[property_.path] = property_
    worst = _worst(list(by_path.values()))
    if change.replacement is Replacement.YES:
        worst = Replacement.YES
    changed[logical_id] = replace(change, properties=tuple(by_path.values()), replacement=worst)
    return worst is not change.replacement


def _removal(logical_id: str, resource: Mapping[str, Any]) -> ResourceChange:
    return ResourceChange(
        logical_id=logical_id,
        type=type_of(resource),
        action=ChangeAction.REMOVE,
        policy=removal_policy(resource),
    )


def removal_policy(resource: Mapping[str, Any]) -> PolicyAction:
    """Return what happens to a resource that is removed from its stack.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    default = "Snapshot" if _snapshot_by_default(resource) else "Delete"
    match resource.get("DeletionPolicy", default):
        case "Retain" | "RetainExceptOnCreate":
            return PolicyAction.RETAIN
        case "Snapshot":
            return PolicyAction.SNAPSHOT
        case _:
            return PolicyAction.DELETE


def _snapshot_by_default(resource: Mapping[str, Any]) -> bool:
    resource_type = type_of(resource)
    if resource_type == "AWS::RDS::DBInstance":
        return "DBClusterIdentifier" not in properties(resource)
    return resource_type in _SNAPSHOT_BY_DEFAULT


def _replacement_policy(resource: Mapping[str, Any]) -> PolicyAction:
    """Return what happens to the old resource after a replacement.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatereplacepolicy.html
    """
    match resource.get("UpdateReplacePolicy", "Delete"):
        case "Retain":
            return PolicyAction.REPLACE_AND_RETAIN
        case "Snapshot":
            return PolicyAction.REPLACE_AND_SNAPSHOT
        case _:
            return PolicyAction.REPLACE_AND_DELETE


def defaults(before: Template, after: Template) -> tuple[ValueChange, ...]:
    """Return the parameters whose default changes."""
    return values(before, after, "Parameters", "Default")


def values(before: Template, after: Template, part: str, key: str) -> tuple[ValueChange, ...]:
    """Return the parameters or outputs whose value changes, as text."""
    old, new = section(before, part), section(after, part)
    secret = secret_parameters(before) | secret_parameters(after) if part == "Parameters" else ()
    changed = []
    for name in dict.fromkeys((*new, *old)):
        change = ValueChange(name=name, before=_value(old, name, key), after=_value(new, name, key))
        if change.before != change.after:
            changed.append(change.redacted() if name in secret else change)
    return tuple(changed)


def _value(declared: Mapping[str, Any], name: str, key: str) -> str | None:
    if name not in declared:
        return None
    entry = declared[name]
    return to_text(entry.get(key, "(none)") if isinstance(entry, Mapping) else entry)


def _text(value: Any) -> str | None:
    return None if value is None else to_text(value)
