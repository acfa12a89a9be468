"""
What a change means for a rule of EventBridge: which events reach its targets.

In:    the old and the new properties of an `AWS::Events::Rule`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.resource_diff import ResourceDiff

TYPE = "AWS::Events::Rule"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "The rule is deleted: its targets receive no events."
        return
    if diff.changed("State") and diff.after.get("State") == "DISABLED":
        yield "The rule is disabled."
    for name in ("EventPattern", "EventBusName", "ScheduleExpression"):
        if diff.changed(name):
            yield f"The rule may match fewer events: {name} could not be compared."
    for target in diff.lost("Targets"):
        arn = target.get("Arn") if isinstance(target, dict) else target
        yield f"The target {describe(arn)} is removed or changed."
