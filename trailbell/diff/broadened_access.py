"""
Access that a change broadens.

In:    two templates.
Out:   an `Impact` for each Allow statement that no single old statement covers, for each Deny
       statement that no new statement covers, and for each safeguard that is removed.
Never: an evaluation of IAM. A statement that an old one does not clearly cover is broader.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from trailbell.diff.model import Impact, Risk
from trailbell.template.references import Document, properties, resources

Patterns = frozenset[str]


@dataclass(frozen=True)
class Statement:
    """A policy statement, with each element as a set of texts. Intrinsics are JSON.

    ``actions`` and ``resources`` are None if the statement has NotAction or NotResource. These
    elements are compared literally, in ``inverse``.
    """

    effect: str
    actions: Patterns | None
    resources: Patterns | None
    principals: Patterns
    inverse: str
    conditions: frozenset[tuple[str, str, Patterns]]
    sid: str = ""


def broadened_access(before: Document, after: Document) -> Iterator[Impact]:
    """Find broadened access, by resource, in the order of the new template."""
    old, new = resources(before), resources(after)
    for logical_id in dict.fromkeys((*new, *old)):
        old_properties = properties(old.get(logical_id, {}))
        new_properties = properties(new.get(logical_id, {}))
        texts: list[str] = []
        if logical_id in new:
            texts += _broadened_statements(old_properties, new_properties)
        if logical_id in old and logical_id in new:
            texts += _removed_safeguards(old_properties, new_properties)
        for text in dict.fromkeys(texts):
            yield Impact(risk=Risk.BROADEN, logical_id=logical_id, text=text)


def _broadened_statements(
    old_properties: Mapping[str, Any], new_properties: Mapping[str, Any]
) -> Iterator[str]:
    """Compare the statements of all policies of a resource, in any of its properties."""
    for name in dict.fromkeys((*new_properties, *old_properties)):
        old = list(statements(old_properties.get(name)))
        new = list(statements(new_properties.get(name)))
        for statement in new:
            if statement.effect == "Allow" and not any(
                is_covered_by(statement, other) for other in old if other.effect == "Allow"
            ):
                yield f"{name}{_sid(statement)} allows more: {_summary(statement)}"
        for statement in old:
            if statement.effect == "Deny" and not any(
                is_covered_by(statement, other) for other in new if other.effect == "Deny"
            ):
                yield f"{name}{_sid(statement)} denies less: {_summary(statement)}"


def _sid(statement: Statement) -> str:
    return f" {statement.sid}" if statement.sid else ""


def _summary(statement: Statement) -> str:
    actions = "NotAction" if statement.actions is None else ", ".join(sorted(statement.actions))
    principals = f" for {', '.join(sorted(statement.principals))}" if statement.principals else ""
    conditions = " (with conditions)" if statement.conditions else ""
    return actions + principals + conditions


def statements(value: Any) -> Iterator[Statement]:
    """Return every statement of every policy document in a value, with both branches of Fn::If."""
    match value:
        case {"Statement": inner}:
            yield from _listed(inner)
        case dict():
            for member in value.values():
                yield from statements(member)
        case list():
            for member in value:
                yield from statements(member)


def _listed(value: Any) -> Iterator[Statement]:
    match value:
        case {"Effect": str(effect)}:
            yield _statement(effect, value)
        case {"Fn::If": [_, if_true, if_false]}:
            yield from _listed(if_true)
            yield from _listed(if_false)
        case list():
            for member in value:
                yield from _listed(member)


def _statement(effect: str, data: Mapping[str, Any]) -> Statement:
    inverse = {name: data[name] for name in data if name.startswith("Not")}
    return Statement(
        effect=effect,
        actions=_texts(data["Action"]) if "Action" in data else None,
        resources=None if "NotResource" in data else _texts(data.get("Resource", "*")),
        principals=_principals(data.get("Principal")),
        inverse=json.dumps(inverse, sort_keys=True) if inverse else "",
        conditions=frozenset(_conditions(data.get("Condition"))),
        sid=str(data.get("Sid", "")),
    )


def _conditions(value: Any) -> Iterator[tuple[str, str, Patterns]]:
    if isinstance(value, dict):
        for operator, keys in value.items():
            if isinstance(keys, dict):
                for key, values in keys.items():
                    yield operator, key, _texts(values)


def _principals(value: Any) -> Patterns:
    match value:
        case None:
            return frozenset()
        case dict():
            return frozenset(
                f"{kind}:{name}" for kind, names in value.items() for name in _texts(names)
            )
        case _:
            return frozenset(f"AWS:{name}" for name in _texts(value))


def _texts(value: Any) -> Patterns:
    entries = value if isinstance(value, list) else [value]
    return frozenset(
        entry if isinstance(entry, str) else json.dumps(entry, sort_keys=True) for entry in entries
    )


def is_covered_by(inner: Statement, outer: Statement) -> bool:
    """Whether the outer statement applies to everything that the inner one applies to."""
    return (
        inner.inverse == outer.inverse
        and _covered(inner.actions, outer.actions, case=False)
        and _covered(inner.resources, outer.resources)
        and _covered_principals(inner.principals, outer.principals)
        and all(
            any(_is_stricter(condition, required) for condition in inner.conditions)
            for required in outer.conditions
        )
    )


def applies_to(statement: Statement, service: str, action: str) -> bool:
    """Whether a statement applies to a service and an action. Conditions are not evaluated."""
    principals = statement.principals & {f"Service:{service}", "AWS:*"}
    return bool(principals) and _covered(frozenset({action}), statement.actions, case=False)


def _is_stricter(inner: tuple[str, str, Patterns], outer: tuple[str, str, Patterns]) -> bool:
    """Whether the inner condition is met only where the outer one is.

    Negated operators (``StringNotEquals``) are stricter with more values, others with fewer.
    """
    if inner[:2] != outer[:2]:
        return False
    if "Not" in inner[0]:
        return outer[2] <= inner[2]
    if inner[0].startswith(("String", "Arn", "Bool", "ForAnyValue:", "ForAllValues:")):
        return inner[2] <= outer[2]
    return inner[2] == outer[2]


def _covered_principals(inner: Patterns, outer: Patterns) -> bool:
    return inner <= outer or "AWS:*" in outer


def _covered(inner: Patterns | None, outer: Patterns | None, *, case: bool = True) -> bool:
    if inner is None or outer is None:
        return inner == outer
    return all(any(_matches(text, pattern, case=case) for pattern in outer) for text in inner)


def _matches(text: str, pattern: str, *, case: bool) -> bool:
    """Whether a pattern with ``*`` and ``?`` matches a text, which may be a pattern itself."""
    return text == pattern or _compiled(pattern, case=case).fullmatch(text) is not None


@cache
def _compiled(pattern: str, *, case: bool) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, 0 if case else re.IGNORECASE)


def _removed_safeguards(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Compare safeguards outside policies: public access, boundaries, managed policies."""
    old_block = old.get("PublicAccessBlockConfiguration")
    if isinstance(old_block, dict):
        value = new.get("PublicAccessBlockConfiguration")
        new_block = value if isinstance(value, dict) else {}
        for name, setting in old_block.items():
            if setting in (True, "true") and new_block.get(name) not in (True, "true"):
                yield f"PublicAccessBlockConfiguration.{name} is disabled"
    if "PermissionsBoundary" in old and "PermissionsBoundary" not in new:
        yield "PermissionsBoundary is removed"
    old_arns = _texts(old.get("ManagedPolicyArns") or [])
    for arn in sorted(_texts(new.get("ManagedPolicyArns") or []) - old_arns):
        yield f"ManagedPolicyArns adds {arn}"
