"""
What detections would have sent, as one report.

In:    detections, and what was collected from records.
Out:   a `ReplayReport`: notifications by detection and week, and whose events none reports.
Never: a figure of its own about alarms. `trailbell.replay.alarm.clock` has them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median_low

from trailbell.replay.alarm.clock import ring, rule_messages
from trailbell.replay.alarm.delivery import SCENARIOS
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected, Hit
from trailbell.replay.model import (
    Cause,
    DetectionResult,
    Notification,
    Range,
    ReplayReport,
    Share,
    Week,
)
from trailbell.replay.shares import shares
from trailbell.wording import pluralize

SECONDS_PER_WEEK = 604_800

DELIVERY = (
    "Events are delivered after 3.2 minutes (typical); ranges are from all events after 1 to 9 "
    "minutes, and from each with a delay of its own. In a quiet account, an alarm can notify of an "
    "event again."
)
PER_ACCOUNT = "Each account has its own alarms."
FOR_ALL = "One installation has the events of all accounts."


def replay(
    detections: Sequence[ReplayDetection],
    collected: Collected,
    *,
    per_account: bool,
    causes: Sequence[Cause] = (),
) -> ReplayReport:
    """The report of a replay. ``causes`` are part of it as they are."""
    by_detection = hits_by_detection(collected.hits)
    fired = [detection for detection in detections if detection.id in by_detection]
    results = [
        _result(detection, by_detection[detection.id], collected, per_account=per_account)
        for detection in fired
    ]
    loudest = sorted(
        results, key=lambda each: (-each.notifications.typical, -each.hits, each.detection.id)
    )
    return ReplayReport(
        records=collected.records,
        files=collected.files,
        duplicates=collected.duplicates,
        first=collected.first,
        last=collected.last,
        weeks=weeks_of(collected),
        detections=tuple(loudest),
        quiet=tuple(each for each in detections if each.id not in by_detection),
        causes=tuple(causes),
        uncertain=tuple(Share(name, count) for name, count in sorted(collected.uncertain.items())),
        unreadable=tuple(map(str, collected.unreadable)),
        left_out=_left_out(collected),
        delivery=DELIVERY,
        installations=PER_ACCOUNT if per_account else FOR_ALL,
    )


def hits_by_detection(hits: Iterable[Hit]) -> Mapping[str, list[Hit]]:
    """The hits of each detection that has any, in their order."""
    found: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        found[hit.detection].append(hit)
    return found


def weeks_of(collected: Collected) -> float:
    """The length of the records in weeks, at least one."""
    if collected.first is None or collected.last is None:
        return 1.0
    return max(1.0, (collected.last - collected.first) / SECONDS_PER_WEEK)


def _result(
    detection: ReplayDetection, hits: Sequence[Hit], collected: Collected, *, per_account: bool
) -> DetectionResult:
    by_scenario = [
        ring(detection, hits, collected.arrivals, delivery, per_account=per_account)
        for delivery in SCENARIOS
    ]
    typical = by_scenario[0]
    reported = {identity for each in typical for identity in each.told}
    delays = sorted(each.sent - each.first for each in typical if each.hits)
    return DetectionResult(
        detection=detection,
        hits=len(hits),
        notifications=_range([len(sent) for sent in by_scenario]),
        weeks=tuple(_weeks(hits, by_scenario)),
        seconds_to_notify=(median_low(delays), delays[-1]) if delays else None,
        untold=len(hits) - sum(each.hits for each in typical),
        masked=shares(hit.identity for hit in hits if hit.identity not in reported),
        rule_messages=rule_messages(detection, hits),
        identities=shares(hit.identity for hit in hits),
        accounts=shares(hit.account for hit in hits),
        regions=shares(hit.region for hit in hits),
        addresses=shares(hit.address for hit in hits),
        events=shares(hit.event_name for hit in hits),
        timeline=typical,
    )


def _range(counts: Sequence[int]) -> Range:
    """The first is that of typical delivery."""
    return Range(min(counts), counts[0], max(counts))


def _weeks(hits: Sequence[Hit], by_scenario: Sequence[Sequence[Notification]]) -> Iterable[Week]:
    """The weeks in which there is a hit or a notification, in their order."""
    sent = [Counter(monday(each.sent) for each in notifications) for notifications in by_scenario]
    hit_counts = Counter(monday(hit.time) for hit in hits)
    for week in sorted(hit_counts.keys() | {name for counts in sent for name in counts}):
        yield Week(week, _range([counts[week] for counts in sent]), hit_counts[week])


def monday(time: int) -> str:
    """The Monday of the week of a time in seconds since 1970, UTC: ``2026-11-23``."""
    day = datetime.fromtimestamp(time, UTC).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def _left_out(collected: Collected) -> str:
    if not collected.left_out:
        return ""
    kinds = [f"{kind}: {count:,}" for kind, count in sorted(collected.left_out_kinds.items())]
    details = f" ({'; '.join(kinds)})" if kinds else ""
    return f"{pluralize(collected.left_out, 'other file')} skipped{details}"
