"""
From hits to the notifications of alarms.

In:    the hits of a detection, the minutes in which accounts have events, and how late they are.
Out:   the notifications in the order of their times, or how many there are in every scenario.
Never: a step for each minute. It goes from hit to hit, and is tested against `alarm_evaluation`,
       the reference that evaluates every minute.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import attrgetter, itemgetter

from trailbell.replay.alarm_evaluation import settings_of
from trailbell.replay.alarm_spans import Evaluation, alarm_spans, hourly
from trailbell.replay.delivery import SCENARIOS, Delivery
from trailbell.replay.detection import ReplayDetection, RuleReceives
from trailbell.replay.hit import Hit
from trailbell.replay.log_alarm_clock import ring_log_alarm
from trailbell.replay.model import Notification, Range
from trailbell.replay.spans import Spans, merge
from trailbell.replay.telling import Alarm, Counted, tell

_NOTHING = Spans()
_ALWAYS = 1_000_000_000  # minutes, longer than any time of records


def ring(
    detection: ReplayDetection,
    hits: Sequence[Hit],
    arrivals: Mapping[str, frozenset[int]],
    delivery: Delivery,
    *,
    per_account: bool,
) -> tuple[Notification, ...]:
    """
    The notifications of the alarms of one detection, ordered by the time of sending.

    ``hits`` are its own. ``arrivals`` are the minutes since 1970 in which accounts have any event,
    by the time of the event; an account that is missing has one in every minute. There is an alarm
    for each account (``per_account``), or one for the events of all.
    """
    notifications: list[Notification] = []
    for installation, own in _by_installation(hits, per_account=per_account).items():
        in_order, times = _in_order_of_delivery(own, delivery)
        if detection.log_alarm is None:
            other = _existing(detection, own, arrivals, delivery, per_account=per_account)
            notifications += _ring_metric_alarm(detection, installation, in_order, times, other)
        else:
            schedule = detection.log_alarm
            notifications += ring_log_alarm(detection, schedule, installation, in_order, times)
    return tuple(sorted(notifications, key=attrgetter("sent", "installation", "contributor")))


def ring_all(
    detection: ReplayDetection,
    hits: Sequence[Hit],
    arrivals: Mapping[str, frozenset[int]],
    *,
    per_account: bool,
) -> tuple[tuple[Notification, ...], Range]:
    """The notifications with typical delivery, and how many there are in every scenario."""
    typical, *others = (
        ring(detection, hits, arrivals, delivery, per_account=per_account) for delivery in SCENARIOS
    )
    numbers = [len(typical), *map(len, others)]
    return typical, Range(min(numbers), len(typical), max(numbers))


def rule_messages(detection: ReplayDetection, hits: Sequence[Hit]) -> int | None:
    """The messages of the EventBridge rule: one for each event it receives. None without a rule.

    A rule can, rarely, send more than one message for an event. Read-only events are received only
    by rules in the state ``ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS``.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
    """
    match detection.rule:
        case RuleReceives.NOTHING:
            return None
        case RuleReceives.WRITES:
            return sum(not hit.is_read for hit in hits)
        case RuleReceives.READS_AND_WRITES:
            return len(hits)


def _by_installation(hits: Sequence[Hit], *, per_account: bool) -> dict[str, list[Hit]]:
    """The hits of each alarm, in the order of their times."""
    by_installation: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=attrgetter("time", "event_id")):
        by_installation.setdefault(hit.account if per_account else "", []).append(hit)
    return by_installation


def _in_order_of_delivery(
    hits: Sequence[Hit], delivery: Delivery
) -> tuple[Sequence[Hit], Sequence[int]]:
    """The hits in the order of their delivery, and when each is in the log group."""
    times = [hit.time + delivery.delay(hit.event_id) for hit in hits]
    if delivery.seed is None:
        return hits, times
    pairs = sorted(zip(times, hits, strict=True), key=itemgetter(0))
    return [hit for _, hit in pairs], [time for time, _ in pairs]


def _ring_metric_alarm(
    detection: ReplayDetection,
    installation: str,
    hits: Sequence[Hit],
    times: Sequence[int],
    other: Spans,
) -> tuple[Notification, ...]:
    """``other`` are the data points that exist without a hit."""
    settings = settings_of(detection.timing)
    period = settings.period_minutes
    evaluation = Evaluation(
        period=period,
        evaluation_periods=settings.evaluation_periods,
        datapoints_to_alarm=settings.datapoints_to_alarm,
        evaluation_range=settings.points_read,
    )
    minutes = [time // 60 for time in times]
    counted = Counted(hits, minutes, [minute + period - 1 for minute in minutes])
    existing = other, counted.breaching(1)
    in_alarm = alarm_spans(counted.breaching(detection.timing.threshold), existing, evaluation)
    if settings.is_multi_day:
        in_alarm = hourly(in_alarm)
    alarm = Alarm(
        detection=detection.id,
        installation=installation,
        contributor="",
        evaluated=lambda minute: evaluation.evaluated(minute, existing),
        time_of=lambda minute: (minute + 1) * 60,
    )
    return tell(alarm, counted, in_alarm)


def _existing(
    detection: ReplayDetection,
    hits: Sequence[Hit],
    arrivals: Mapping[str, frozenset[int]],
    delivery: Delivery,
    *,
    per_account: bool,
) -> Spans:
    """The data points that exist although nothing matches, because of the default value 0."""
    if not detection.timing.default_value:
        return _NOTHING
    accounts = {hit.account for hit in hits}
    if not accounts <= arrivals.keys():
        minutes = [hit.time // 60 for hit in hits]
        return Spans([min(minutes) - _ALWAYS], [max(minutes) + _ALWAYS])
    names = sorted(accounts) if per_account else sorted(arrivals)
    return _arrival_spans(
        tuple(arrivals[name] for name in names),
        round(delivery.usual / 60),
        settings_of(detection.timing).period_minutes,
    )


@lru_cache(maxsize=32)
def _arrival_spans(arrivals: tuple[frozenset[int], ...], late: int, period_minutes: int) -> Spans:
    """The data points with an event, which is in the log group so many minutes ``late``.

    It is the same for all detections of a replay, and years of minutes take a while to sort.
    """
    minutes = sorted(frozenset().union(*arrivals))
    return merge((minute + late, minute + late + period_minutes - 1) for minute in minutes)
