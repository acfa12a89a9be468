"""
What a change means for a permission of a Lambda function: who may call it.

In:    the old and the new properties of an `AWS::Lambda::Permission`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.resource_diff import ResourceDiff

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
