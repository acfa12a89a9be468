"""
From hits to the notifications of a log alarm: one for each contributor that goes into ALARM.

In:    the hits of an installation, and when each is in the log group.
Out:   the notifications, of which each names a contributor.
Never: how long a query takes. A run reads what is in the log group when it is due.

A contributor is a caller, as the query of `trailbell.catalog.log_alarm` groups them: an ARN, which
for a session of a role has the name of the session. CloudWatch evaluates each on its own.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html
"""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from trailbell.replay.alarm_spans import Evaluation, alarm_spans
from trailbell.replay.detection import LogAlarmSchedule, ReplayDetection
from trailbell.replay.hit import Hit
from trailbell.replay.model import Notification
from trailbell.replay.spans import Spans, intersect, merge
from trailbell.replay.telling import Alarm, Counted, tell

MAX_CONTRIBUTORS = 100
"""The contributors that can be in ALARM at once."""


def ring_log_alarm(
    detection: ReplayDetection,
    schedule: LogAlarmSchedule,
    installation: str,
    hits: Sequence[Hit],
    times: Sequence[int],
) -> tuple[Notification, ...]:
    """``hits`` are in the order of ``times``, at which they are in the log group.

    The query runs at multiples of ``run_every``: the first run depends on when the alarm was made.
    """
    timing = detection.timing
    evaluation = Evaluation(
        period=1,
        evaluation_periods=timing.evaluation_periods,
        datapoints_to_alarm=timing.datapoints_to_alarm,
        evaluation_range=timing.evaluation_periods,
    )
    by_contributor = _by_contributor(schedule, hits, times)
    in_alarm = {
        contributor: _in_alarm(counted, timing.threshold, evaluation)
        for contributor, counted in by_contributor.items()
    }
    notifications: list[Notification] = []
    for contributor, spans in _limited(in_alarm, by_contributor).items():
        alarm = Alarm(
            detection=detection.id,
            installation=installation,
            contributor=contributor,
            evaluated=evaluation.points,
            time_of=lambda run: run * schedule.run_every,
        )
        notifications += tell(alarm, by_contributor[contributor], spans)
    return tuple(notifications)


def contributor_of(hit: Hit) -> str:
    """Who it was, as the query of a log alarm groups events."""
    return hit.principal_arn or hit.service or hit.caller or "unknown"


def _by_contributor(
    schedule: LogAlarmSchedule, hits: Sequence[Hit], times: Sequence[int]
) -> dict[str, Counted]:
    """The hits of each contributor, with the first and the last run that reads each.

    A run reads the log events from ``start_offset`` before it to less than ``end_offset`` before
    it. "The range is inclusive" (``StartQuery``), but then an event at the full second between two
    runs would be counted by both.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
    """
    by_contributor: dict[str, tuple[list[Hit], list[int], list[int]]] = {}
    for hit, time in zip(hits, times, strict=True):
        first = (time + schedule.end_offset) // schedule.run_every + 1
        last = (time + schedule.start_offset) // schedule.run_every
        if first <= last:
            hits_of, firsts, lasts = by_contributor.setdefault(contributor_of(hit), ([], [], []))
            hits_of.append(hit)
            firsts.append(first)
            lasts.append(last)
    return {contributor: Counted(*own) for contributor, own in by_contributor.items()}


def _in_alarm(counted: Counted, threshold: int, evaluation: Evaluation) -> Spans:
    """The runs in ALARM. A contributor that is not in a result goes to OK, whatever was before."""
    present = counted.breaching(1)
    always = Spans([counted.firsts[0] - evaluation.evaluation_range], [counted.lasts[-1] * 2])
    spans = alarm_spans(counted.breaching(threshold), (always,), evaluation)
    return intersect(spans, present)


def _limited(
    in_alarm: Mapping[str, Spans], by_contributor: Mapping[str, Counted]
) -> dict[str, Spans]:
    """The spans that are left if only so many contributors can be in ALARM at once.

    The query sorts them by their events, so those with the most go first. Unsure: AWS's page does
    not say when the others follow; here they do as soon as one leaves.
    """
    queue = [
        (first, -len(by_contributor[name].between(first, first)), name, last)
        for name, spans in in_alarm.items()
        for first, last in spans
    ]
    heapify(queue)
    standing: list[int] = []
    allowed: dict[str, list[tuple[int, int]]] = {name: [] for name in in_alarm}
    while queue:
        first, rank, name, last = heappop(queue)
        while standing and standing[0] < first:
            heappop(standing)
        if len(standing) < MAX_CONTRIBUTORS:
            heappush(standing, last)
            allowed[name].append((first, last))
        elif standing[0] < last:
            heappush(queue, (standing[0] + 1, rank, name, last))
    return {name: merge(spans) for name, spans in allowed.items()}
