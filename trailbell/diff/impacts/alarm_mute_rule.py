"""
What an alarm mute rule means: when alarms send no notification.

In:    the old and the new properties of an `AWS::CloudWatch::AlarmMuteRule`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.resource_diff import ResourceDiff

TYPE = "AWS::CloudWatch::AlarmMuteRule"
JUDGES_ADDED = True

_WHEN_AND_WHAT = ("Rule", "MuteTargets", "StartDate", "ExpireDate")


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        return
    if diff.added:
        yield "A mute rule is added: its alarms send no notification while it is active."
    elif any(map(diff.changed, _WHEN_AND_WHAT)):
        yield "The mute rule may be active for other alarms, or at other times."
