"""
Compare two catalogs on the same records.

In:    the detections of both, with their hits.
Out:   a `Comparison`: what is newly told, no longer told, moved in severity.
Never: a difference of the scan. Both have the hits of the same records.

"Told" is meant of events: a notification of an alarm counts it, or a rule sends a message about it.
An event that another detection tells of instead is not lost.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from trailbell.replay.alarm_clock import hits_told, ring_all, rule_messages
from trailbell.replay.comparison import (
    Comparison,
    DetectionDifference,
    Events,
    Side,
    Teller,
    Told,
    Total,
)
from trailbell.replay.detection import ReplayDetection, RuleReceives
from trailbell.replay.hit import Hit
from trailbell.replay.model import Range, Share

_Event = str | Hit
"""An event: its ID, or a hit without one."""


@dataclass(frozen=True)
class _Result:
    """What a detection tells, and the events of which it does."""

    detection: ReplayDetection
    hits: Sequence[Hit]
    told: Told
    events: Mapping[_Event, Hit]


_Results = Mapping[str, _Result]
_Tellers = Mapping[_Event, Sequence[ReplayDetection]]


def compare(before: Side, after: Side, *, per_account: bool) -> Comparison:
    """
    The differences between two catalogs, with an installation for each account or one for all.

    Both have been collected with `trailbell.replay.sides.collect_both`.
    """
    results = _results(before, {}, per_account=per_account)
    results_after = _results(after, results, per_account=per_account)
    tellers, tellers_after = _tellers(results), _tellers(results_after)
    names = [*results_after, *(name for name in results if name not in results_after)]
    differences, without_effect = [], []
    for name in names:
        old, new = results.get(name), results_after.get(name)
        if old and new and old.told == new.told and old.events.keys() == new.events.keys():
            if not _is_equal(old.detection, new.detection):
                without_effect.append(name)
            continue
        differences.append(_difference(name, old, new, tellers, tellers_after))
    collected = after.collected
    return Comparison(
        before=before.name,
        after=after.name,
        records=collected.records,
        files=collected.files,
        first=collected.first,
        last=collected.last,
        total_before=_total(results),
        total_after=_total(results_after),
        newly_told=_events(_missing(results_after, tellers)),
        no_longer_told=_events(_missing(results, tellers_after)),
        differences=tuple(sorted(differences, key=_rank)),
        without_effect=tuple(without_effect),
        equal=len(names) - len(differences) - len(without_effect),
        unreadable=tuple(map(str, collected.unreadable)),
    )


def _results(side: Side, known: _Results, *, per_account: bool) -> _Results:
    """What each detection tells. ``known`` are results of the other catalog, to be reused."""
    hits: dict[str, list[Hit]] = {}
    for hit in side.collected.hits:
        hits.setdefault(hit.detection, []).append(hit)
    results = {}
    for detection in side.detections:
        own = hits.get(detection.id, [])
        result = known.get(detection.id)
        if result is None or result.detection != detection or result.hits != own:
            result = _result(detection, own, side, per_account=per_account)
        results[detection.id] = result
    return results


def _result(
    detection: ReplayDetection, hits: Sequence[Hit], side: Side, *, per_account: bool
) -> _Result:
    arrivals = side.collected.arrivals
    notifications, number = ring_all(detection, hits, arrivals, per_account=per_account)
    seconds = sorted(each.sent - each.first for each in notifications)
    told = hits_told(detection, hits, arrivals, per_account=per_account)
    if detection.rule is RuleReceives.READS_AND_WRITES:
        told = (*told, *hits)
    elif detection.rule is RuleReceives.WRITES:
        told = (*told, *(hit for hit in hits if not hit.is_read))
    events = {_event(hit): hit for hit in told}
    return _Result(
        detection,
        hits,
        Told(
            severity=detection.severity,
            events=len(hits),
            told=len(events),
            notifications=number,
            rule_messages=rule_messages(detection, hits),
            seconds_to_notify=(median_low(seconds), seconds[-1]) if seconds else None,
        ),
        events,
    )


def _event(hit: Hit) -> _Event:
    return hit.event_id or replace(hit, detection="")


def _is_equal(old: ReplayDetection, new: ReplayDetection) -> bool:
    """Whether two detections are equal but for texts."""
    timing = replace(new.timing, reason=old.timing.reason)
    return replace(new, title=old.title, timing=timing) == old


def _tellers(results: _Results) -> _Tellers:
    """The detections that tell of each event."""
    tellers: dict[_Event, list[ReplayDetection]] = {}
    for result in results.values():
        for event in result.events:
            tellers.setdefault(event, []).append(result.detection)
    return tellers


def _missing(results: _Results, others: Collection[_Event]) -> Mapping[_Event, Hit]:
    """The events of which these detections tell, and which are not among the others."""
    return {
        event: hit
        for result in results.values()
        for event, hit in result.events.items()
        if event not in others
    }


def _difference(
    name: str,
    old: _Result | None,
    new: _Result | None,
    tellers: _Tellers,
    tellers_after: _Tellers,
) -> DetectionDifference:
    before: Mapping[_Event, Hit] = old.events if old else {}
    after: Mapping[_Event, Hit] = new.events if new else {}
    gone = {event: hit for event, hit in before.items() if event not in after}
    come = {event: hit for event, hit in after.items() if event not in before}
    present = new or old
    return DetectionDifference(
        id=name,
        title=present.detection.title if present else "",
        before=old.told if old else None,
        after=new.told if new else None,
        newly_told=_events({e: hit for e, hit in come.items() if e not in tellers}),
        already_told_by=_counted(come, tellers),
        no_longer_told=_events({e: hit for e, hit in gone.items() if e not in tellers_after}),
        still_told_by=_counted(gone, tellers_after),
    )


def _counted(events: Iterable[_Event], tellers: _Tellers) -> tuple[Teller, ...]:
    """The detections that tell of these events, those that tell of most first."""
    counts = Counter(detection.id for event in events for detection in tellers.get(event, ()))
    severities = {each.id: each.severity for event in events for each in tellers.get(event, ())}
    return tuple(Teller(name, severities[name], number) for name, number in _ordered(counts))


def _events(events: Mapping[_Event, Hit]) -> Events:
    identities = Counter(hit.identity for hit in events.values())
    names = Counter(hit.event_name for hit in events.values())
    return Events(count=len(events), identities=_shares(identities), names=_shares(names))


def _shares(counts: Counter[str]) -> tuple[Share, ...]:
    return tuple(Share(value, number) for value, number in _ordered(counts))


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def _total(results: _Results) -> Total:
    ranges = [result.told.notifications for result in results.values()]
    return Total(
        notifications=Range(
            sum(each.low for each in ranges),
            sum(each.typical for each in ranges),
            sum(each.high for each in ranges),
        ),
        rule_messages=sum(result.told.rule_messages or 0 for result in results.values()),
    )


def _rank(difference: DetectionDifference) -> tuple[int, int, str]:
    """Those that no longer tell of most events first, then those that newly tell of most."""
    return -difference.no_longer_told.count, -difference.newly_told.count, difference.id
