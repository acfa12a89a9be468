"""
Two templates, side by side.

In:    a template and the one before it.
Out:   a `ResourceChange` for each resource that differs, and replacements followed through Ref and
       GetAtt to whatever they pull along.
Never: what it means for people; `trailbell.diff.impacts` says that.
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

REDACTED = "****"
# DependsOn orders a deployment and changes nothing by itself; Properties are compared apart.
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
    """Parameters, conditions and mappings that differ, each with a few words on how."""

    parameters: Mapping[str, str]
    conditions: Mapping[str, str]
    mappings: Mapping[str, str]

    def causes(self, value: Any) -> Iterator[str]:
        """What of it a value depends on."""
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
    found = _ChangedDefinitions(parameters, {}, mappings_)
    old, new = section(before, "Conditions"), section(after, "Conditions")
    while True:  # a condition may hang on another one
        conditions_ = {
            name: f"condition {name}"
            for name in new
            if name in old and (old[name] != new[name] or any(found.causes(new[name])))
        }
        if conditions_ == found.conditions:
            return found
        found = replace(found, conditions=conditions_)


def changes(before: Template, source: BuiltTemplate, region: str) -> tuple[ResourceChange, ...]:
    """The changed resources, in the order of the new template; removed ones at the end."""
    old, new = resources(before), resources(source.document)
    definitions = _definitions(before, source.document)
    found: dict[str, ResourceChange] = {}
    for logical_id, resource in new.items():
        kind = schema(type_of(resource), region)
        change = (
            _change(logical_id, old[logical_id], resource, kind, definitions)
            if logical_id in old
            else ResourceChange(
                logical_id=logical_id, type=type_of(resource), action=ChangeAction.ADD
            )
        )
        if change is not None:
            found[logical_id] = change
    _propagate_replacements(found, new, old, region)
    ordered = [found[name] for name in new if name in found]
    ordered += [_removal(name, resource) for name, resource in old.items() if name not in new]
    if before:
        made = macro_input(before), macro_input(source.document)
        ordered += _generated(*made, definitions, region)
    return tuple(
        replace(
            change,
            policy=_policy(new.get(change.logical_id, {})) if change.replaced else change.policy,
            source_location=source.source_lines.get(change.logical_id),
        )
        for change in ordered
    )


def _generated(
    old: Mapping[str, Any], new: Mapping[str, Any], definitions: _ChangedDefinitions, region: str
) -> Iterator[ResourceChange]:
    """What a macro makes of the template is known once it is deployed."""
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
                replacement=_remakes(after, path, region) if in_resources else Replacement.NO,
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


def _remakes(value: Any, path: TemplatePath, region: str) -> Replacement:
    """Whether a change in a loop needs new resources: ``[name, collection, {id: resource}]``."""
    match path:
        case (2, logical_id, "Properties", *rest):
            resource = value_at(value, (2, logical_id)) or {}
            return _recreates(schema(type_of(resource), region), tuple(rest), sure=False)
        case _:
            return Replacement.MAYBE


def _change(
    logical_id: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    kind: Schema | None,
    definitions: _ChangedDefinitions,
) -> ResourceChange | None:
    """How one resource changes; None if it does not."""
    other_type = type_of(old) != type_of(new)
    found = [*_properties(old, new, kind), *_indirect_changes(old, new, kind, definitions)]
    found += [
        PropertyChange(path=name, before=_text(old.get(name)), after=_text(new.get(name)))
        for name in _ATTRIBUTES
        if old.get(name) != new.get(name)
    ]
    appears = old.get("Condition") != new.get("Condition") or any(
        definitions.causes({"Fn::If": [new["Condition"]]} if "Condition" in new else None)
    )
    if not found and not appears and not other_type:
        return None
    return ResourceChange(
        logical_id=logical_id,
        type=type_of(new),
        action=ChangeAction.DYNAMIC if appears else ChangeAction.MODIFY,
        replacement=Replacement.YES if other_type else _worst(found),
        properties=tuple(found),
    )


def _properties(
    old: Mapping[str, Any], new: Mapping[str, Any], kind: Schema | None
) -> Iterator[PropertyChange]:
    before, after = properties(old), properties(new)
    for path in differing_paths(dict(before), dict(after)):
        pair = value_at(before, path), value_at(after, path)
        yield PropertyChange(
            path=format_path(path),
            before=_text(pair[0]),
            after=_text(pair[1]),
            replacement=_recreates(kind, path, sure=not any(conditions(list(pair)))),
        )


def _indirect_changes(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    kind: Schema | None,
    definitions: _ChangedDefinitions,
) -> Iterator[PropertyChange]:
    """Properties whose text is the same, and whose value changes with what it depends on."""
    before, after = properties(old), properties(new)
    for path, value in _functions(dict(after), ()):
        causes = list(definitions.causes(value))
        if causes and value_at(before, path) == value:
            yield PropertyChange(
                path=format_path(path),
                before=_text(value),
                after=_text(value),
                replacement=_recreates(kind, path, sure=False),
                cause="; ".join(causes),
            )


def _functions(value: Any, path: TemplatePath) -> Iterator[tuple[TemplatePath, Any]]:
    """The outermost intrinsics below a value."""
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


def _recreates(kind: Schema | None, path: TemplatePath, *, sure: bool) -> Replacement:
    """Whether a change at this path needs a new resource.

    A type without a schema (a private one) says nothing, so everything is perhaps.
    """
    if kind is None or matches_any(kind.perhaps_create_only, path):
        return Replacement.MAYBE
    if matches_any(kind.create_only, path):
        return Replacement.YES if sure else Replacement.MAYBE
    return Replacement.NO


def _worst(found: list[PropertyChange]) -> Replacement:
    kinds = {each.replacement for each in found}
    if Replacement.YES in kinds:
        return Replacement.YES
    return Replacement.MAYBE if Replacement.MAYBE in kinds else Replacement.NO


def _propagate_replacements(
    found: dict[str, ResourceChange],
    new: Mapping[str, Mapping[str, Any]],
    old: Mapping[str, Mapping[str, Any]],
    region: str,
) -> None:
    """Carry replacements to whatever refers to a replaced resource, until nothing is new."""
    waiting = [name for name, change in found.items() if change.replaced]
    followed: set[tuple[str, Replacement]] = set()
    while waiting:
        name = waiting.pop(0)
        by = found[name].replacement
        if (name, by) in followed:
            continue
        followed.add((name, by))
        for logical_id, resource in new.items():
            if logical_id == name or logical_id not in old:
                continue
            added = _affected_properties(resource, name, by, schema(type_of(resource), region))
            if added and _merge(found, logical_id, resource, added):
                waiting.append(logical_id)


def _affected_properties(
    resource: Mapping[str, Any], name: str, by: Replacement, kind: Schema | None
) -> list[PropertyChange]:
    """The properties that refer to a replaced resource."""
    surely = by is Replacement.YES
    return [
        PropertyChange(
            path=format_path(path),
            before=_text(value),
            after=_text(value),
            replacement=_recreates(kind, path, sure=surely and not any(conditions(value))),
            cause=f"{name} is {'' if surely else 'perhaps '}replaced",
        )
        for path, value in _functions(dict(properties(resource)), ())
        if name in references(value)
    ]


def _merge(
    found: dict[str, ResourceChange],
    logical_id: str,
    resource: Mapping[str, Any],
    added: list[PropertyChange],
) -> bool:
    """Add properties to a change. True if the resource is now more surely replaced."""
    change = found.get(logical_id) or ResourceChange(
        logical_id=logical_id, type=type_of(resource), action=ChangeAction.MODIFY
    )
    known = {each.path: each for each in change.properties}
    for each in added:
        if each.path in known and known[each.path].replacement is Replacement.YES:
            continue
        known[each.path] = each
    worst = _worst(list(known.values()))
    if change.replacement is Replacement.YES:
        worst = Replacement.YES
    found[logical_id] = replace(change, properties=tuple(known.values()), replacement=worst)
    return worst is not change.replacement


def _removal(logical_id: str, resource: Mapping[str, Any]) -> ResourceChange:
    kind = type_of(resource)
    return ResourceChange(
        logical_id=logical_id,
        type=kind,
        action=ChangeAction.REMOVE,
        policy=removal_policy(resource),
    )


def removal_policy(resource: Mapping[str, Any]) -> PolicyAction:
    """What becomes of a resource that leaves its stack.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    by_default = "Snapshot" if _snapshot_by_default(resource) else "Delete"
    match resource.get("DeletionPolicy", by_default):
        case "Retain" | "RetainExceptOnCreate":
            return PolicyAction.RETAIN
        case "Snapshot":
            return PolicyAction.SNAPSHOT
        case _:
            return PolicyAction.DELETE


