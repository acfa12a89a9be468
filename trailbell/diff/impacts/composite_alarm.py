"""
What a change means for a composite alarm: when it fires, and what it notifies.

In:    the old and the new properties of an `AWS::CloudWatch::CompositeAlarm`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.notifications import find_lost_notifications
from trailbell.diff.judgment.resource_diff import ResourceDiff

TYPE = "AWS::CloudWatch::CompositeAlarm"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "The composite alarm is deleted: no notification is sent."
        return
    yield from find_lost_notifications(diff)
    if diff.changed("AlarmRule"):
        yield "The alarm may fire less: its AlarmRule could not be compared with the old one."
    if diff.after.get("ActionsSuppressor") and diff.changed("ActionsSuppressor"):
        yield "While the alarm in ActionsSuppressor is in ALARM, no notification is sent."
