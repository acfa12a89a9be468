"""
From hits to the notifications of alarms.

In:    the hits of a detection, the minutes in which accounts have events, and how late they are.
Out:   the notifications in the order of their times, or how many there are in every scenario.
Never: a step for each minute. It goes from hit to hit, and is tested against `evaluation`, the
       reference that evaluates every minute.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from trailbell.replay.alarm.delivery import SCENARIOS, Delivery
from trailbell.replay.alarm.evaluation import settings_of
from trailbell.replay.alarm.log_alarm import contributor_of, evaluate_log_alarm
from trailbell.replay.alarm.metric_alarm import arrivals_of, evaluate_metric_alarm
from trailbell.replay.alarm.notify import Evaluated, notify, reported
from trailbell.replay.alarm.spans import Spans
from trailbell.replay.detection import ReplayDetection, RuleReceives
from trailbell.replay.hit import Hit
from trailbell.replay.model import Notification, Range

_Arrivals = Mapping[str, frozenset[int]]
_ALWAYS = Spans([-(10**12)], [10**12])
_NEVER = Spans()


@dataclass(frozen=True, slots=True)
class _Installation:
    """
    The hits that the alarm of an installation counts.

    ``name`` is its account, or empty if it is for all (``for_all``). ``accounts`` are those of its
    hits. ``hits`` are by contributor, in the order of their times; a metric alarm has only one,
    without a name.
    """

    name: str
    for_all: bool
    accounts: frozenset[str]
    hits: Mapping[str, Sequence[Hit]]


def ring(
    detection: ReplayDetection,
    hits: Sequence[Hit],
    arrivals: _Arrivals,
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
    installations = _installations(detection, hits, per_account=per_account)
    return _ring(detection, installations, arrivals, delivery)


def ring_all(
    detection: ReplayDetection, hits: Sequence[Hit], arrivals: _Arrivals, *, per_account: bool
) -> tuple[tuple[Notification, ...], Range]:
    """The notifications with typical delivery, and how many there are in every scenario."""
    typical, *others = SCENARIOS
    installations = _installations(detection, hits, per_account=per_account)
    notifications = _ring(detection, installations, arrivals, typical)
    numbers = [
        len(notifications),
        *(_count(detection, installations, arrivals, delivery) for delivery in others),
    ]
    return notifications, Range(min(numbers), numbers[0], max(numbers))


def reported_hits(
    detection: ReplayDetection, hits: Sequence[Hit], arrivals: _Arrivals, *, per_account: bool
) -> tuple[Hit, ...]:
    """The hits that a notification counts, with typical delivery. ``hits`` are its own."""
    installations = _installations(detection, hits, per_account=per_account)
    return tuple(
        hit
        for _, _, own, alarm in _alarms(detection, installations, arrivals, SCENARIOS[0])
        for hit in reported(own, alarm)
    )


def count(
    detection: ReplayDetection,
    hits: Sequence[Hit],
    arrivals: _Arrivals,
    delivery: Delivery,
    *,
    per_account: bool,
) -> int:
    """How many notifications there are with this delivery, without making them."""
    installations = _installations(detection, hits, per_account=per_account)
    return _count(detection, installations, arrivals, delivery)


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


def _installations(
    detection: ReplayDetection, hits: Sequence[Hit], *, per_account: bool
) -> tuple[_Installation, ...]:
    by_name: dict[str, dict[str, list[Hit]]] = {}
    for hit in sorted(hits, key=attrgetter("time", "event_id")):
        contributors = by_name.setdefault(hit.account if per_account else "", {})
        contributor = contributor_of(hit) if detection.log_alarm else ""
        contributors.setdefault(contributor, []).append(hit)
    accounts = frozenset(hit.account for hit in hits)
    return tuple(
        _Installation(
            name=name,
            for_all=not per_account,
            accounts=frozenset((name,)) if per_account else accounts,
            hits=contributors,
        )
        for name, contributors in by_name.items()
    )


def _ring(
    detection: ReplayDetection,
    installations: Iterable[_Installation],
    arrivals: _Arrivals,
    delivery: Delivery,
) -> tuple[Notification, ...]:
    notifications: list[Notification] = []
    for name, contributor, hits, alarm in _alarms(detection, installations, arrivals, delivery):
        notifications += notify(detection.id, name, contributor, hits, alarm)
    return tuple(sorted(notifications, key=attrgetter("sent", "installation", "contributor")))


def _alarms(
    detection: ReplayDetection,
    installations: Iterable[_Installation],
    arrivals: _Arrivals,
    delivery: Delivery,
) -> Iterator[tuple[str, str, Sequence[Hit], Evaluated]]:
    """Each installation and contributor, with its hits in the order of delivery and its alarm."""
    for installation in installations:
        in_order, times = {}, {}
        for name, own in installation.hits.items():
            pairs = sorted(_delivered(own, delivery), key=itemgetter(0))
            times[name] = [time for time, _ in pairs]
            in_order[name] = [hit for _, hit in pairs]
        for name, alarm in _evaluate(detection, installation, times, arrivals, delivery).items():
            yield installation.name, name, in_order[name], alarm


def _count(
    detection: ReplayDetection,
    installations: Iterable[_Installation],
    arrivals: _Arrivals,
    delivery: Delivery,
) -> int:
    number = 0
    for installation in installations:
        times = {
            name: sorted(time for time, _ in _delivered(own, delivery))
            for name, own in installation.hits.items()
        }
        alarms = _evaluate(detection, installation, times, arrivals, delivery)
        number += sum(len(alarm.in_alarm) for alarm in alarms.values())
    return number


def _delivered(hits: Sequence[Hit], delivery: Delivery) -> Iterator[tuple[int, Hit]]:
    """When each hit is in the log group, in seconds since 1970."""
    if delivery.seed is None:
        delay = delivery.usual
        return ((hit.time + delay, hit) for hit in hits)
    return ((hit.time + delivery.delay(hit.event_id), hit) for hit in hits)


def _evaluate(
    detection: ReplayDetection,
    installation: _Installation,
    times: Mapping[str, Sequence[int]],
    arrivals: _Arrivals,
    delivery: Delivery,
) -> Mapping[str, Evaluated]:
    """The alarm of an installation, by contributor."""
    timing = detection.timing
    if detection.log_alarm:
        return evaluate_log_alarm(timing, detection.log_alarm, times)
    if not timing.default_value:
        other = _NEVER
    elif not installation.accounts <= arrivals.keys():
        other = _ALWAYS
    else:
        names = sorted(arrivals) if installation.for_all else [installation.name]
        minutes = settings_of(timing).period_minutes
        others = arrivals_of(tuple(arrivals[name] for name in names), delivery.usual, minutes)
        own = (hit.time // 60 for hits in installation.hits.values() for hit in hits)
        other = others.without(own) if delivery.seed else others.points
    return {name: evaluate_metric_alarm(timing, own, other) for name, own in times.items()}
