"""
What a change means for a metric filter: which events it counts, and in which metric.

In:    the old and the new properties of an `AWS::Logs::MetricFilter`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.event_filtering import find_unmatched_events
from trailbell.diff.impacts.published_metrics import transformations, watching_alarms
from trailbell.diff.impacts.resource_diff import ResourceDiff, Unjudged, as_number, is_true

TYPE = "AWS::Logs::MetricFilter"


def find_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        others = _patterns_of_same_metric(diff, diff.before)
        if not others or any(find_unmatched_events(diff.before.get("FilterPattern"), others)):
            yield "The metric filter is deleted: matching events are no longer counted."
        return
    if diff.replaced:
        # CloudFormation deletes a filter before it creates the new one (delete_then_create).
        yield (
            f"This metric filter {diff.replaced}: detection gap. The old filter is deleted first; "
            "events in between are not counted."
        )
    if diff.changed("LogGroupName"):
        old, new = (describe(side.get("LogGroupName")) for side in (diff.before, diff.after))
        yield f"The filter reads log group {new} instead of {old}."
    if diff.changed("FilterPattern"):
        yield from find_unmatched_events(
            diff.before.get("FilterPattern"),
            [diff.after.get("FilterPattern"), *_patterns_of_same_metric(diff, diff.after)],
        )
    yield from _selection_gaps(diff)
    yield from _metric_gaps(diff)


def _patterns_of_same_metric(diff: ResourceDiff, properties: Mapping[str, Any]) -> list[Any]:
    """The patterns of the other new filters that count in the same metric.

    A pattern that is too long is split into several filters of one metric.
    """
    return [
        other.get("FilterPattern")
        for logical_id, other in diff.new.of_type(TYPE)
        if logical_id != diff.change.logical_id
        and other.get("LogGroupName") == properties.get("LogGroupName")
        and other.get("MetricTransformations") == properties.get("MetricTransformations")
    ]


# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
def _selection_gaps(diff: ResourceDiff) -> Iterator[str]:
    if diff.changed("FieldSelectionCriteria") and diff.after.get("FieldSelectionCriteria"):
        criteria = describe(diff.after["FieldSelectionCriteria"])
        yield f"The filter counts only events that meet FieldSelectionCriteria: {criteria}."
    old, new = (is_true(side.get("ApplyOnTransformedLogs")) for side in (diff.before, diff.after))
    if old is not new:
        form = "transformed" if new else "original"
        yield f"The filter reads the {form} events, which its pattern may not match."
    if diff.changed("EmitSystemFieldDimensions") and diff.after.get("EmitSystemFieldDimensions"):
        yield "The metric has dimensions of system fields, which the alarms do not name."


def _metric_gaps(diff: ResourceDiff) -> Iterator[str]:
    if not diff.changed("MetricTransformations"):
        return
    if any(watching_alarms(diff.old, diff.before)) and not any(
        watching_alarms(diff.new, diff.after)
    ):
        yield "No alarm watches the metric of this filter any more."
    if len(transformations(diff.after)) < len(transformations(diff.before)):
        yield "The filter publishes fewer metrics."
    for old, new in zip(transformations(diff.before), transformations(diff.after), strict=False):
        yield from _value_gaps(old, new)
        yield from _default_gaps(diff, old, new)


def _value_gaps(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old.get("MetricValue"), new.get("MetricValue")
    if str(before) == str(after):
        return
    old_number, new_number = as_number(before), as_number(after)
    if old_number is None or new_number is None or new_number < old_number:
        yield f"Each event adds {describe(after)} instead of {describe(before)} to the metric."


def _default_gaps(
    diff: ResourceDiff, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[str]:
    """Another default than 0 makes the metric breach, or offsets the events that it counts."""
    before, after = old.get("DefaultValue"), new.get("DefaultValue")
    if str(before) == str(after):
        return
    if after is None:
        # Without data, only these two values let an alarm return from ALARM.
        treatments = {
            alarm.get("TreatMissingData", "missing")
            for alarm in watching_alarms(diff.new, diff.after)
        }
        if not treatments <= {"missing", "notBreaching"}:
            yield (
                "The filter publishes no default value any more: the alarm can stay in ALARM, in "
                "which further events send no notification."
            )
    elif as_number(after) != 0:
        yield (
            f"The filter publishes {describe(after)} for other events, so the metric no longer "
            "counts the events that the pattern matches."
        )
