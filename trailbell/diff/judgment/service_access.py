"""
Whether policies give AWS services the access that they require.

In:    the policies of a key, topic, bucket or role, of a template or as AWS describes them.
Out:   a sentence for each access that a change takes away, or that a policy does not give.
Never: an evaluation of IAM in full: service control policies and session policies are not seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from trailbell.diff.judgment.required_access import ServiceAccess
from trailbell.template.policy import Statement, parse_statements

# ---------------------------------------------------------------- what a change takes away


def find_lost_access(before: Any, after: Any, access: ServiceAccess) -> Iterator[str]:
    """Compare two policy documents, or two lists of them: what ``access`` names and loses."""
    old, new = list(parse_statements(before)), list(parse_statements(after))
    lost = [action for action in access.actions if _is_lost(old, new, access, action)]
    narrowed = [
        action
        for action in access.actions
        if action not in lost and _is_narrowed(old, new, access, action)
    ]
    if lost:
        yield f"{access.failure}: {_names(lost)} {_is_are(lost)} no longer allowed."
    if narrowed:
        yield (
            f"{access.failure}, unless its requests meet the new conditions and resources of the "
            f"statements that allow {_names(narrowed)}."
        )
    for statement in _new_denials(old, new, access):
        yield f"{access.failure}, if {_deny_name(statement)} applies to it."


def _is_lost(
    old: list[Statement], new: list[Statement], access: ServiceAccess, action: str
) -> bool:
    allowed = bool(_allowing(old, access, action))
    return allowed and not _allowing(new, access, action)


def _is_narrowed(
    old: list[Statement], new: list[Statement], access: ServiceAccess, action: str
) -> bool:
    """Whether an old statement allows more of this action than any new one."""
    return any(
        not any(
            replace(statement, actions=frozenset({action})).is_covered_by(
                replace(other, principals=other.principals | statement.principals)
            )
            for other in _allowing(new, access, action)
        )
        for statement in _allowing(old, access, action)
    )


def _new_denials(
    old: list[Statement], new: list[Statement], access: ServiceAccess
) -> list[Statement]:
    """The Deny statements that no old one covers, and that may apply to the service, if it was
    allowed before.
    """
    if not any(_allowing(old, access, action) for action in access.actions):
        return []
    previous = [statement for statement in old if statement.effect == "Deny"]
    return [
        statement
        for statement in new
        if statement.effect == "Deny"
        and any(concerns(statement, access.service, action) for action in access.actions)
        and not _spares_services(statement)
        and not any(statement.is_covered_by(other) for other in previous)
    ]


def _allowing(statements: list[Statement], access: ServiceAccess, action: str) -> list[Statement]:
    return [
        statement
        for statement in statements
        if statement.effect == "Allow" and concerns(statement, access.service, action)
    ]


def concerns(statement: Statement, service: str, action: str) -> bool:
    """Whether a statement is about this action by this service, whatever its conditions.

    NotAction, NotPrincipal and NotResource count for Deny only, where they may apply.
    """
    if statement.inverse:
        return statement.effect == "Deny"
    if service and not any(_is_service(name, service) for name in statement.principals):
        return False
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in statement.actions or ())


def _is_service(principal: str, service: str) -> bool:
    """Whether ``Service:logs.eu-west-1.amazonaws.com`` or ``AWS:*`` is the service ``logs``."""
    return principal == "AWS:*" or principal.startswith(f"Service:{service}.")


# AWS services use TLS, and a statement with this key can name them.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_SPARING = {
    ("aws:securetransport", "false"),
    ("aws:principalisawsservice", "false"),
}


def _spares_services(statement: Statement) -> bool:
    """Whether a condition of a Deny statement is never true for a request of a service."""
    return any(
        (key.lower(), *map(str.lower, values)) in _SPARING
        or (operator.startswith("NumericLessThan") and key.lower() == "s3:tlsversion")
        for operator, key, values in statement.conditions
    )


def _names(actions: list[str]) -> str:
    return ", ".join(actions)


def _is_are(actions: list[str]) -> str:
    return "is" if len(actions) == 1 else "are"


def _deny_name(statement: Statement) -> str:
    return f'the Deny statement "{statement.sid}"' if statement.sid else "a Deny statement"


# ---------------------------------------------------------------- what a policy does not give


def find_missing_access(
    document: Any, access: ServiceAccess, request: Mapping[str, str]
) -> Iterator[str]:
    """Evaluate a policy document without functions for the requests of a service.

    ``request`` holds condition keys in lowercase (``aws:sourcearn``) and ``resource``, if they are
    known. An Allow statement counts unless a known value contradicts it, a Deny statement only if
    all of its conditions are known to be true.
    """
    statements = list(parse_statements(document))
    for action in access.actions:
        allowing = [
            statement
            for statement in _allowing(statements, access, action)
            if _may_apply(statement, request)
        ]
        denying = [
            statement
            for statement in statements
            if statement.effect == "Deny"
            and concerns(statement, access.service, action)
            and not statement.inverse
            and _certainly_applies(statement, request)
        ]
        if denying:
            yield f"{access.failure}: {_deny_name(denying[0])} rejects {action}."
        elif not allowing:
            yield f"{access.failure}: no statement allows {action}."


def _may_apply(statement: Statement, request: Mapping[str, str]) -> bool:
    return all(result is not False for result in _results(statement, request))


def _certainly_applies(statement: Statement, request: Mapping[str, str]) -> bool:
    return all(result is True for result in _results(statement, request))


def _results(statement: Statement, request: Mapping[str, str]) -> Iterator[bool | None]:
    if "resource" in request and statement.resources is not None:
        yield any(fnmatchcase(request["resource"], pattern) for pattern in statement.resources)
    for operator, key, values in statement.conditions:
        yield _condition_result(operator, values, request.get(key.lower()))


def _condition_result(operator: str, values: Iterable[str], actual: str | None) -> bool | None:
    """Whether a condition holds; None if the value or the operator is not known."""
    name = operator.removesuffix("IfExists").rpartition(":")[2].lower()
    negated = "not" in name
    match name.replace("not", ""):
        case _ if actual is None:
            return None
        case "stringequals" | "bool":
            return (actual in values) is not negated
        case "stringequalsignorecase":
            lowered = {value.lower() for value in values}
            return (actual.lower() in lowered) is not negated
        case "stringlike" | "arnlike" | "arnequals":
            return any(fnmatchcase(actual, value) for value in values) is not negated
        case _:
            return None
