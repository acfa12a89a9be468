"""
Permissions that grew.

In:    two templates.
Out:   an `Impact` for each statement that lets in more than any single one did before, for
       each refusal that refuses less, and for each guard that is gone.
Never: an evaluation of IAM. A statement that is not plainly within an old one counts as wider.
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
    """A statement, with each part as a set of texts; intrinsics are their JSON.

    ``actions`` and ``resources`` are None where the statement says NotAction or NotResource;
    those are compared as they stand, in ``inverse``.
    """

    effect: str
    actions: Patterns | None
    resources: Patterns | None
    principals: Patterns
    inverse: str
    conditions: frozenset[tuple[str, str, Patterns]]
    sid: str = ""


def broadened_access(before: Document, after: Document) -> Iterator[Impact]:
    """What grew, by resource, in the order of the new template."""
    old, new = resources(before), resources(after)
    for logical_id in dict.fromkeys((*new, *old)):
        was = properties(old.get(logical_id, {}))
        now = properties(new.get(logical_id, {}))
        texts = list(_statements(was, now)) if logical_id in new else []
        texts += (
            list(_removed_safeguards(was, now)) if logical_id in old and logical_id in new else []
        )
        for text in dict.fromkeys(texts):
            yield Impact(risk=Risk.WIDEN, logical_id=logical_id, text=text)


def _statements(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Statements of all policies of a resource, wherever in its properties they stand."""
    for name in dict.fromkeys((*now, *was)):
        old, new = list(statements(was.get(name))), list(statements(now.get(name)))
        for statement in new:
            if statement.effect == "Allow" and not any(
                is_covered_by(statement, each) for each in old if each.effect == "Allow"
            ):
                yield f"{name}{_sid(statement)} lets in more: {_summary(statement)}"
        for statement in old:
            if statement.effect == "Deny" and not any(
                is_covered_by(statement, each) for each in new if each.effect == "Deny"
            ):
                yield f"{name}{_sid(statement)} refuses less than before: {_summary(statement)}"


def _sid(statement: Statement) -> str:
    return f" {statement.sid}" if statement.sid else ""


def _summary(statement: Statement) -> str:
    what = ", ".join(sorted(statement.actions)) if statement.actions is not None else "NotAction"
    who = f" for {', '.join(sorted(statement.principals))}" if statement.principals else ""
    only_if = " (with conditions)" if statement.conditions else ""
    return what + who + only_if


def statements(value: Any) -> Iterator[Statement]:
    """Every statement of every policy document below a value, both branches of an Fn::If."""
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
        case {"Fn::If": [_, yes, no]}:
            yield from _listed(yes)
            yield from _listed(no)
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
                for key, wanted in keys.items():
                    yield operator, key, _texts(wanted)


def _principals(value: Any) -> Patterns:
    match value:
        case None:
            return frozenset()
        case dict():
            return frozenset(f"{kind}:{who}" for kind, w in value.items() for who in _texts(w))
        case _:
            return frozenset(f"AWS:{who}" for who in _texts(value))


def _texts(value: Any) -> Patterns:
    entries = value if isinstance(value, list) else [value]
    return frozenset(
        entry if isinstance(entry, str) else json.dumps(entry, sort_keys=True) for entry in entries
    )


def is_covered_by(inner: Statement, outer: Statement) -> bool:
    """Whether all that one statement speaks of, the other speaks of too."""
    return (
        inner.inverse == outer.inverse
        and _covered(inner.actions, outer.actions, case=False)
        and _covered(inner.resources, outer.resources)
        and _covered_principals(inner.principals, outer.principals)
        and all(any(_stricter(own, each) for own in inner.conditions) for each in outer.conditions)
    )


def applies_to(statement: Statement, service: str, action: str) -> bool:
    """Whether a statement is about this service doing this. Conditions are not evaluated."""
    named = statement.principals & {f"Service:{service}", "AWS:*"}
    return bool(named) and _covered(frozenset({action}), statement.actions, case=False)


def _stricter(inner: tuple[str, str, Patterns], outer: tuple[str, str, Patterns]) -> bool:
    """Whether one condition holds only where the other does.

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
    return all(any(_matches(each, by, case=case) for by in outer) for each in inner)


def _matches(text: str, pattern: str, *, case: bool) -> bool:
    """Whether a pattern with ``*`` and ``?`` covers a text, itself perhaps a pattern."""
    return text == pattern or _compiled(pattern, case=case).fullmatch(text) is not None


@cache
def _compiled(pattern: str, *, case: bool) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, 0 if case else re.IGNORECASE)


def _removed_safeguards(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Guards outside of statements: public access, boundaries, managed policies."""
    blocked = was.get("PublicAccessBlockConfiguration")
    if isinstance(blocked, dict):
        found = now.get("PublicAccessBlockConfiguration")
        still = found if isinstance(found, dict) else {}
        for name, value in blocked.items():
            if value in (True, "true") and still.get(name) not in (True, "true"):
                yield f"PublicAccessBlockConfiguration.{name} is switched off"
    if "PermissionsBoundary" in was and "PermissionsBoundary" not in now:
        yield "PermissionsBoundary is taken away"
    old = _texts(was.get("ManagedPolicyArns") or [])
    for arn in sorted(_texts(now.get("ManagedPolicyArns") or []) - old):
        yield f"ManagedPolicyArns gains {arn}"
