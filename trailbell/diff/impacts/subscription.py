"""
What a change means for a subscription: who receives the notifications of a topic.

In:    the old and the new properties of an `AWS::SNS::Subscription`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::SNS::Subscription"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This subscription is deleted: its endpoint is no longer notified."
    elif diff.replaced:
        yield f"This subscription {diff.replaced}: it must be confirmed again."
