"""
How CloudWatch evaluates an alarm on the metric of a metric filter, as AWS documents it.

In:    the minutes in which log events and matches arrive, and the settings of filter and alarm.
Out:   the state of the alarm at the end of each minute.
Never: what AWS does not publish. The length of the evaluation range is an argument.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, kw_only=True)
class AlarmSettings:
    """The settings of an alarm with GreaterThanOrEqualToThreshold and the statistic Sum.

    ``evaluation_range`` is the number of periods of which CloudWatch reads data points. "The exact
    number of data points it attempts to retrieve depends on the length of the alarm period"; AWS's
    example reads 5 if 3 are evaluated.
    """

    period_minutes: int = 5
    evaluation_periods: int = 1
    datapoints_to_alarm: int = 1
    threshold: float = 1
    treat_missing_data: str = "notBreaching"
    evaluation_range: int = 3


def evaluate(points: Sequence[float | None], alarm: AlarmSettings, current: State) -> State:
    """The state after an evaluation of these data points, the oldest first; None is missing.

    "If some data points in the evaluation range are missing, but the number of existing data points
    retrieved is equal to or more than the alarm's Evaluation Periods, CloudWatch evaluates the
    alarm state based on the most recent existing data points [...] the value you set for how to
    treat missing data is not needed and is ignored."
    """
    existing = [point >= alarm.threshold for point in points if point is not None]
    breaching = sum(existing[-alarm.evaluation_periods :])
    missing = max(0, alarm.evaluation_periods - len(existing))
    if missing and alarm.treat_missing_data == "breaching":
        breaching += missing
    elif missing and alarm.treat_missing_data != "notBreaching" and _is_undecided(points, alarm):
        if alarm.treat_missing_data == "ignore":
            return current
        return State.ALARM if existing else State.INSUFFICIENT_DATA
    return State.ALARM if breaching >= alarm.datapoints_to_alarm else State.OK


def _is_undecided(points: Sequence[float | None], alarm: AlarmSettings) -> bool:
    """Whether there is no data point, or the alarm goes into ALARM before it has all of them.

    "Alarms are designed to always go into ALARM state when the oldest available breaching datapoint
    during the Evaluation Periods number of data points is at least as old as the value of
    Datapoints to Alarm, and all other more recent data points are breaching or missing."
    """
    newest_first = [*enumerate(reversed(points), 1)]
    existing = [(age, point) for age, point in newest_first if point is not None]
    if not existing:
        return True
    oldest = existing[-1][0]
    return oldest >= alarm.datapoints_to_alarm and all(p >= alarm.threshold for _, p in existing)


def published_value(
    minute: int, arrivals: Collection[int], matches: Sequence[int], *, zero: bool
) -> float | None:
    """The value that a metric filter publishes for a minute, None for no value.

    The default value is published "during a period when logs are ingested but no matching logs are
    found". Without log events no value is published.
    """
    count = sum(match == minute for match in matches)
    if count:
        return count
    return 0 if zero and minute in arrivals else None


def simulate(
    alarm: AlarmSettings,
    matches: Sequence[int],
    arrivals: Collection[int],
    *,
    zero: bool,
    minutes: int,
    late: int = 0,
) -> list[State]:
    """The state at the end of each minute. The metric exists for long, and the alarm is OK.

    An alarm with a period of minutes is evaluated every minute, over the periods that end then.
    ``arrivals`` are minutes with other log events, ``zero`` is the default value 0. CloudWatch has
    the values of matches so many minutes ``late``.
    """
    before, after = (
        {minute: published_value(minute, arrivals, known, zero=zero) for minute in range(minutes)}
        for known in ([], matches)
    )
    states = [State.OK]
    for now in range(minutes):
        points = []
        for index in range(alarm.evaluation_range):
            last = now - index * alarm.period_minutes
            window = range(last - alarm.period_minutes + 1, last + 1)
            values = [(after if m + late <= now else before).get(m) for m in window]
            known = [value for value in values if value is not None]
            points.append(sum(known) if known else None)
        states.append(evaluate(points[::-1], alarm, states[-1]))
    return states[1:]


def notification_minutes(states: Sequence[State]) -> list[int]:
    """The minutes in which the alarm goes into ALARM: "alarms invoke actions for sustained state
    changes only".
    """
    before = [State.OK, *states]
    return [
        minute
        for minute, state in enumerate(states)
        if state is State.ALARM and before[minute] is not State.ALARM
    ]
