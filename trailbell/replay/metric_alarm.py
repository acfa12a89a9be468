"""
When the alarm on the metric of a metric filter is in ALARM.

In:    the times at which matches are in the log group, and the minutes with other events.
Out:   the minutes at whose ends the alarm is in ALARM.
Never: an alarm that is not made like those of our stacks, which treat missing data as notBreaching.
"""

from collections.abc import Sequence
from functools import lru_cache

from trailbell.catalog.detection import Timing
from trailbell.replay.alarm_evaluation import settings_of
from trailbell.replay.alarm_spans import Evaluation, alarm_spans, hourly
from trailbell.replay.notify import Counted, Evaluated
from trailbell.replay.spans import Spans, merge


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


@lru_cache(maxsize=64)
def points_of_arrivals(
    arrivals: tuple[frozenset[int], ...], delay: int, period_minutes: int
) -> Spans:
    """The data points with an event, if all are in the log group ``delay`` seconds later.

    ``arrivals`` are minutes since 1970; when in its minute an event was is unknown, so the delay is
    rounded to minutes. All detections of a replay have the same, and years of minutes take a while
    to sort.
    """
    late = round(delay / 60)
    minutes = sorted(frozenset().union(*arrivals))
    return merge((minute + late, minute + late + period_minutes - 1) for minute in minutes)
