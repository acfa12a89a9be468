"""
The alarms that are deployed, and what they do for a sequence of events.

In:    metric filters and alarms as AWS describes them; events with their times.
Out:   for each alarm, which events its filters match and when it goes into ALARM.
Never: an alarm on another metric than that of a metric filter, such as the heartbeat.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trailbell.demo.timeline import AlarmOutcome, AlarmResult
from trailbell.pattern import FilterPattern, Outcome, parse
from trailbell.replay.alarm.delivery import Clock
from trailbell.replay.alarm.evaluation import (
    AlarmSettings,
    Match,
    State,
    StateChange,
    evaluate_minutes,
    notifications,
)
from trailbell.samples import Event

Metric = tuple[str, str]
"""Namespace and name."""

_AFTERWARDS = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class DeployedAlarm:
    """An alarm, the patterns of the filters of its metric, and whether they publish 0."""

    name: str
    description: str
    metric: str
    settings: AlarmSettings
    patterns: tuple[FilterPattern, ...]
    publishes_zero: bool

    def matches(self, event: Event) -> bool:
        """Whether a filter certainly matches an event."""
        text = json.dumps(event)
        return any(p.explain(text).outcome is Outcome.MATCH for p in self.patterns)


@dataclass(frozen=True, kw_only=True)
class History:
    """The events that an alarm counts, by index and minute, and its states and notifications."""

    alarm: DeployedAlarm
    matches: Mapping[int, int]
    states: tuple[State, ...]
    notifications: tuple[StateChange, ...]


def deployed_alarms(
    filters: Iterable[Mapping[str, Any]], alarms: Iterable[Mapping[str, Any]]
) -> tuple[DeployedAlarm, ...]:
    """The alarms on the metrics of these metric filters, by name."""
    by_metric: dict[Metric, list[tuple[FilterPattern, bool]]] = {}
    for each in filters:
        for metric in each["metricTransformations"]:
            key = metric["metricNamespace"], metric["metricName"]
            pattern = parse(each["filterPattern"])
            by_metric.setdefault(key, []).append((pattern, "defaultValue" in metric))
    return tuple(
        DeployedAlarm(
            name=alarm["AlarmName"],
            description=alarm.get("AlarmDescription", ""),
            metric=alarm["MetricName"],
            settings=AlarmSettings(
                period=alarm["Period"],
                evaluation_periods=alarm["EvaluationPeriods"],
                datapoints_to_alarm=alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]),
                threshold=alarm["Threshold"],
                treat_missing_data=alarm.get("TreatMissingData", "missing"),
            ),
            patterns=tuple(pattern for pattern, _ in known),
            publishes_zero=any(zero for _, zero in known),
        )
        for alarm in sorted(alarms, key=lambda alarm: str(alarm["AlarmName"]))
        if (known := by_metric.get((alarm.get("Namespace", ""), alarm.get("MetricName", ""))))
    )


def follow(
    alarm: DeployedAlarm, events: Sequence[Event], delivered: Sequence[datetime], clock: Clock
) -> History:
    """Evaluate an alarm minute by minute until half an hour after the last event.

    Other events arrive in every minute, as they do in an account that is in use.
    """
    minutes = clock.minute(max(delivered) + _AFTERWARDS)
    matches = {
        number: clock.minute(at)
        for number, (event, at) in enumerate(zip(events, delivered, strict=True))
        if alarm.matches(event)
    }
    states = evaluate_minutes(
        alarm.settings,
        [Match(minute) for minute in matches.values()],
        range(minutes),
        zero=alarm.publishes_zero,
        minutes=minutes,
    )
    return History(
        alarm=alarm,
        matches=matches,
        states=tuple(states),
        notifications=notifications(states),
    )


def outcome(history: History, number: int, clock: Clock) -> AlarmOutcome:
    """What an alarm does for one of the events that it counts, apart from the e-mail.

    Of the events that one evaluation counts, that which reaches the threshold is NOTIFIED.
    """
    minute, name = history.matches[number], history.alarm.name
    for change in history.notifications:
        counted = _counted(history, change)
        if number in counted:
            position = min(int(history.alarm.settings.threshold), len(counted)) - 1
            is_last = counted[position] == number
            result = AlarmResult.NOTIFIED if is_last else AlarmResult.COUNTED
            return AlarmOutcome(alarm=name, result=result, at=clock.end_of(change.minute))
    if history.states[minute] is not State.ALARM:
        return AlarmOutcome(alarm=name, result=AlarmResult.BELOW_THRESHOLD)
    since = max(change.minute for change in history.notifications if change.minute <= minute)
    return AlarmOutcome(alarm=name, result=AlarmResult.MASKED, at=clock.end_of(since))


def _counted(history: History, change: StateChange) -> list[int]:
    """The events in the periods that made an alarm go into ALARM."""
    settings = history.alarm.settings
    first = change.minute - settings.period_minutes * settings.evaluation_periods + 1
    return [n for n, minute in history.matches.items() if first <= minute <= change.minute]
