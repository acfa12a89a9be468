"""
Evaluate policies: whether they allow a request.

In:    statements of policy documents without intrinsic functions, and a `PolicyRequest`.
Out:   an empty text if the request is allowed, else the reason why it is not.
Never: a guess. A condition on something unknown is not met where it allows, and met where it
       denies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt
from typing import Any

from trailbell.template.policy import matches_wildcards

PolicyStatement = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PolicyRequest:
    """A request. Without a principal, it is a request of the role that has the policy.

    ``principal`` is ``Service:NAME`` or ``AWS:ARN``. An empty ``resource`` is the resource that has
    the policy. ``context`` are condition keys in lower case, with None for one that the request
    does not have; others are unknown.
    """

    principal: str = ""
    action: str
    resource: str = ""
    context: Mapping[str, str | None] = field(default_factory=dict)


def list_statements(document: Any) -> tuple[PolicyStatement, ...]:
    """The statements of a policy document."""
    entries = document.get("Statement") if isinstance(document, Mapping) else None
    return tuple(entry for entry in _as_list(entries) if isinstance(entry, Mapping))


def refusal(statements: Iterable[PolicyStatement], request: PolicyRequest) -> str:
    """Why these statements do not allow a request; empty if they allow it."""
    reason = "no statement allows it"
    allowed = False
    for statement in statements:
        if not _applies(statement, request):
            continue
        holds = _conditions_hold(statement, request)
        if statement.get("Effect") == "Deny":
            if holds is not False:
                return f"{_name(statement)} denies it" + ("" if holds else " in some cases")
        elif holds:
            allowed = True
        else:
            reason = f"the condition of {_name(statement)} does not hold"
    return "" if allowed else reason


def sample_requests(
    statement: PolicyStatement, context: Mapping[str, str], *, own_resource: bool = False
) -> Iterator[PolicyRequest]:
    """Requests that a statement is written for: one for each principal, action and resource.

    ``context`` is what every request has. ``own_resource``: the policy is about its own resource
    only, whatever the statement names.
    """
    named = {
        key.lower(): _sample_value(operator, _scalar(values[0]))
        for operator, keys in _mapping(statement.get("Condition")).items()
        if not _is_negative(operator)
        for key, value in _mapping(keys).items()
        if (values := _as_list(value))
    }
    resources = [""] if own_resource else _as_list(statement.get("Resource")) or [""]
    for principal in _principals(statement.get("Principal")) or [""]:
        for action in _as_list(statement.get("Action")):
            for resource in resources:
                yield PolicyRequest(
                    principal=principal,
                    action=_without_wildcards(action),
                    resource=_without_wildcards(resource),
                    context={**context, **named},
                )


def comparable_statement(statement: PolicyStatement) -> str:
    """A text that is the same for two statements that mean the same."""
    parts = {
        name: sorted(map(str, _as_list(value)))
        for name, value in statement.items()
        if name in ("Effect", "NotResource", "Resource")
    }
    for name in ("Action", "NotAction"):
        if name in statement:
            parts[name] = sorted(str(action).lower() for action in _as_list(statement[name]))
    for name in ("Principal", "NotPrincipal"):
        if name in statement:
            parts[name] = sorted(map(_comparable, _principals(statement[name])))
    conditions = {
        operator: {
            key: sorted(str(_scalar(value)) for value in _as_list(values))
            for key, values in _mapping(keys).items()
        }
        for operator, keys in _mapping(statement.get("Condition")).items()
    }
    return json.dumps([parts, conditions], sort_keys=True)


def _sample_value(operator: str, value: Any) -> str | None:
    """A value with which a condition holds; None for a key that must be absent."""
    if operator == "Null":
        return None if value == "true" else "any"
    return _without_wildcards(value)


def _without_wildcards(text: Any) -> str:
    """A text that a pattern matches. ``*`` alone stays: it means whatever there is."""
    return str(text) if text == "*" else str(text).replace("*", "").replace("?", "")


def _name(statement: PolicyStatement) -> str:
    return f'statement "{statement["Sid"]}"' if statement.get("Sid") else "a statement"


def _applies(statement: PolicyStatement, request: PolicyRequest) -> bool:
    """Whether principal, action and resource of a statement are those of the request."""
    return (
        (not request.principal or _names_principal(statement, request.principal))
        and _names(statement, "Action", request.action, match_case=False)
        and (not request.resource or _names(statement, "Resource", request.resource))
    )


def _names(statement: PolicyStatement, member: str, text: str, *, match_case: bool = True) -> bool:
    inverse = f"Not{member}" in statement
    if not inverse and member not in statement:  # a trust policy has no Resource
        return True
    patterns = _as_list(statement.get(f"Not{member}" if inverse else member))
    matches = any(matches_wildcards(text, str(p), match_case=match_case) for p in patterns)
    return matches is not inverse


def _names_principal(statement: PolicyStatement, principal: str) -> bool:
    inverse = "NotPrincipal" in statement
    named = _principals(statement.get("NotPrincipal" if inverse else "Principal"))
    matches = "AWS:*" in named or _comparable(principal) in map(_comparable, named)
    return matches is not inverse


def _comparable(principal: str) -> str:
    """The ARN of an account's root user is the same principal as the account."""
    return principal.split(":")[-2] if principal.endswith(":root") else principal.split(":", 1)[-1]


