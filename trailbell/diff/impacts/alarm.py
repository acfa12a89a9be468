"""
What a change means for an alarm: when it fires, and what it notifies.

In:    the old and the new properties of an `AWS::CloudWatch::Alarm`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.impacts.alarm_sensitivity import find_lost_sensitivity
from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.notifications import find_lost_notifications
from trailbell.diff.impacts.published_metrics import Metric, alarm_metric, published_by
from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::CloudWatch::Alarm"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "The alarm is deleted: no notification is sent."
        return
    yield from find_lost_notifications(diff)
    yield from _lost_metric(diff)
    yield from find_lost_sensitivity(diff.before, diff.after)
    yield from _missing_data_gaps(diff.before, diff.after)


def _lost_metric(diff: ResourceDiff) -> Iterator[str]:
    """The alarm watches another metric, to which its metric filters do not publish."""
    old, new = alarm_metric(diff.before), alarm_metric(diff.after)
    if old == new:
        return
    filters = published_by(diff.old, old)
    if filters and filters <= published_by(diff.new, new):
        return
    yield f"The alarm watches {_describe(new)} instead of {_describe(old)}."


def _describe(metric: Metric) -> str:
    dimensions = ", ".join(f"{name}={describe(value)}" for name, value in metric.dimensions)
    text = f"metric {describe(metric.namespace)} {describe(metric.name)}"
    text += f" ({dimensions})" if dimensions else ""
    return f"{text} in {metric.unit}" if metric.unit else text


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
def _missing_data_gaps(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = (side.get("TreatMissingData", "missing") for side in (before, after))
    if old == new:
        return
    if str(after.get("ComparisonOperator")).startswith("Less"):
        if old == "breaching":
            yield f"Missing data is {describe(new)}: the alarm no longer fires if nothing arrives."
    elif new not in ("missing", "notBreaching"):
        yield (
            f"Missing data is {describe(new)} instead of {describe(old)}: the alarm can stay in "
            "ALARM, in which further events send no notification."
        )
