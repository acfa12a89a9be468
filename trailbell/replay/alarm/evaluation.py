"""
How CloudWatch evaluates an alarm on the metric of a metric filter, as AWS documents it.

In:    the minutes in which log events and matches arrive, and the settings of filter and alarm.
Out:   the state of the alarm at the end of each minute, its state changes, and the notifications.
Never: what AWS does not publish. The length of the evaluation range is an argument.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trailbell.catalog.detection import Timing


class State(StrEnum):
    """The state of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, kw_only=True)
class AlarmSettings:
    """The settings of an alarm with GreaterThanOrEqualToThreshold and the statistic Sum.

    ``period`` is in seconds, as in AWS. A metric filter publishes a value a minute, so a shorter
    period counts as a minute. ``evaluation_range`` is the number of periods of which CloudWatch
    reads data points; None is two more than it evaluates. "The exact number of data points it
    attempts to retrieve depends on the length of the alarm period"; AWS's example reads 5 if 3 are
    evaluated.
    """

    period: int = 300
    evaluation_periods: int = 1
    datapoints_to_alarm: int = 1
    threshold: float = 1
    treat_missing_data: str = "notBreaching"
    evaluation_range: int | None = None

    @property
    def period_minutes(self) -> int:
        """The period in minutes, at least one."""
        return max(1, self.period // 60)

    @property
    def points_read(self) -> int:
        """The number of periods of which CloudWatch reads data points."""
        return self.evaluation_range or self.evaluation_periods + 2

    @property
    def is_multi_day(self) -> bool:
        """Whether it evaluates more than a day. Then it is evaluated once an hour only.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
        """
        return self.period * self.evaluation_periods > 86_400


def settings_of(timing: Timing) -> AlarmSettings:
    """The settings of the alarm of a detection. ``stacks/pieces/alarms.py`` makes it."""
    return AlarmSettings(
        period=timing.period,
        evaluation_periods=timing.evaluation_periods,
        datapoints_to_alarm=timing.datapoints_to_alarm,
        threshold=timing.threshold,
    )


@dataclass(frozen=True)
class Match:
    """A log event that matches, by the minute of its data point; CloudWatch has the value of this
    point so many minutes ``late``.
    """

    minute: int
    late: int = 0


@dataclass(frozen=True)
class StateChange:
    """The alarm went from one state into another at the end of a minute."""

    minute: int
    before: State
    after: State


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


def evaluate_minutes(
    alarm: AlarmSettings,
    matches: Iterable[Match],
    arrivals: Collection[int],
    *,
    zero: bool,
    minutes: int,
    start: State = State.OK,
) -> list[State]:
    """The state at the end of each minute. The metric exists for long; the alarm is in ``start``.

    An alarm with a period of minutes is evaluated every minute, over the periods that end then. A
    multi-day alarm is evaluated every hour, on the data up to the full hour; the first minute is
    the beginning of an hour. ``arrivals`` are minutes with other log events, ``zero`` is the
    default value 0.
    """
    values = _published_values(matches, arrivals, zero=zero)
    states = [start]
    for now in range(minutes):
        if alarm.is_multi_day and (now + 1) % 60:
            states.append(states[-1])
            continue
        points = []
        for index in reversed(range(alarm.points_read)):
            last = now - index * alarm.period_minutes
            window = range(max(0, last - alarm.period_minutes + 1), last + 1)
            known = [v for minute in window if (v := values(minute, now)) is not None]
            points.append(sum(known) if known else None)
        states.append(evaluate(points, alarm, states[-1]))
    return states[1:]


def _published_values(
    matches: Iterable[Match], arrivals: Collection[int], *, zero: bool
) -> Callable[[int, int], float | None]:
    """The value of a metric filter for a minute as CloudWatch has it at another; None for no value.

    The default value is published "during a period when logs are ingested but no matching logs are
    found". Without log events no value is published.
    """
    known_from: dict[int, Counter[int]] = {}
    for match in matches:
        known_from.setdefault(match.minute, Counter())[match.minute + match.late] += 1

    def value(minute: int, now: int) -> float | None:
        known = known_from.get(minute, Counter())
        count = sum(number for since, number in known.items() if since <= now)
        if count:
            return count
        return 0 if zero and minute in arrivals else None

    return value


def simulate(
    alarm: AlarmSettings,
    matches: Sequence[int],
    arrivals: Collection[int],
    *,
    zero: bool,
    minutes: int,
    late: int = 0,
) -> list[State]:
    """The state at the end of each minute if all values of matches are so many minutes ``late``."""
    all_late = (Match(minute, late) for minute in matches)
    return evaluate_minutes(alarm, all_late, arrivals, zero=zero, minutes=minutes)


def state_changes(states: Sequence[State], start: State = State.OK) -> tuple[StateChange, ...]:
    """The changes in these states at the ends of minutes. Before, the alarm is in ``start``."""
    before = [start, *states]
    return tuple(
        StateChange(minute, before[minute], state)
        for minute, state in enumerate(states)
        if state is not before[minute]
    )


def notifications(
    states: Sequence[State],
    actions: Collection[State] = frozenset({State.ALARM}),
    start: State = State.OK,
) -> tuple[StateChange, ...]:
    """The state changes that send a notification: "alarms invoke actions for sustained state
    changes only". ``actions`` are the states for which the alarm has actions.
    """
    return tuple(change for change in state_changes(states, start) if change.after in actions)


def notification_minutes(states: Sequence[State]) -> list[int]:
    """The minutes in which the alarm goes into ALARM."""
    return [change.minute for change in notifications(states)]
