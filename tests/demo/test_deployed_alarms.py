"""What a deployed alarm does for each event that it counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from trailbell.demo.deployed_alarms import DeployedAlarm, deployed_alarms, follow, outcome
from trailbell.replay.alarm.delivery import Clock
from trailbell.replay.alarm.evaluation import AlarmSettings

_CLOCK = Clock(datetime(2026, 11, 26, 2, 0, tzinfo=UTC))


def _filter(pattern: str, metric: str, **more: Any) -> dict[str, Any]:
    """A metric filter as DescribeMetricFilters returns it.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricFilter.html
    """
    transformation = {"metricName": metric, "metricNamespace": "own", "metricValue": "1"}
    return {
        "filterName": metric,
        "filterPattern": pattern,
        "metricTransformations": [transformation | more],
    }


def _alarm(name: str, **more: Any) -> dict[str, Any]:
    """An alarm as DescribeAlarms returns it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
    """
    alarm = {
        "AlarmName": name,
        "Namespace": "own",
        "MetricName": "Key",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
    }
    return alarm | more


def _facts(alarm: DeployedAlarm) -> tuple[object, ...]:
    return alarm.name, alarm.settings, alarm.publishes_zero, [p.text for p in alarm.patterns]


_PATTERN = '{ $.eventName = "CreateAccessKey" }'


@pytest.mark.parametrize(
    ("filters", "alarms", "deployed"),
    [
        pytest.param(
            [],
            [_alarm("heartbeat", Namespace="AWS/Logs", MetricName="IncomingLogEvents")],
            [],
            id="an alarm on another metric is left out",
        ),
        pytest.param(
            [],
            [{"AlarmName": "expression", "Metrics": []}],
            [],
            id="an alarm on an expression is left out",
        ),
        pytest.param(
            [_filter(_PATTERN, "Key", defaultValue=0.0)],
            [_alarm("key", DatapointsToAlarm=1)],
            [("key", AlarmSettings(), True, [_PATTERN])],
            id="a filter with the default value 0",
        ),
        pytest.param(
            [_filter(_PATTERN, "Key"), _filter('{ $.eventName = "CreateUser" }', "Key")],
            [_alarm("key", EvaluationPeriods=3, Threshold=2.0)],
            [
                (
                    "key",
                    AlarmSettings(evaluation_periods=3, datapoints_to_alarm=3, threshold=2.0),
                    False,
                    [_PATTERN, '{ $.eventName = "CreateUser" }'],
                )
            ],
            id="two filters of one metric, without a default value",
        ),
    ],
)
def test_an_alarm_is_that_of_its_metric_filters(
    filters: list[Any], alarms: list[Any], deployed: list[Any]
) -> None:
    assert [_facts(alarm) for alarm in deployed_alarms(filters, alarms)] == deployed


def _outcomes(*seconds: int, threshold: float = 1) -> list[tuple[str, str]]:
    """Result and time of ALARM for events that are delivered so many seconds after the start."""
    filters = [_filter(_PATTERN, "Key", defaultValue=0.0)]
    (alarm,) = deployed_alarms(filters, [_alarm("key", Threshold=threshold)])
    events = [{"eventName": "CreateAccessKey"} for _ in seconds]
    delivered = [_CLOCK.start + timedelta(seconds=each) for each in seconds]
    history = follow(alarm, events, delivered, _CLOCK)
    results = [outcome(history, number, _CLOCK) for number in history.matches]
    return [(r.result.name, f"{r.at:%H:%M}" if r.at else "") for r in results]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param(_outcomes(600), [("NOTIFIED", "02:11")], id="one event of one is notified"),
        pytest.param(
            _outcomes(600, 700),
            [("NOTIFIED", "02:11"), ("MASKED", "02:11")],
            id="a second one while the alarm is in ALARM is not",
        ),
        pytest.param(
            _outcomes(600, 610),
            [("NOTIFIED", "02:11"), ("COUNTED", "02:11")],
            id="a second one of the same minute is counted",
        ),
        pytest.param(
            _outcomes(600, 960),
            [("NOTIFIED", "02:11"), ("NOTIFIED", "02:17")],
            id="after six minutes the alarm is in OK again",
        ),
        pytest.param(
            _outcomes(600, 610, threshold=3),
            [("BELOW_THRESHOLD", "")] * 2,
            id="two events of three are too few",
        ),
        pytest.param(
            _outcomes(600, 660, 720, threshold=3),
            [("COUNTED", "02:13"), ("COUNTED", "02:13"), ("NOTIFIED", "02:13")],
            id="the third event of three is notified",
        ),
    ],
)
def test_the_outcomes_of_events(
    outcomes: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    assert outcomes == expected


def test_an_event_that_the_filter_does_not_match_is_not_counted() -> None:
    (alarm,) = deployed_alarms([_filter(_PATTERN, "Key")], [_alarm("key")])
    history = follow(alarm, [{"eventName": "ListUsers"}], [_CLOCK.start], _CLOCK)
    assert (dict(history.matches), history.notifications) == ({}, ())
