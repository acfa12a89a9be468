"""
When the alarm on the metric of a metric filter is in ALARM.

In:    the times at which matches are in the log group, and the minutes with other events.
Out:   the minutes at whose ends the alarm is in ALARM.
Never: an alarm that is not made like those of our stacks, which treat missing data as notBreaching.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trailbell.catalog.detection import Timing
from trailbell.replay.alarm.evaluation import settings_of
from trailbell.replay.alarm.in_alarm import Evaluation, alarm_spans, hourly
from trailbell.replay.alarm.notify import Counted, Evaluated
from trailbell.replay.alarm.spans import Spans, merge


def evaluate_metric_alarm(timing: Timing, times: Sequence[int], other: Spans) -> Evaluated:
    """The alarm of a detection. ``times`` are in seconds since 1970, in ascending order.

    ``other`` are the data points that exist without a match. A data point has the number of the
    minute in which it ends.
    """
    settings = settings_of(timing)
    evaluation = Evaluation(
        period=settings.period_minutes,
        evaluation_periods=settings.evaluation_periods,
        datapoints_to_alarm=settings.datapoints_to_alarm,
        evaluation_range=settings.points_read,
    )
    firsts = [time // 60 for time in times]
    length = settings.period_minutes - 1
    counted = Counted(firsts, [minute + length for minute in firsts])
    existing = other, counted.breaching(1)
    in_alarm = alarm_spans(counted.breaching(timing.threshold), existing, evaluation)
    return Evaluated(
        counted=counted,
        in_alarm=hourly(in_alarm) if settings.is_multi_day else in_alarm,
        points=lambda minute: evaluation.evaluated(minute, existing),
        time_of=lambda minute: (minute + 1) * 60,
    )


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When the log group has events: the data points with one, and the minutes of the events.

    ``late`` are the minutes after which an event is in the log group.
    """

    points: Spans
    minutes: Sequence[int]
    late: int
    period: int

    def without(self, own: Iterable[int]) -> Spans:
        """The data points without those that only events of these minutes have.

        Where each event has a delay of its own, the events of matches arrive when these do, and not
        when an event usually does.
        """
        removed = set()
        sorted_own = sorted(set(own))
        for minute in sorted_own:
            index = bisect_right(self.points.firsts, minute + self.late) - 1
            if index < 0 or index in removed:
                continue
            first = self.points.firsts[index] - self.late
            last = self.points.lasts[index] - self.late - self.period + 1
            if _count(self.minutes, first, last) == _count(sorted_own, first, last):
                removed.add(index)
        if not removed:
            return self.points
        kept = [pair for index, pair in enumerate(self.points) if index not in removed]
        return Spans([first for first, _ in kept], [last for _, last in kept])


def _count(minutes: Sequence[int], first: int, last: int) -> int:
    return bisect_right(minutes, last) - bisect_left(minutes, first)


@lru_cache(maxsize=64)
def arrivals_of(arrivals: tuple[frozenset[int], ...], delay: int, period_minutes: int) -> Arrivals:
    """The events of some accounts, if all are in the log group ``delay`` seconds later.

    ``arrivals`` are minutes since 1970; when in its minute an event was is unknown, so the delay is
    rounded to minutes. All detections of a replay have the same, and years of minutes take a while
    to sort.
    """
    late = round(delay / 60)
    minutes = sorted(frozenset().union(*arrivals))
    points = merge((minute + late, minute + late + period_minutes - 1) for minute in minutes)
    return Arrivals(points, minutes, late, period_minutes)
