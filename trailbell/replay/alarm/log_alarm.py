"""
When the contributors of a log alarm are in ALARM.

In:    the times at which matches of each contributor are in the log group.
Out:   for each contributor the runs of the query at which it is in ALARM.
Never: how long a query takes. A run reads what is in the log group when it is due.

A contributor is a caller, as the query of `trailbell.catalog.log_alarm` groups them: an ARN, which
for a session of a role has the name of the session. CloudWatch evaluates each on its own.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

from trailbell.catalog.detection import Timing
from trailbell.replay.alarm.in_alarm import Evaluation, alarm_spans
from trailbell.replay.alarm.notify import Counted, Evaluated
from trailbell.replay.alarm.spans import Spans, intersect, merge
from trailbell.replay.detection import LogAlarmSchedule
from trailbell.replay.hit import Hit

MAX_CONTRIBUTORS = 100
"""The contributors that can be in ALARM at once."""


def contributor_of(hit: Hit) -> str:
    """Who it was, as the query of a log alarm groups events."""
    return hit.principal_arn or hit.service or hit.caller or "unknown"


def evaluate_log_alarm(
    timing: Timing, schedule: LogAlarmSchedule, times: Mapping[str, Sequence[int]]
) -> dict[str, Evaluated]:
    """The log alarm of a detection, by contributor. ``times`` are in seconds since 1970, ascending.

    The query runs at multiples of ``run_every``; really it depends on when the alarm was made.
    """
    evaluation = Evaluation(
        period=1,
        evaluation_periods=timing.evaluation_periods,
        datapoints_to_alarm=timing.datapoints_to_alarm,
        evaluation_range=timing.evaluation_periods,
    )
    counted = {name: _counted(schedule, own) for name, own in times.items()}
    in_alarm = {name: _in_alarm(own, timing.threshold, evaluation) for name, own in counted.items()}
    return {
        name: Evaluated(
            counted=counted[name],
            in_alarm=spans,
            points=evaluation.points,
            time_of=lambda run: run * schedule.run_every,
        )
        for name, spans in _limited(in_alarm, counted).items()
    }


def _counted(schedule: LogAlarmSchedule, times: Sequence[int]) -> Counted:
    """The first and the last run that reads each.

    A run reads the log events from ``start_offset`` before it to less than ``end_offset`` before
    it. "The range is inclusive" (``StartQuery``), but then an event at the full second between two
    ranges would be counted in both.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
    """
    return Counted(
        [(time + schedule.end_offset) // schedule.run_every + 1 for time in times],
        [(time + schedule.start_offset) // schedule.run_every for time in times],
    )


def _in_alarm(counted: Counted, threshold: int, evaluation: Evaluation) -> Spans:
    """The runs in ALARM. A contributor that is not in a result goes to OK, whatever was before."""
    breaching = counted.breaching(threshold)
    if evaluation.evaluation_periods == 1:
        return breaching
    always = Spans(
        [counted.firsts[0] - evaluation.evaluation_range],
        [counted.lasts[-1] + evaluation.evaluation_range],
    )
    return intersect(alarm_spans(breaching, (always,), evaluation), counted.breaching(1))


def _limited(in_alarm: Mapping[str, Spans], counted: Mapping[str, Counted]) -> Mapping[str, Spans]:
    """The spans that are left if only so many contributors can be in ALARM at once.

    The query sorts them by their events, so those with the most go first. Unsure: AWS's page does
    not say when the others follow; here they do as soon as another leaves.
    """
    if len(in_alarm) <= MAX_CONTRIBUTORS:
        return in_alarm
    coming = sorted(
        (first, -len(counted[name].in_point(first)), name, last)
        for name, spans in in_alarm.items()
        for first, last in spans
    )
    coming.reverse()
    waiting: list[tuple[int, str, int]] = []
    leaving: list[int] = []
    allowed: dict[str, list[tuple[int, int]]] = {name: [] for name in in_alarm}
    while coming or waiting:
        now = min([*(each[0] for each in coming[-1:]), *(last + 1 for last in leaving[:1])])
        while coming and coming[-1][0] <= now:
            heappush(waiting, coming.pop()[1:])
        while leaving and leaving[0] < now:
            heappop(leaving)
        while waiting and len(leaving) < MAX_CONTRIBUTORS:
            _, name, last = heappop(waiting)
            if now <= last:
                heappush(leaving, last)
                allowed[name].append((now, last))
    return {name: merge(spans) for name, spans in allowed.items()}
