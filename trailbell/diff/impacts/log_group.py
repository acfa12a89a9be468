"""
What a change means for a log group: whether metric filters see its events.

In:    the old and the new properties of an `AWS::Logs::LogGroup`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::Logs::LogGroup"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "The log group is removed from the stack: filters of a deleted group match nothing."
    elif diff.replaced:
        yield f"The log group {diff.replaced}: its filters are created on a new, empty log group."
