"""
Policies as formulas: which requests they allow and deny.

In:    policy documents whose intrinsic functions have values, or are unknown.
Out:   bounds of what they allow, deny, and of what a statement is about.
Never: other policies than those given: what organizations and sessions deny is not known here.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trailbell.proof.conditions import condition_bounds
from trailbell.proof.formula import (
    FALSE,
    TRUE,
    And,
    Bounds,
    Match,
    every,
    exactly,
    negate,
    some,
    unknown,
)
from trailbell.proof.matcher import literal, wildcards
from trailbell.proof.slots import (
    ACTION,
    RESOURCE,
    is_kind,
    of_account,
    principal_slot,
)
from trailbell.template.evaluate import is_unknown

Statement = Mapping[str, Any]


def allowed(statements: Iterable[Any]) -> Bounds:
    """What statements allow: what one allows and none denies."""
    found = tuple(statements)
    allowing = some(statement_bounds(s) for s in found if effect(s) in ("Allow", ""))
    return every((allowing, negate(denied(found))))


def denied(statements: Iterable[Any]) -> Bounds:
    """What statements deny explicitly."""
    return some(statement_bounds(s) for s in statements if effect(s) in ("Deny", ""))


def statements_of(document: Any) -> Iterator[Any]:
    """The statements of a policy document; what is unknown is an unknown statement."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            document = None
    match document:
        case {"Statement": list(statements)}:
            yield from statements
        case {"Statement": statement}:
            yield statement
        case {"Effect": _}:  # the statement of an event bus policy
            yield document
        case _:
            yield None


def effect(statement: Any) -> str:
    """Allow or Deny; empty if that is not known."""
    effect = statement.get("Effect", "Allow") if isinstance(statement, Mapping) else ""
    return effect if effect in ("Allow", "Deny") else ""


def statement_bounds(statement: Any) -> Bounds:
    """Which requests a statement is about, whatever its effect."""
    if not isinstance(statement, Mapping):
        return unknown("a statement is not known")
    unknown_members = statement.keys() - _MEMBERS
    parts = [
        _element(statement, "Action", ACTION, ignore_case=True),
        _element(statement, "Resource", RESOURCE, ignore_case=False),
        _principal(statement),
        condition_bounds(statement.get("Condition")),
    ]
    if unknown_members:
        parts.append(unknown(f'the element "{min(unknown_members)}" is not known'))
    if effect(statement) == "":
        parts.append(unknown("an effect is not known"))
    return every(parts)


_MEMBERS = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
        *("Resource", "NotResource", "Condition"),
    }
)


def _element(statement: Statement, name: str, slot: str, *, ignore_case: bool) -> Bounds:
    """Action or Resource, or its opposite. Without one, it is about all."""
    inverse = f"Not{name}" in statement
    values = _as_list(statement.get(f"Not{name}" if inverse else name))
    if not inverse and name not in statement:
        return exactly(TRUE)
    bounds = some(_pattern(name, value, slot, ignore_case=ignore_case) for value in values)
    return negate(bounds) if inverse else bounds


def _pattern(name: str, value: Any, slot: str, *, ignore_case: bool) -> Bounds:
    if not isinstance(value, str):
        return unknown(f"a value of {name} is not known")
    if _VARIABLE.search(value):
        return unknown(f"{name} has a policy variable")
    return exactly(Match(slot, wildcards(value, ignore_case=ignore_case)))


_VARIABLE = re.compile(r"\$\{(?![*?$]\})")


def _principal(statement: Statement) -> Bounds:
    if "NotPrincipal" in statement:
        return negate(_principals(statement["NotPrincipal"]))
    return _principals(statement["Principal"]) if "Principal" in statement else exactly(TRUE)


def _principals(value: Any) -> Bounds:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"""
    if value == "*":
        return exactly(TRUE)
    if not isinstance(value, Mapping) or is_unknown(value):
        return unknown("a principal is not known")
    return some(_named(kind, name) for kind, names in value.items() for name in _as_list(names))


def _named(kind: str, name: Any) -> Bounds:
    if not isinstance(name, str) or kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
        return unknown("a principal is not known")
    if kind != "AWS":
        return exactly(And((is_kind(kind), Match(principal_slot(kind), literal(name)))))
    if name == "*":
        return exactly(TRUE)
    account = _ACCOUNT.fullmatch(name)
    if account:
        return exactly(And((is_kind("AWS"), of_account(literal(account[1] or account[2])))))
    if _IDENTITY.fullmatch(name):
        return exactly(And((is_kind("AWS"), Match(principal_slot("AWS"), literal(name)))))
    if _WITH_WILDCARD.fullmatch(name):
        # "You cannot use a wildcard to match part of a principal name or ARN": AWS refuses it.
        return exactly(FALSE)
    return unknown(f'"{name}" is no account, user or role')


_ACCOUNT = re.compile(r"(\d{12})|arn:[a-z-]+:iam::(\d{12}):root")
_WITH_WILDCARD = re.compile(r"arn:[a-z-]+:iam::\d{12}:(user|role)/.*")
_IDENTITY = re.compile(r"arn:[a-z-]+:iam::\d{12}:(user|role)/[^*?]+")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
