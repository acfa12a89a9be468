"""
What a change means for a log alarm: which events its query finds, when it fires, what it notifies.

In:    the old and the new properties of an `AWS::CloudWatch::LogAlarm`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.impacts.alarm import (
    GET_ACTION_TOPIC,
    LIST_MUTE_RULES,
    find_missing_data_gaps,
    find_notification_faults,
    list_notification_reads,
)
from trailbell.diff.judgment.alarm_forms import find_lost_log_alarm
from trailbell.diff.judgment.evaluated_template import has_unknown
from trailbell.diff.judgment.event_filtering import find_unmatched_events
from trailbell.diff.judgment.log_alarm_sensitivity import (
    find_lost_log_sensitivity,
    query_condition,
    scheduled_query,
)
from trailbell.diff.judgment.notifications import find_lost_notifications
from trailbell.diff.judgment.query_pattern import read_query_condition
from trailbell.diff.judgment.read_back import (
    DELETED,
    Described,
    Finding,
    Operation,
    Read,
    compare,
    not_compared,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff, Unjudged
from trailbell.template.evaluate import is_unknown

TYPE = "AWS::CloudWatch::LogAlarm"


def find_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield from find_lost_log_alarm(diff)
        return
    yield from find_lost_notifications(diff)
    yield from _query_gaps(diff)
    yield from find_lost_log_sensitivity(diff.before, diff.after)
    yield from find_missing_data_gaps(diff.before, diff.after)


def _query_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    """Compare the conditions of two queries by the events that they match."""
    old, new = (scheduled_query(side).get("QueryString") for side in (diff.before, diff.after))
    if old == new or has_unknown(new):  # an unknown value is a notice of its own
        return
    before, after = query_condition(old), query_condition(new)
    if before is None or after is None:
        yield "The alarm may fire less: its query could not be compared with the old one."
        return
    if before != after:
        yield from _condition_gaps(before, after)
    if _identity(old) != _identity(new):
        yield "The query names identities differently, so that events may be counted separately."


def _condition_gaps(before: str, after: str) -> Iterator[str | Unjudged]:
    old, new = map(read_query_condition, (before, after))
    if old is None or new is None:
        yield "The alarm may fire less: its query could not be compared with the old one."
    else:
        yield from find_unmatched_events(str(old), [str(new)])


def _identity(query: Any) -> str:
    """The expression of the field that results are grouped by, as our queries have it."""
    fields = str(query).partition("\n")[0]
    return fields.partition(" as who")[0].rpartition("coalesce(")[2]


# What AWS describes

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
DESCRIBE_LOG_ALARMS = Operation(service="cloudwatch", name="DescribeAlarms", items="LogAlarms")
READS = (DESCRIBE_LOG_ALARMS, LIST_MUTE_RULES, GET_ACTION_TOPIC)

_COMPARED: Mapping[str, Any] = {
    "Threshold": None,
    "ComparisonOperator": None,
    "QueryResultsToEvaluate": None,
    "QueryResultsToAlarm": None,
    "TreatMissingData": "missing",
    "ActionLogLineCount": 0,
    "ActionLogLineRoleArn": None,
}
_COMPARED_IN_QUERY: Mapping[str, Any] = {
    "QueryString": None,
    "AggregationExpression": None,
    "LogGroupIdentifiers": None,
    "ScheduledQueryRoleARN": None,
}
_COMPARED_IN_SCHEDULE: Mapping[str, Any] = {
    "ScheduleExpression": None,
    "StartTimeOffset": None,
    "EndTimeOffset": 0,
}


def list_reads(described: Described) -> Iterator[Read]:
    """The alarm, the rules that mute it, and the topics that it notifies."""
    yield _alarm_read(described)
    yield from list_notification_reads(described, _alarm_read(described))


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps the alarm from finding events, from triggering, or from notifying."""
    if described.answer(_alarm_read(described)) is None:
        return
    alarm = next(iter(described.items(_alarm_read(described))), None)
    if alarm is None:
        yield DELETED
        return
    yield from _differences(described.resource.properties, alarm, _COMPARED)
    query = described.property("ScheduledQueryConfiguration", {})
    if is_unknown(query):
        yield not_compared("ScheduledQueryConfiguration")
    else:
        actual = alarm.get("ScheduledQueryConfiguration", {})
        yield from _differences(query, actual, _COMPARED_IN_QUERY)
        wanted, current = (side.get("ScheduleConfiguration", {}) for side in (query, actual))
        yield from _differences(wanted, current, _COMPARED_IN_SCHEDULE)
    yield from find_notification_faults(alarm, described)


def _alarm_read(described: Described) -> Read:
    # Without the type, AWS describes metric alarms only.
    return DESCRIBE_LOG_ALARMS(AlarmNames=[described.physical_id], AlarmTypes=["LogAlarm"])


def _differences(
    wanted: Mapping[str, Any], actual: Mapping[str, Any], compared: Mapping[str, Any]
) -> Iterator[Finding]:
    for name, default in compared.items():
        yield from compare(name, wanted.get(name, default), actual.get(name, default))