def _principals(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{kind}:{name}" for kind, names in value.items() for name in _as_list(names)]
    return [f"AWS:{name}" for name in _as_list(value)]


def _conditions_hold(statement: PolicyStatement, request: PolicyRequest) -> bool | None:
    """Whether all conditions hold; None if that depends on something unknown."""
    results = [
        _holds(operator, key, [str(_scalar(v)) for v in _as_list(values)], request)
        for operator, keys in _mapping(statement.get("Condition")).items()
        for key, values in _mapping(keys).items()
    ]
    return False if False in results else None if None in results else True


def _holds(operator: str, key: str, values: list[str], request: PolicyRequest) -> bool | None:
    name = operator.split(":")[-1].removesuffix("IfExists")
    actual = request.context.get(key.lower())
    if actual is None and request.principal.startswith("Service:"):
        actual = _OF_SERVICES.get(key.lower())
    if actual is None:
        # A service that calls has none of the keys that describe an IAM principal.
        absent = key.lower() in request.context or (
            request.principal.startswith("Service:") and key.lower().startswith("aws:principal")
        )
        if name == "Null":
            return values == ["true"] if absent else None
        if operator.endswith("IfExists") and absent:
            return True
        return _is_negative(operator) if absent else None
    if name == "Null":
        return values == ["false"]
    matches = _matches(name.replace("Not", ""), actual, values)
    return matches if matches is None else matches is not _is_negative(operator)


# The only key that describes a service principal.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
_OF_SERVICES = {"aws:principalisawsservice": "true"}


def _matches(operator: str, actual: str, values: list[str]) -> bool | None:
    """Whether a condition without negation holds; None for an operator that is not evaluated."""
    match operator:
        case "StringEquals":
            return actual in values
        case "StringEqualsIgnoreCase" | "Bool":
            return actual.lower() in [value.lower() for value in values]
        case "StringLike" | "ArnEquals" | "ArnLike":
            return any(matches_wildcards(actual, value) for value in values)
        case _ if operator in _NUMERIC:
            return any(_compare_numbers(_NUMERIC[operator], actual, value) for value in values)
        case _:
            return None


_NUMERIC: Mapping[str, Callable[[float, float], bool]] = {
    "NumericEquals": eq,
    "NumericLessThan": lt,
    "NumericLessThanEquals": le,
    "NumericGreaterThan": gt,
    "NumericGreaterThanEquals": ge,
}


def _compare_numbers(test: Callable[[float, float], bool], left: str, right: str) -> bool:
    try:
        return test(float(left), float(right))
    except ValueError:
        return False


def _is_negative(operator: str) -> bool:
    return "Not" in operator


def _scalar(value: Any) -> Any:
    return ("true" if value else "false") if isinstance(value, bool) else value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
