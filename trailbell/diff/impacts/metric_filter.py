"""
What a change means for a metric filter: which events it counts, and in which metric.

In:    the old and the new properties of an `AWS::Logs::MetricFilter`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::Logs::MetricFilter"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This metric filter is deleted: matching events are no longer counted."
    elif diff.replaced:
        # CloudFormation deletes a filter before it creates the new one (delete_then_create).
        yield (
            f"This metric filter {diff.replaced}: detection gap. The old filter is deleted first; "
            "events in between are not counted."
        )
