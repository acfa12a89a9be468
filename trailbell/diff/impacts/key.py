"""
What a change means for a KMS key: which services can still use what it encrypts.

In:    the old and the new properties of an `AWS::KMS::Key`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.resource_diff import ResourceDiff, is_true

TYPE = "AWS::KMS::Key"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield (
            "The key is removed from the stack: once it is deleted, what it encrypts cannot be "
            "delivered."
        )
    elif is_true(diff.before.get("Enabled", True)) and not is_true(diff.after.get("Enabled", True)):
        yield "The key is disabled: the trail, log group and topic that use it stop working."
