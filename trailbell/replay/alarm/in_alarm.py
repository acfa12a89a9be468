"""
When an alarm is in ALARM, from the data points that breach its threshold.

In:    the numbers of evaluations whose newest data point breaches, and whose exists.
Out:   the spans of evaluations in ALARM.
Never: another treatment of missing data than that of our alarms, which is notBreaching.

An evaluation has a number: for a metric alarm the minute at whose end it is, for a log alarm the
run of the query. A data point has the number of the evaluation for which it is the newest one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from trailbell.replay.alarm.spans import Spans, merge, shift, subtract


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """How an alarm is evaluated. ``period`` is the distance of its data points.

    ``evaluation_range`` is the number of data points that it retrieves; of these, the newest
    ``evaluation_periods`` that exist count. See `evaluation.AlarmSettings`.
    """

    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    evaluation_range: int

    def points(self, number: int) -> range:
        """The data points that an evaluation retrieves, the newest first."""
        return range(number, number - self.evaluation_range * self.period, -self.period)

    def evaluated(self, number: int, existing: Sequence[Spans]) -> tuple[int, ...]:
        """The data points that count in an evaluation: the newest that exist."""
        points = (each for each in self.points(number) if any(each in e for e in existing))
        return tuple(islice(points, self.evaluation_periods))


def alarm_spans(breaching: Spans, existing: Sequence[Spans], evaluation: Evaluation) -> Spans:
    """The evaluations in ALARM. A data point exists if any of ``existing`` has it.

    Those of ``breaching`` are among them.
    """
    if evaluation.evaluation_periods == 1:
        return _newest_breaches(breaching, existing, evaluation)
    return merge(_enough_breach(breaching, existing, evaluation))


def _newest_breaches(breaching: Spans, existing: Sequence[Spans], evaluation: Evaluation) -> Spans:
    """The evaluations of which the newest data point that exists breaches.

    It is the newest one, or the newest does not exist and it is the next, and so on.
    """
    in_alarm = [*breaching]
    points = breaching
    for _ in range(evaluation.evaluation_range - 1):
        points = shift(points, evaluation.period)
        for spans in existing:
            points = subtract(points, spans)
        in_alarm += points
    return merge(sorted(in_alarm))


def _enough_breach(
    breaching: Spans, existing: Sequence[Spans], evaluation: Evaluation
) -> Iterator[tuple[int, int]]:
    """The evaluations of which enough data points breach, as pairs of first and last.

    Without a data point that breaches, an alarm with notBreaching is in OK. So only evaluations
    that retrieve one are looked at, and of these only the ones at which the state can change.
    """
    reach = (evaluation.evaluation_range - 1) * evaluation.period
    for first, last in merge((first, last + reach) for first, last in breaching):
        for start, end in pairwise(_changes(breaching, existing, evaluation, first, last)):
            points = evaluation.evaluated(start, existing)
            if sum(p in breaching for p in points) >= evaluation.datapoints_to_alarm:
                yield start, end - 1


def _changes(
    breaching: Spans, existing: Sequence[Spans], evaluation: Evaluation, first: int, last: int
) -> list[int]:
    """The evaluations from ``first`` to ``last + 1`` at which the state can change."""
    reach = (evaluation.evaluation_range - 1) * evaluation.period
    changes = {first, last + 1}
    for spans in (breaching, *existing):
        for change in spans.changes(first - reach, last):
            later = range(change, change + reach + 1, evaluation.period)
            changes.update(number for number in later if first < number <= last)
    return sorted(changes)


def hourly(in_alarm: Spans) -> Spans:
    """The minutes in ALARM if the alarm is evaluated at the end of each hour only."""
    ends = ((-(-(first + 1) // 60), (last + 1) // 60) for first, last in in_alarm)
    return merge((start * 60 - 1, end * 60 + 58) for start, end in ends if start <= end)
