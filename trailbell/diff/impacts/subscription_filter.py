"""
What a change means for a subscription filter: which events reach the destination.

In:    the old and the new properties of an `AWS::Logs::SubscriptionFilter`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.event_filtering import find_unmatched_events
from trailbell.diff.judgment.resource_diff import ResourceDiff, Unjudged, is_true

TYPE = "AWS::Logs::SubscriptionFilter"

_SOURCE_AND_DESTINATION = {
    "LogGroupName": "reads log group",
    "DestinationArn": "sends events to",
    "RoleArn": "uses role",
}


def find_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "The subscription filter is deleted: its destination receives no events."
        return
    if diff.replaced:
        # CloudFormation deletes a filter before it creates the new one (delete_then_create).
        yield (
            f"This subscription filter {diff.replaced}: the old one is deleted first; events in "
            "between are not sent."
        )
    for name, phrase in _SOURCE_AND_DESTINATION.items():
        if diff.changed(name):
            old, new = describe(diff.before.get(name)), describe(diff.after.get(name))
            yield f"The filter {phrase} {new} instead of {old}."
    if diff.changed("FilterPattern"):
        yield from find_unmatched_events(
            diff.before.get("FilterPattern"), [diff.after.get("FilterPattern")]
        )
    if diff.changed("FieldSelectionCriteria") and diff.after.get("FieldSelectionCriteria"):
        criteria = describe(diff.after["FieldSelectionCriteria"])
        yield f"The filter sends only events that meet FieldSelectionCriteria: {criteria}."
    if is_true(diff.before.get("ApplyOnTransformedLogs")) is not is_true(
        diff.after.get("ApplyOnTransformedLogs")
    ):
        yield "The filter reads another form of the events, which its pattern may not match."