def _snapshot_by_default(resource: Mapping[str, Any]) -> bool:
    kind = type_of(resource)
    if kind == "AWS::RDS::DBInstance":
        return "DBClusterIdentifier" not in properties(resource)
    return kind in _SNAPSHOT_BY_DEFAULT


def _policy(resource: Mapping[str, Any]) -> PolicyAction:
    """What becomes of the old resource when a new one takes its place.

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
    return values(before, after, "Parameters", "Default")


def values(before: Template, after: Template, part: str, key: str) -> tuple[ValueChange, ...]:
    """Parameters or outputs whose value differs, as texts."""
    old, new = section(before, part), section(after, part)
    secret = secret_parameters(before) | secret_parameters(after) if part == "Parameters" else ()
    found = []
    for name in dict.fromkeys((*new, *old)):
        pair = tuple(_value(side, name, key) for side in (old, new))
        if pair[0] != pair[1]:
            hidden = tuple(REDACTED if v is not None and name in secret else v for v in pair)
            found.append(ValueChange(name=name, before=hidden[0], after=hidden[1]))
    return tuple(found)


def _value(side: Mapping[str, Any], name: str, key: str) -> str | None:
    if name not in side:
        return None
    found = side[name]
    return to_text(found.get(key, "(none)") if isinstance(found, Mapping) else found)


def _text(value: Any) -> str | None:
    return None if value is None else to_text(value)
