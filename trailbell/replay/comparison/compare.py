"""
Compare two catalogs on the same records.

In:    the detections of both, with their hits.
Out:   a `Comparison`: what is newly reported, no longer reported, moved in severity.
Never: a difference of the scan. Both have the hits of the same records.

An event is reported if a notification of an alarm counts it, or a rule sends a message about it. An
event that another detection reports instead is not lost.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from trailbell.replay.alarm.clock import reported_hits, ring_all, rule_messages
from trailbell.replay.comparison.model import (
    Comparison,
    DetectionDifference,
    Events,
    Reporter,
    Sent,
    Side,
    Total,
    severity_rank,
)
from trailbell.replay.detection import ReplayDetection, RuleReceives
from trailbell.replay.hit import Hit
from trailbell.replay.model import Range, Share
from trailbell.wording import pluralize

_Event = str | Hit
"""An event: its ID, or a hit without one."""


@dataclass(frozen=True)
class _Result:
    """What a detection sends, and the events that it reports."""

    detection: ReplayDetection
    hits: Sequence[Hit]
    sent: Sent
    events: Mapping[_Event, Hit]


_Results = Mapping[str, _Result]
_Reporters = Mapping[_Event, Sequence[ReplayDetection]]


def compare(before: Side, after: Side, *, per_account: bool) -> Comparison:
    """
    The differences between two catalogs, with an installation for each account or one for all.

    Both have been collected with `trailbell.replay.comparison.sides.collect_both`.
    """
    results = _results(before, {}, per_account=per_account)
    results_after = _results(after, results, per_account=per_account)
    reporters, reporters_after = _reporters(results), _reporters(results_after)
    names = [*results_after, *(name for name in results if name not in results_after)]
    differences, without_effect = [], []
    for name in names:
        old, new = results.get(name), results_after.get(name)
        if old and new and old.sent == new.sent and old.events.keys() == new.events.keys():
            if not _is_equal(old.detection, new.detection):
                without_effect.append(name)
            continue
        differences.append(_difference(name, old, new, reporters, reporters_after))
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
        newly_reported=_events(_missing(results_after, reporters)),
        no_longer_reported=_events(_missing(results, reporters_after)),
        lower_severity=_events(_lowered(results, reporters, reporters_after)),
        higher_severity=_events(_lowered(results_after, reporters_after, reporters)),
        differences=tuple(sorted(differences, key=_rank)),
        without_effect=tuple(without_effect),
        equal=len(names) - len(differences) - len(without_effect),
        unreadable=tuple(map(str, collected.unreadable)),
        remarks=tuple(_uncertain(before, after)),
    )


def _uncertain(before: Side, after: Side) -> Iterator[str]:
    """Sentences about detections whose evaluations are uncertain in one catalog more often."""
    old, new = before.collected.uncertain, after.collected.uncertain
    for name in sorted({**old, **new}):
        if old.get(name, 0) != new.get(name, 0):
            yield (
                f"{name}: {pluralize(new.get(name, 0), 'evaluation')} uncertain, before "
                f"{old.get(name, 0):,}. These events are not counted as reported."
            )


def _results(side: Side, known: _Results, *, per_account: bool) -> _Results:
    """What each detection sends. ``known`` are results of the other catalog, to be reused."""
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
    reported = reported_hits(detection, hits, arrivals, per_account=per_account)
    if detection.rule is RuleReceives.READS_AND_WRITES:
        reported = (*reported, *hits)
    elif detection.rule is RuleReceives.WRITES:
        reported = (*reported, *(hit for hit in hits if not hit.is_read))
    events = {_event(hit): hit for hit in reported}
    return _Result(
        detection,
        hits,
        Sent(
            severity=detection.severity,
            events=len(hits),
            reported=len(events),
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


def _reporters(results: _Results) -> _Reporters:
    """The detections that report each event."""
    reporters: dict[_Event, list[ReplayDetection]] = {}
    for result in results.values():
        for event in result.events:
            reporters.setdefault(event, []).append(result.detection)
    return reporters


def _missing(results: _Results, others: Collection[_Event]) -> Mapping[_Event, Hit]:
    """The events that these detections report, and that are not among the others."""
    return {
        event: hit
        for result in results.values()
        for event, hit in result.events.items()
        if event not in others
    }


def _lowered(results: _Results, reporters: _Reporters, others: _Reporters) -> Mapping[_Event, Hit]:
    """The events that both catalogs report, the other one with a lower severity."""
    return {
        event: hit
        for result in results.values()
        for event, hit in result.events.items()
        if event in others and _rank_of(others[event]) < _rank_of(reporters[event])
    }


def _rank_of(reporters: Iterable[ReplayDetection]) -> int:
    return max(severity_rank(each.severity) for each in reporters)


def _difference(
    name: str,
    old: _Result | None,
    new: _Result | None,
    reporters: _Reporters,
    reporters_after: _Reporters,
) -> DetectionDifference:
    before: Mapping[_Event, Hit] = old.events if old else {}
    after: Mapping[_Event, Hit] = new.events if new else {}
    gone = {event: hit for event, hit in before.items() if event not in after}
    come = {event: hit for event, hit in after.items() if event not in before}
    present = new or old
    return DetectionDifference(
        id=name,
        title=present.detection.title if present else "",
        before=old.sent if old else None,
        after=new.sent if new else None,
        newly_reported=_events({e: hit for e, hit in come.items() if e not in reporters}),
        already_reported_by=_counted(come, reporters),
        no_longer_reported=_events({e: hit for e, hit in gone.items() if e not in reporters_after}),
        still_reported_by=_counted(gone, reporters_after),
    )


def _counted(events: Iterable[_Event], reporters: _Reporters) -> tuple[Reporter, ...]:
    """The detections that report these events, those that report most first."""
    counts = Counter(detection.id for event in events for detection in reporters.get(event, ()))
    severities = {each.id: each.severity for event in events for each in reporters.get(event, ())}
    return tuple(Reporter(name, severities[name], number) for name, number in _ordered(counts))


def _events(events: Mapping[_Event, Hit]) -> Events:
    identities = Counter(hit.identity for hit in events.values())
    names = Counter(hit.event_name for hit in events.values())
    return Events(count=len(events), identities=_shares(identities), names=_shares(names))


def _shares(counts: Counter[str]) -> tuple[Share, ...]:
    return tuple(Share(value, number) for value, number in _ordered(counts))


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def _total(results: _Results) -> Total:
    ranges = [result.sent.notifications for result in results.values()]
    return Total(
        notifications=Range(
            sum(each.low for each in ranges),
            sum(each.typical for each in ranges),
            sum(each.high for each in ranges),
        ),
        rule_messages=sum(result.sent.rule_messages or 0 for result in results.values()),
    )


def _rank(difference: DetectionDifference) -> tuple[int, int, str]:
    """Those that no longer report most events first, then those that newly report most."""
    return -difference.no_longer_reported.count, -difference.newly_reported.count, difference.id
