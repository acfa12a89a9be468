"""
What a change means for a permission of a Lambda function: who may call it.

In:    the old and the new properties of an `AWS::Lambda::Permission`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.policy_faults import describe_refusals, request_context
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    not_compared,
    parse_json,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff
from trailbell.template.evaluate import is_unknown
from trailbell.template.policy_evaluation import list_statements, sample_requests

TYPE = "AWS::Lambda::Permission"

_CALLERS = ("sns.", "logs.", "events.", "lambda.alarms.cloudwatch.")
"""The services that call a function for an alarm or an event."""

_REQUIREMENTS = (
    *("FunctionName", "Principal", "Action", "SourceArn", "SourceAccount", "PrincipalOrgID"),
    *("EventSourceToken", "FunctionUrlAuthType", "InvokedViaFunctionUrl"),
)


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if not str(diff.before.get("Principal")).startswith(_CALLERS):
        return
    function = describe(diff.before.get("FunctionName"))
    principal = diff.before["Principal"]
    if diff.removed:
        yield f"The permission is deleted: {principal} can no longer call function {function}."
        return
    for name in _REQUIREMENTS:
        is_dropped = name not in diff.after and name not in ("FunctionName", "Principal", "Action")
        if diff.changed(name) and not is_dropped:
            old, new = describe(diff.before.get(name)), describe(diff.after.get(name))
            yield (
                f"{principal} may no longer call function {function}: {name} is {new} instead of "
                f"{old}."
            )


# What AWS describes

GET_FUNCTION_POLICY = Operation(service="lambda", name="GetPolicy")
READS = (GET_FUNCTION_POLICY,)


def list_reads(described: Described) -> Iterator[Read]:
    """The policy of the function."""
    function = described.property("FunctionName")
    if isinstance(function, str):
        yield GET_FUNCTION_POLICY(FunctionName=function)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find out whether the function still allows what the permission is about."""
    function = described.property("FunctionName")
    if not isinstance(function, str) or is_unknown(dict(described.resource.properties)):
        yield not_compared("The permission")
        return
    answer = described.answer(GET_FUNCTION_POLICY(FunctionName=function))
    if answer is not None:
        live = list_statements(parse_json(answer.get("Policy")))
        requests = sample_requests(
            _statement(described), request_context(described), own_resource=True
        )
        yield from describe_refusals("The policy of the function", requests, live)


def _principal(described: Described) -> dict[str, Any]:
    principal = str(described.property("Principal"))
    return {"Service" if principal.endswith((".com", ".com.cn")) else "AWS": principal}


def _statement(described: Described) -> dict[str, Any]:
    """The statement that Lambda makes of a permission.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    conditions: dict[str, Any] = {}
    if described.property("SourceArn") is not None:
        conditions["ArnLike"] = {"AWS:SourceArn": described.property("SourceArn")}
    if described.property("SourceAccount") is not None:
        conditions["StringEquals"] = {"AWS:SourceAccount": described.property("SourceAccount")}
    return {
        "Effect": "Allow",
        "Principal": _principal(described),
        "Action": described.property("Action"),
        "Resource": "*",
        "Condition": conditions,
    }
