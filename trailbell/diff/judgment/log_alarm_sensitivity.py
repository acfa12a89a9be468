"""
Whether a log alarm with other settings still fires whenever it fired before.

In:    the old and the new properties of an `AWS::CloudWatch::LogAlarm`.
Out:   a sentence if it fires at fewer events, reads fewer of them, or groups them differently.
Never: an evaluation of queries. What cannot be compared may fire less.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.diff.judgment.alarm_sensitivity import describe_count, describe_duration, whole_limit
from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.resource_diff import as_list, as_number

Properties = Mapping[str, Any]

_SYMBOLS = {"GreaterThanOrEqualToThreshold": ">=", "GreaterThanThreshold": ">"}
_RATE = re.compile(r"\s*rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)\s*", re.IGNORECASE)
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
_COUNT = re.compile(r"\s*count\(\s*\*\s*\)\s*(?:by\s+(.+?)\s*)?", re.IGNORECASE | re.DOTALL)
_SORT = re.compile(r"\|\s*sort\s+(asc|desc)\s*$", re.IGNORECASE)
_COMPARED = (
    *("ComparisonOperator", "Threshold", "QueryResultsToAlarm", "QueryResultsToEvaluate"),
    "ScheduledQueryConfiguration",
)


@dataclass(frozen=True)
class _Trigger:
    """When a log alarm fires: ``needed`` of ``evaluated`` results breach.

    ``limit`` is the smallest count that breaches; ``grouped`` are the fields of a group. The query
    runs every ``interval`` seconds, on the events from ``start`` to ``end`` seconds before.
    """

    limit: float
    grouped: str
    needed: float
    evaluated: float
    interval: float
    start: float
    end: float

    @property
    def window(self) -> float:
        """The seconds whose events are counted together."""
        return self.start - self.end


def scheduled_query(properties: Properties) -> Properties:
    """The scheduled query of a log alarm; empty if it is not known."""
    value = properties.get("ScheduledQueryConfiguration")
    return value if isinstance(value, Mapping) else {}


def query_condition(query: Any) -> str | None:
    """The condition of a query that consists of ``fields`` and ``filter``; None for any other."""
    if not isinstance(query, str):
        return None
    first, separator, condition = query.strip().partition("\n| filter ")
    single = first.startswith("fields ") and separator and "\n" not in condition
    return condition.strip() if single else None


def smallest_result(properties: Properties) -> float | None:
    """The smallest count of events with which a log alarm fires; None if that is not known."""
    trigger = _trigger(properties)
    return trigger.limit if trigger and trigger.needed == 1 else None


def find_lost_log_sensitivity(before: Properties, after: Properties) -> Iterator[str]:
    """Compare everything that decides when a log alarm fires, but the query itself."""
    if all(before.get(name) == after.get(name) for name in _COMPARED):
        return
    yield from _log_group_gaps(before, after)
    old, new = _trigger(before), _trigger(after)
    if old is None or new is None:
        if changed := ", ".join(_changed_settings(before, after)):
            yield f"The alarm may fire less: {changed} could not be compared with the old value."
        return
    if old.grouped != new.grouped:
        yield (
            f"The alarm counts events {_by(new)} instead of {_by(old)}: another identity may send "
            "no notification, or the threshold may not be reached."
        )
    if not _fires_at_least_as_often(old, new):
        yield f"The alarm fires {_describe(new)} instead of {_describe(old)}."
    elif new.start < old.start:
        yield (
            f"The query no longer finds events that arrive more than "
            f"{describe_duration(new.start)} late, instead of {describe_duration(old.start)}."
        )
    if new.window < new.interval and not old.window < old.interval:
        yield (
            f"The query reads {describe_duration(new.window)} of events every "
            f"{describe_duration(new.interval)}: the events between are not counted."
        )


def _log_group_gaps(before: Properties, after: Properties) -> Iterator[str]:
    remaining = as_list(scheduled_query(after).get("LogGroupIdentifiers"))
    for group in as_list(scheduled_query(before).get("LogGroupIdentifiers")):
        if group not in remaining:
            yield f"The query no longer reads log group {describe(group)}."


def _changed_settings(before: Properties, after: Properties) -> Iterator[str]:
    for name in _COMPARED[:-1]:
        if before.get(name) != after.get(name):
            yield name
    old, new = scheduled_query(before), scheduled_query(after)
    for name in ("AggregationExpression", "ScheduleConfiguration"):
        if old.get(name) != new.get(name):
            yield name


def _trigger(properties: Properties) -> _Trigger | None:
    """The trigger of a log alarm that counts; None for another aggregation or unknown values."""
    query = scheduled_query(properties)
    schedule = query.get("ScheduleConfiguration")
    schedule = schedule if isinstance(schedule, Mapping) else {}
    symbol = _SYMBOLS.get(str(properties.get("ComparisonOperator")))
    aggregation = _SORT.sub("", str(query.get("AggregationExpression")))
    count = _COUNT.fullmatch(aggregation)
    rate = _RATE.fullmatch(str(schedule.get("ScheduleExpression")))
    threshold = as_number(properties.get("Threshold"))
    needed = as_number(properties.get("QueryResultsToAlarm"))
    evaluated = as_number(properties.get("QueryResultsToEvaluate"))
    start = as_number(schedule.get("StartTimeOffset"))
    end = as_number(schedule.get("EndTimeOffset", 0))
    if symbol is None or count is None or rate is None or threshold is None:
        return None
    if needed is None or evaluated is None or start is None or end is None:
        return None
    return _Trigger(
        limit=whole_limit(symbol, threshold),
        grouped=" ".join((count[1] or "").split()),
        needed=needed,
        evaluated=evaluated,
        interval=float(int(rate[1]) * _SECONDS[rate[2].lower()]),
        start=start,
        end=end,
    )


def _fires_at_least_as_often(old: _Trigger, new: _Trigger) -> bool:
    within_shorter = new.evaluated < old.evaluated and new.needed > 1
    counts_fewer = new.window < old.window and new.limit > 1
    easier = new.limit <= old.limit and new.needed <= old.needed
    return easier and not within_shorter and not counts_fewer


def describe_log_alarm(properties: Properties) -> str:
    """When a log alarm fires: ``at 5 events by who in 5 minutes``."""
    trigger = _trigger(properties)
    return _describe(trigger) if trigger else f"at {describe(properties.get('Threshold'))}"


def _describe(trigger: _Trigger) -> str:
    text = (
        f"at {describe_count(trigger.limit)} {_by(trigger)} in {describe_duration(trigger.window)}"
    )
    if max(trigger.evaluated, trigger.needed) > 1:
        text += f", in {trigger.needed:g} of {trigger.evaluated:g} results"
    return text


def _by(trigger: _Trigger) -> str:
    return f"by {trigger.grouped}" if trigger.grouped else "of all identities"
