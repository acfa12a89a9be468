"""
Two templates, side by side.

In:    a template and the one before it.
Out:   a `Change` for each resource that differs, and replacements followed through Ref and
       GetAtt to whatever they pull along.
Never: what it means for people; `trailbell.diff.impacts` says that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.diff.model import Action, Change, PolicyAction, Property, Replacement, Value
from trailbell.diff.resource_schema import Schema, covers, schema
from trailbell.dist.templates import Source
from trailbell.template.references import (
    Document,
    Path,
    at,
    conditions,
    differences,
    dotted,
    generated,
    intrinsic,
    mappings,
    properties,
    references,
    resources,
    secret_parameters,
    section,
    shown,
    type_of,
)

HIDDEN = "****"
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
class _Definitions:
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


def _definitions(before: Document, after: Document) -> _Definitions:
    parameters = {}
    for value in defaults(before, after):
        if value.before is not None and value.after is not None:
            parameters[value.name] = (
                f"default of parameter {value.name}: {value.before} → {value.after}"
            )
    old, new = section(before, "Mappings"), section(after, "Mappings")
    mappings_ = {name: f"mapping {name}" for name in new if name in old and old[name] != new[name]}
    found = _Definitions(parameters, {}, mappings_)
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


def changes(before: Document, source: Source, region: str) -> tuple[Change, ...]:
    """The changed resources, in the order of the new template; removed ones at the end."""
    old, new = resources(before), resources(source.document)
    definitions = _definitions(before, source.document)
    found: dict[str, Change] = {}
    for logical_id, resource in new.items():
        kind = schema(type_of(resource), region)
        change = (
            _change(logical_id, old[logical_id], resource, kind, definitions)
            if logical_id in old
            else Change(logical_id=logical_id, type=type_of(resource), action=Action.ADD)
        )
        if change is not None:
            found[logical_id] = change
    _follow(found, new, old, region)
    ordered = [found[name] for name in new if name in found]
    ordered += [_removal(name, resource) for name, resource in old.items() if name not in new]
    if before:
        made = generated(before), generated(source.document)
        ordered += _generated(*made, definitions, region)
    return tuple(
        replace(
            change,
            policy=_policy(new.get(change.logical_id, {})) if change.replaced else change.policy,
            place=source.places.get(change.logical_id),
        )
        for change in ordered
    )


def _generated(
    old: Mapping[str, Any], new: Mapping[str, Any], definitions: _Definitions, region: str
) -> Iterator[Change]:
    """What a macro makes of the template is known once it is deployed."""
    for name in dict.fromkeys((*new, *old)):
        before, after = old.get(name), new.get(name)
        paths = list(differences(before, after))
        cause = "; ".join(definitions.causes(after)) if not paths else ""
        if not paths and not cause:
            continue
        in_resources = name.startswith("Fn::")
        properties_ = [
            Property(
                path=dotted(path),
                before=_text(at(before, path)),
                after=_text(at(after, path)),
                replacement=_remakes(after, path, region) if in_resources else Replacement.NO,
                cause=cause,
            )
            for path in paths or [()]
        ]
        action = Action.DYNAMIC
        if in_resources and (name not in old or name not in new):
            action = Action.REMOVE if name in old else Action.ADD
        yield Change(
            logical_id=name,
            type="::".join(name.split("::")[:2]) if in_resources else "section",
            action=action,
            replacement=_worst(properties_) if action is Action.DYNAMIC else Replacement.NO,
            policy=PolicyAction.DELETE if action is Action.REMOVE else None,
            properties=tuple(properties_) if action is Action.DYNAMIC else (),
        )


def _remakes(value: Any, path: Path, region: str) -> Replacement:
    """Whether a change in a loop needs new resources: ``[name, collection, {id: resource}]``."""
    match path:
        case (2, logical_id, "Properties", *rest):
            resource = at(value, (2, logical_id)) or {}
            return _recreates(schema(type_of(resource), region), tuple(rest), sure=False)
        case _:
            return Replacement.MAYBE


def _change(
    logical_id: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    kind: Schema | None,
    definitions: _Definitions,
) -> Change | None:
    """How one resource changes; None if it does not."""
    other_type = type_of(old) != type_of(new)
    found = [*_properties(old, new, kind), *_caused(old, new, kind, definitions)]
    found += [
        Property(path=name, before=_text(old.get(name)), after=_text(new.get(name)))
        for name in _ATTRIBUTES
        if old.get(name) != new.get(name)
    ]
    appears = old.get("Condition") != new.get("Condition") or any(
        definitions.causes({"Fn::If": [new["Condition"]]} if "Condition" in new else None)
    )
    if not found and not appears and not other_type:
        return None
    return Change(
        logical_id=logical_id,
        type=type_of(new),
        action=Action.DYNAMIC if appears else Action.MODIFY,
        replacement=Replacement.YES if other_type else _worst(found),
        properties=tuple(found),
    )


def _properties(
    old: Mapping[str, Any], new: Mapping[str, Any], kind: Schema | None
) -> Iterator[Property]:
    before, after = properties(old), properties(new)
    for path in differences(dict(before), dict(after)):
        pair = at(before, path), at(after, path)
        yield Property(
            path=dotted(path),
            before=_text(pair[0]),
            after=_text(pair[1]),
            replacement=_recreates(kind, path, sure=not any(conditions(list(pair)))),
        )


def _caused(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    kind: Schema | None,
    definitions: _Definitions,
) -> Iterator[Property]:
    """Properties whose text is the same, and whose value changes with what it depends on."""
    before, after = properties(old), properties(new)
    for path, value in _functions(dict(after), ()):
        causes = list(definitions.causes(value))
        if causes and at(before, path) == value:
            yield Property(
                path=dotted(path),
                before=_text(value),
                after=_text(value),
                replacement=_recreates(kind, path, sure=False),
                cause="; ".join(causes),
            )


def _functions(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The outermost intrinsics below a value."""
    if intrinsic(value):
        yield path, value
        return
    match value:
        case dict():
            for name, member in value.items():
                yield from _functions(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from _functions(member, (*path, index))


def _recreates(kind: Schema | None, path: Path, *, sure: bool) -> Replacement:
    """Whether a change at this path needs a new resource.

    A type without a schema (a private one) says nothing, so everything is perhaps.
    """
    if kind is None or covers(kind.perhaps_create_only, path):
        return Replacement.MAYBE
    if covers(kind.create_only, path):
        return Replacement.YES if sure else Replacement.MAYBE
    return Replacement.NO


def _worst(found: list[Property]) -> Replacement:
    kinds = {each.replacement for each in found}
    if Replacement.YES in kinds:
        return Replacement.YES
    return Replacement.MAYBE if Replacement.MAYBE in kinds else Replacement.NO


def _follow(
    found: dict[str, Change],
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
            added = _pulled_along(resource, name, by, schema(type_of(resource), region))
            if added and _merge(found, logical_id, resource, added):
                waiting.append(logical_id)


def _pulled_along(
    resource: Mapping[str, Any], name: str, by: Replacement, kind: Schema | None
) -> list[Property]:
    """The properties that refer to a replaced resource."""
    surely = by is Replacement.YES
    return [
        Property(
            path=dotted(path),
            before=_text(value),
            after=_text(value),
            replacement=_recreates(kind, path, sure=surely and not any(conditions(value))),
            cause=f"{name} is {'' if surely else 'perhaps '}replaced",
        )
        for path, value in _functions(dict(properties(resource)), ())
        if name in references(value)
    ]


def _merge(
    found: dict[str, Change], logical_id: str, resource: Mapping[str, Any], added: list[Property]
) -> bool:
    """Add properties to a change. True if the resource is now more surely replaced."""
    change = found.get(logical_id) or Change(
        logical_id=logical_id, type=type_of(resource), action=Action.MODIFY
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


def _removal(logical_id: str, resource: Mapping[str, Any]) -> Change:
    kind = type_of(resource)
    return Change(
        logical_id=logical_id,
        type=kind,
        action=Action.REMOVE,
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


def defaults(before: Document, after: Document) -> tuple[Value, ...]:
    return values(before, after, "Parameters", "Default")


def values(before: Document, after: Document, part: str, key: str) -> tuple[Value, ...]:
    """Parameters or outputs whose value differs, as texts."""
    old, new = section(before, part), section(after, part)
    secret = secret_parameters(before) | secret_parameters(after) if part == "Parameters" else ()
    found = []
    for name in dict.fromkeys((*new, *old)):
        pair = tuple(_value(side, name, key) for side in (old, new))
        if pair[0] != pair[1]:
            hidden = tuple(HIDDEN if v is not None and name in secret else v for v in pair)
            found.append(Value(name=name, before=hidden[0], after=hidden[1]))
    return tuple(found)


def _value(side: Mapping[str, Any], name: str, key: str) -> str | None:
    if name not in side:
        return None
    found = side[name]
    return shown(found.get(key, "(none)") if isinstance(found, Mapping) else found)


def _text(value: Any) -> str | None:
    return None if value is None else shown(value)
