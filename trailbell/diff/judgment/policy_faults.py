"""
Compare a policy that AWS describes with that of the template, by what it allows.

In:    the policy of the template without intrinsic functions, and the one that AWS has.
Out:   a `Finding` for each request that the template's policy allows and AWS's does not, and for
       each statement that restricts less.
Never: a finding about the spelling of a policy.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from trailbell.diff.judgment.read_back import Described, Finding, not_compared
from trailbell.template.evaluate import is_unknown
from trailbell.template.policy_evaluation import (
    PolicyRequest,
    PolicyStatement,
    comparable_statement,
    list_statements,
    refusal,
    sample_requests,
)


def find_policy_faults(
    name: str, expected: Any, actual: Any, described: Described, *, own_resource: bool = False
) -> Iterator[Finding]:
    """Compare two policy documents. ``own_resource``: see `sample_requests`."""
    if is_unknown(expected):
        yield not_compared(f"The {name}")
        return
    wanted, live = list_statements(expected), list_statements(actual)
    faults = [
        *_refused(name, wanted, live, request_context(described), own_resource=own_resource),
        *_no_longer_denied(name, wanted, live),
    ]
    yield from faults or _added(name, wanted, live)


def request_context(described: Described) -> Mapping[str, str]:
    """The condition keys that every request of a service on behalf of this account has.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return {
        "aws:sourceaccount": described.stack.account,
        "aws:sourceowner": described.stack.account,
        "aws:requestedregion": described.stack.region,
        "aws:securetransport": "true",
        "s3:tlsversion": "1.3",
        "aws:principalisawsservice": "true",
    }


def _refused(
    name: str,
    wanted: Iterable[PolicyStatement],
    live: tuple[PolicyStatement, ...],
    context: Mapping[str, str],
    *,
    own_resource: bool,
) -> Iterator[Finding]:
    requests = [
        request
        for statement in wanted
        if statement.get("Effect") == "Allow"
        for sample in sample_requests(statement, context, own_resource=own_resource)
        for request in [_as_sent(sample)]
        if not refusal(wanted, request)
    ]
    yield from describe_refusals(f"The {name}", requests, live)


_OF_EVENTBRIDGE = dict.fromkeys(("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"))


def _as_sent(request: PolicyRequest) -> PolicyRequest:
    """The request with the condition keys that the service sends.

    EventBridge sends none about the source to topics and keys.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    is_of_eventbridge = request.principal == "Service:events.amazonaws.com"
    if is_of_eventbridge and request.action.startswith(("sns:", "kms:")):
        return replace(request, context={**request.context, **_OF_EVENTBRIDGE})
    return request


def describe_refusals(
    name: str, requests: Iterable[PolicyRequest], live: tuple[PolicyStatement, ...]
) -> Iterator[Finding]:
    """One finding for all actions that are refused to a principal for the same reason."""
    actions: dict[tuple[str, str], dict[str, None]] = {}
    for request in requests:
        reason = refusal(live, request)
        if reason:
            principal = request.principal.split(":", 1)[-1]
            actions.setdefault((principal, reason), {})[request.action] = None
    for (principal, reason), refused in actions.items():
        caller = f" {principal} to call" if principal else ""
        yield Finding(f"{name} does not allow{caller} {', '.join(refused)}: {reason}.")


def _no_longer_denied(
    name: str, wanted: Iterable[PolicyStatement], live: Iterable[PolicyStatement]
) -> Iterator[Finding]:
    present = {comparable_statement(statement) for statement in live}
    for statement in wanted:
        if statement.get("Effect") == "Deny" and comparable_statement(statement) not in present:
            yield Finding(f"The {name} no longer has {_named(statement)}, which denies requests.")


def _added(
    name: str, wanted: Iterable[PolicyStatement], live: Iterable[PolicyStatement]
) -> Iterator[Finding]:
    """Statements that allow something and are not in the template."""
    declared = {comparable_statement(statement) for statement in wanted}
    for statement in live:
        if statement.get("Effect") == "Allow" and comparable_statement(statement) not in declared:
            yield Finding(
                f"The {name} has {_named(statement)}, which allows requests and is not in the "
                "template."
            )


def _named(statement: PolicyStatement) -> str:
    sid = statement.get("Sid")
    return f'the statement "{sid}"' if sid else "a statement without Sid"
