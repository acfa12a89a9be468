"""
What a change means for an alarm: when it fires, and what it notifies.

In:    the old and the new properties of an `AWS::CloudWatch::Alarm`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::CloudWatch::Alarm"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This alarm is deleted: no notification is sent."
        return
    if diff.replaced:
        yield f"This alarm {diff.replaced}: the new alarm starts in INSUFFICIENT_DATA."
    if diff.turned_off("ActionsEnabled") or (
        "ActionsEnabled" not in diff.before and diff.after.get("ActionsEnabled") in (False, "false")
    ):
        yield "Alarm actions are disabled."
    for action in diff.lost("AlarmActions"):
        yield f"Alarm action {action} is removed."
