"""
What a change means for a topic: whether alarms can publish, and who receives it.

In:    the old and the new properties of an `AWS::SNS::Topic`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.key_use import find_unusable_key
from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::SNS::Topic"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This topic is deleted: alarms that publish to it notify no one."
        return
    if diff.replaced:
        yield f"This topic {diff.replaced}: email subscriptions must be confirmed again."
    yield from find_unusable_key(diff, "KmsMasterKeyId", "cloudwatch")
    for entry in diff.lost("Subscription"):
        yield f"The subscription {describe(entry)} is removed."
    if diff.changed("DataProtectionPolicy") and diff.after.get("DataProtectionPolicy"):
        yield "The data protection policy can mask or reject notifications."
