"""
What a change means for a role: which service may assume it, and what it may write.

In:    the old and the new properties of an `AWS::IAM::Role`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::IAM::Role"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This role is deleted: services that assume it can no longer write."
