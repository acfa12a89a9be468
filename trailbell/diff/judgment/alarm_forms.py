"""
Whether an alarm of one form replaces one of the other: a metric alarm and a log alarm.

In:    the removal of an alarm or of a metric filter.
Out:   a sentence for what the alarm in its place does not do; or that there is none in its place.
Never: trust in a name. The query must select the events of the filter patterns, on the same log
       group, and the same topics must be notified.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.judgment.alarm_sensitivity import describe_trigger, smallest_count
from trailbell.diff.judgment.evaluated_template import EvaluatedTemplate
from trailbell.diff.judgment.event_filtering import find_unmatched_events
from trailbell.diff.judgment.log_alarm_sensitivity import (
    describe_log_alarm,
    query_condition,
    scheduled_query,
    smallest_result,
)
from trailbell.diff.judgment.published_metrics import alarm_metric, published_by, watching_alarms
from trailbell.diff.judgment.query_pattern import read_query_condition
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list

_ALARM, _LOG_ALARM = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::LogAlarm"
_NAME = re.compile(r"\$\{([^{}]*)\}")

Properties = Mapping[str, Any]


def find_lost_metric_alarm(diff: ResourceDiff) -> Iterator[str]:
    """Find what is lost with a metric alarm, for which a log alarm may be in the new template."""
    successor = _log_alarm_for(diff.old, diff.before, diff.new)
    if successor is None:
        yield "The alarm is deleted: no notification is sent."
    elif _counts_more_than_one(smallest_count(diff.before)):
        yield (
            f"A log alarm replaces it, which counts the events of each identity: it fires "
            f"{describe_log_alarm(successor)} instead of {describe_trigger(diff.before)}."
        )


def are_replaced_by_log_alarms(diff: ResourceDiff) -> bool:
    """Whether there is a log alarm for each alarm on the metric of a filter, and one at least."""
    alarms = [*watching_alarms(diff.old, diff.before)]
    return bool(alarms) and all(_log_alarm_for(diff.old, alarm, diff.new) for alarm in alarms)


def find_lost_log_alarm(diff: ResourceDiff) -> Iterator[str]:
    """Find what is lost with a log alarm, for which a metric alarm may be in the new template."""
    successors = [
        alarm
        for _, alarm in diff.new.of_type(_ALARM)
        if _replaces(diff.before, _filters(diff.new, alarm), alarm, diff.before)
    ]
    if not successors:
        yield "The alarm is deleted: no notification is sent."
        return
    yield (
        "A metric alarm replaces it, which counts all identities together: while it is in ALARM, "
        "the next identity sends no notification."
    )
    if (smallest_count(successors[0]) or 2) > (smallest_result(diff.before) or 1):
        yield (
            f"It fires {describe_trigger(successors[0])} instead of "
            f"{describe_log_alarm(diff.before)}."
        )


def _log_alarm_for(
    old: EvaluatedTemplate, alarm: Properties, new: EvaluatedTemplate
) -> Properties | None:
    """The log alarm in the new template that replaces a metric alarm of the old one."""
    filters = _filters(old, alarm)
    for _, log_alarm in new.of_type(_LOG_ALARM):
        limit, own = smallest_result(log_alarm), smallest_count(alarm)
        if (
            limit is not None
            and own is not None
            and limit <= own
            and _replaces(log_alarm, filters, log_alarm, alarm)
        ):
            return log_alarm
    return None


def _replaces(
    log_alarm: Properties, filters: list[Properties], successor: Properties, alarm: Properties
) -> bool:
    """Whether the query selects what these filters do, and the successor notifies the same."""
    query = scheduled_query(log_alarm)
    groups = as_list(query.get("LogGroupIdentifiers"))
    condition = query_condition(query.get("QueryString"))
    topics = as_list(successor.get("AlarmActions"))
    return (
        bool(filters)
        and all(each.get("LogGroupName") in groups for each in filters)
        and condition is not None
        and _selects_all(_with_plain_names(condition), filters)
        and all(topic in topics for topic in as_list(alarm.get("AlarmActions")))
        and successor.get("ActionsEnabled", True) in (True, "true")
    )


def _filters(template: EvaluatedTemplate, alarm: Properties) -> list[Properties]:
    names = published_by(template, alarm_metric(alarm))
    return [template.properties(name) for name in sorted(names)]


def _selects_all(condition: str, filters: list[Properties]) -> bool:
    """Whether a query selects all events that these filters count, and no others."""
    query = read_query_condition(condition)
    patterns = [_with_plain_names(str(each.get("FilterPattern"))) for each in filters]
    return query is not None and not any(
        (
            *(lost for each in patterns for lost in find_unmatched_events(each, [str(query)])),
            *find_unmatched_events(str(query), patterns),
        )
    )


def _with_plain_names(text: str) -> str:
    """The text with what only the deployment knows as plain words, which are never escaped."""
    return _NAME.sub(lambda name: f"own{name[1].encode().hex()}end", text)


def _counts_more_than_one(limit: float | None) -> bool:
    return limit is not None and limit > 1
