"""
Policies that are broken on purpose.

In:    a template.
Out:   copies of it, each with one fault in one policy: a condition, a value, a Deny statement or
       the policy is removed, a principal, a resource, an action or a value is wider, an operator is
       the opposite, or a statement that allows everything is added.
Never: a judgment whether a mutant is dangerous.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.proof.policies import policy_places
from trailbell.template.resources import properties, resources


@dataclass(frozen=True)
class Mutant:
    """A broken template; ``logical_id`` is the resource with the policy that is broken."""

    name: str
    logical_id: str
    template: dict[str, Any]


_ATTACHED = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")
_OF_ONE = (
    *("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::Events::EventBusPolicy"),
    "AWS::KMS::Key",
)
"""Their policies count for one resource, which is then everything."""
_OTHER_RESOURCE = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")


def mutants(template: dict[str, Any]) -> Iterator[Mutant]:
    """Each mutant of a template."""
    with_policies = {place.logical_id for place in policy_places(template)}
    for logical_id, resource in resources(template).items():
        if logical_id not in with_policies and resource.get("Type") not in _ATTACHED:
            continue
        given = properties(resource)
        for path in _statements(given, ()):
            statement = _at(given, path)
            sid = f"{logical_id}.{statement.get('Sid', 'Statement')}"
            for name, changed in _changes(statement):
                if name == "on everything" and resource["Type"] in _OF_ONE:
                    continue
                broken = copy.deepcopy(given)
                _replace(broken, path, changed)
                yield Mutant(f"{sid} {name}", logical_id, _with(template, logical_id, broken))
        for path in _documents(given, ()):
            broken = copy.deepcopy(given)
            _at(broken, path)["Statement"].append(_anything(_at(broken, path)["Statement"]))
            name = f"{logical_id} allows everything"
            yield Mutant(name, logical_id, _with(template, logical_id, broken))
        if resource.get("Type") in _OTHER_RESOURCE:
            rest = {name: each for name, each in resources(template).items() if name != logical_id}
            yield Mutant(f"{logical_id} is removed", logical_id, {**template, "Resources": rest})


def _with(template: dict[str, Any], logical_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    found = template["Resources"]
    changed = {**found[logical_id], "Properties": given}
    return {**template, "Resources": {**found, logical_id: changed}}


def _anything(statements: list[Any]) -> dict[str, Any]:
    found = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    of_resource = any("Principal" in _at(statements, path) for path in _statements(statements, ()))
    return {**found, "Principal": "*"} if of_resource else found


def _documents(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    match value:
        case {"Statement": list()}:
            yield path
        case dict():
            for name, member in value.items():
                yield from _documents(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from _documents(member, (*path, index))


def _statements(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    match value:
        case {"Effect": _}:
            yield path
        case dict():
            for name, member in value.items():
                yield from _statements(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from _statements(member, (*path, index))


def _changes(statement: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The name of a change, and the statement after it."""
    is_deny = statement["Effect"] == "Deny"
    if is_deny:
        yield "is removed", {"Ref": "AWS::NoValue"}
        yield "allows", {**statement, "Effect": "Allow"}
    if "Principal" in statement and statement["Principal"] != "*":
        yield "for everyone", {**statement, "Principal": "*"}
    yield from _conditions(statement, is_deny=is_deny)
    if is_deny:
        for name in ("Action", "Resource"):
            for index, value in enumerate(_listed(statement.get(name, []))):
                rest = [v for i, v in enumerate(_listed(statement[name])) if i != index]
                if rest:
                    yield f"without {name} {value}", {**statement, name: rest}
        return
    if statement.get("Resource", "*") not in ("*", ["*"]):
        yield "on everything", {**statement, "Resource": "*"}
    listed = _listed(statement.get("Action", []))
    for service in dict.fromkeys(action.split(":")[0] for action in listed):
        if f"{service}:*" not in listed:
            yield f"with {service}:*", {**statement, "Action": [*listed, f"{service}:*"]}


def _conditions(statement: dict[str, Any], *, is_deny: bool) -> Iterator[tuple[str, Any]]:
    for operator, keys in statement.get("Condition", {}).items():
        for key, value in keys.items():
            yield f"without {operator} {key}", _test(statement, operator, key)
            opposite = _opposite(operator, value)
            if opposite is not None:
                yield (
                    f"with the opposite of {operator} {key}",
                    _test(statement, operator, key, opposite),
                )
            if operator in ("StringLike", "ArnLike") and not is_deny:
                any_value = "*" if operator == "StringLike" else "arn:*:*:*:*:*"
                wider = {operator: {key: any_value}}
                yield f"with any {key}", _test(statement, operator, key, wider)
            if is_deny and isinstance(value, list) and len(value) > 1:
                for index in range(len(value)):
                    rest = {operator: {key: value[:index] + value[index + 1 :]}}
                    yield (
                        f"without value {index} of {key}",
                        _test(statement, operator, key, rest),
                    )


def _opposite(operator: str, value: Any) -> dict[str, Any] | None:
    """The test that holds where another one does not; empty for a key that is filled in."""
    if operator in ("Null", "Bool", "BoolIfExists"):
        return {operator: "false" if str(value).lower() == "true" else "true"}
    for name in ("String", "Arn"):
        if operator.startswith(f"{name}Not"):
            return {operator.replace(f"{name}Not", name, 1): value}
        if operator.startswith(name):
            return {operator.replace(name, f"{name}Not", 1): value}
    return {operator.replace("LessThan", "GreaterThanEquals"): value}


def _test(
    statement: dict[str, Any], operator: str, key: str, other: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The statement without a test, or with another one in its place."""
    condition: dict[str, dict[str, Any]] = copy.deepcopy(statement["Condition"])
    del condition[operator][key]
    if not condition[operator]:
        del condition[operator]
    for name, value in (other or {}).items():
        member = value if isinstance(value, dict) and key in value else {key: value}
        condition[name] = {**condition.get(name, {}), **member}
    return {**statement, "Condition": condition}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _replace(value: Any, path: tuple[Any, ...], new: Any) -> None:
    *before, last = path
    _at(value, tuple(before))[last] = new
