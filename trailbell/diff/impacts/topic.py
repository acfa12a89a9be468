"""
What a change means for a topic: whether alarms can publish, and who receives it.

In:    the old and the new properties of an `AWS::SNS::Topic`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::SNS::Topic"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This topic is deleted: alarms that publish to it notify no one."
    elif diff.replaced:
        yield f"This topic {diff.replaced}: email subscriptions must be confirmed again."
