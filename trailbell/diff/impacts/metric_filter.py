"""
What a change means for a metric filter: which events it counts, and in which metric.

In:    the old and the new properties of an `AWS::Logs::MetricFilter`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from trailbell.diff.judgment.alarm_forms import are_replaced_by_log_alarms
from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.event_filtering import find_unmatched_events
from trailbell.diff.judgment.published_metrics import transformations, watching_alarms
from trailbell.diff.judgment.read_back import (
    DELETED,
    Described,
    Finding,
    Operation,
    Read,
    compare,
    not_compared,
)
from trailbell.diff.judgment.resource_diff import (
    ResourceDiff,
    Unjudged,
    as_list,
    as_number,
    is_true,
)
from trailbell.errors import PatternError
from trailbell.pattern.filter_pattern import parse

TYPE = "AWS::Logs::MetricFilter"


def find_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        others = _patterns_of_same_metric(diff, diff.before)
        lost = any(find_unmatched_events(diff.before.get("FilterPattern"), others))
        if lost and not are_replaced_by_log_alarms(diff):
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


# What AWS describes

# The prefix is used only together with logGroupName.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html
DESCRIBE_FILTERS = Operation(service="logs", name="DescribeMetricFilters", items="metricFilters")
FIND_FILTERS = replace(DESCRIBE_FILTERS, optional=True)
READS = (DESCRIBE_FILTERS, FIND_FILTERS)

_TRANSFORMATION = ("MetricNamespace", "MetricName", "MetricValue", "DefaultValue", "Unit")


def list_reads(described: Described) -> Iterator[Read]:
    """The filter in its log group, or else the filters of its metric in all log groups."""
    read = _filter_read(described)
    if read is not None:
        yield read
    if read is None or (described.answer(read) is not None and _filter(described) is None):
        yield from _elsewhere_reads(described)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps the filter from counting the events of the template's pattern."""
    actual = _filter(described)
    if actual is None:
        yield from _missing(described)
        return
    yield from _pattern_faults(described, actual.get("filterPattern", ""))
    yield from _transformation_faults(described, actual)
    for name, default in (
        ("FieldSelectionCriteria", None),
        ("ApplyOnTransformedLogs", False),
    ):
        member = actual.get(name[0].lower() + name[1:], default)
        yield from compare(name, described.property(name, default), member or default)


def _filter_read(described: Described) -> Read | None:
    """None if the log group of the template is unknown."""
    group = described.property("LogGroupName")
    if not isinstance(group, str):
        return None
    return DESCRIBE_FILTERS(logGroupName=group, filterNamePrefix=described.physical_id)


def _elsewhere_reads(described: Described) -> Iterator[Read]:
    for entry in _transformations(described):
        name, namespace = entry.get("MetricName"), entry.get("MetricNamespace")
        if isinstance(name, str) and isinstance(namespace, str):
            yield FIND_FILTERS(metricName=name, metricNamespace=namespace)


def _transformations(described: Described) -> list[Mapping[str, Any]]:
    entries = described.property("MetricTransformations", [])
    return [entry for entry in as_list(entries) if isinstance(entry, Mapping)]


def _filter(described: Described) -> Mapping[str, Any] | None:
    """The filter with this name, in the log group of the template if that is known."""
    read = _filter_read(described)
    reads = list(_elsewhere_reads(described)) if read is None else [read]
    return _named(described, reads)


def _named(described: Described, reads: Iterable[Read]) -> Mapping[str, Any] | None:
    for read in reads:
        for entry in described.items(read):
            if entry.get("filterName") == described.physical_id:
                return entry
    return None


def _missing(described: Described) -> Iterator[Finding]:
    read = _filter_read(described)
    if read is None:
        yield not_compared("LogGroupName")
    if not any(described.answer(made) is not None for made in list_reads(described)):
        return
    elsewhere = _named(described, _elsewhere_reads(described))
    if elsewhere is not None:
        yield Finding(
            f'It is on the log group "{elsewhere.get("logGroupName")}", not '
            f'"{described.property("LogGroupName")}".'
        )
    elif read is None or described.answer(read) is not None:
        yield DELETED


def _pattern_faults(described: Described, actual: str) -> Iterator[Finding]:
    """Compare two patterns by meaning: spaces and parentheses do not matter."""
    wanted = described.property("FilterPattern", "")
    if not isinstance(wanted, str):
        yield not_compared("FilterPattern")
    elif wanted != actual and not _same_meaning(wanted, actual):
        yield Finding(f'The filter pattern is "{actual}" and differs from the template.')


def _same_meaning(wanted: str, actual: str) -> bool:
    try:
        return parse(wanted) == parse(actual)
    except PatternError:
        return False


def _transformation_faults(described: Described, actual: Mapping[str, Any]) -> Iterator[Finding]:
    wanted, entries = _transformations(described), actual.get("metricTransformations", [])
    if not entries:
        yield Finding("It publishes no metric.")
        return
    for expected, entry in zip(wanted, entries, strict=False):
        for name in _TRANSFORMATION:
            default = "None" if name == "Unit" else None
            member = name[0].lower() + name[1:]
            yield from compare(name, expected.get(name, default), entry.get(member, default))
        yield from _dimension_faults(expected.get("Dimensions", []), entry.get("dimensions", {}))


def _dimension_faults(wanted: Any, actual: Mapping[str, str]) -> Iterator[Finding]:
    """Compare dimensions: a list of keys and values in a template, a mapping in an answer.

    An alarm on the metric without dimensions sees nothing of a metric that has them.
    """
    expected = {entry.get("Key"): entry.get("Value") for entry in as_list(wanted)}
    yield from compare("Dimensions", expected, dict(actual))
