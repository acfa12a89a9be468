"""
What a replay reports.

In:    nothing; these are the types.
Out:   frozen data that every report prints: terminal, JSON, Markdown, HTML.
Never: a decision. `trailbell.replay.summary` decides what is in it.
"""

from dataclasses import dataclass

from trailbell.replay.detection import ReplayDetection


@dataclass(frozen=True, slots=True)
class Range:
    """A count that depends on how late events are delivered: at least, typically, at most."""

    low: int
    typical: int
    high: int


@dataclass(frozen=True, slots=True)
class Notification:
    """
    One notification of an alarm: it went into ALARM.

    ``installation`` is the account whose alarm it is, or empty for an installation for all
    accounts. Times are in seconds since 1970, UTC. ``first`` is the time of the earliest event
    that it counts, ``sent`` the end of the evaluation that sends it, ``until`` when the alarm
    leaves ALARM. ``hits`` are the events that it counts and no earlier notification did, which can
    be none. ``masked_hits`` are those that are delivered while the alarm is in ALARM and that no
    notification counts. ``contributor`` is the identity of a log alarm, empty for a metric alarm.
    """

    detection: str
    installation: str
    first: int
    sent: int
    until: int
    hits: int
    told: tuple[str, ...]
    """The identities whose events it counts when it is sent."""
    masked: tuple[str, ...]
    """The other identities, those of the masked events."""
    masked_hits: int
    contributor: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A value of a member, and the hits that have it."""

    value: str
    hits: int


@dataclass(frozen=True, slots=True)
class Week:
    """The notifications of a week, which begins on a Monday (``2026-11-23``), UTC."""

    monday: str
    notifications: Range
    hits: int


@dataclass(frozen=True, kw_only=True)
class DetectionResult:
    """
    What a detection would have sent.

    ``seconds_to_notify`` are the median and the largest time from the first event of a
    notification to its sending, with typical delivery; None without a notification. Those that
    count no hit for the first time are left out.
    ``untold`` are the hits that no notification counts: below the threshold, or delivered while the
    alarm was in ALARM. ``masked`` are the identities that no notification of the whole time names.
    ``rule_messages`` are those of an EventBridge rule, one for each event; None without a rule.
    Breakdowns are in descending order of hits.
    """

    detection: ReplayDetection
    hits: int
    notifications: Range
    weeks: tuple[Week, ...]
    seconds_to_notify: tuple[int, int] | None
    untold: int
    masked: tuple[Share, ...]
    rule_messages: int | None
    identities: tuple[Share, ...]
    accounts: tuple[Share, ...]
    regions: tuple[Share, ...]
    addresses: tuple[Share, ...]
    events: tuple[Share, ...]
    timeline: tuple[Notification, ...]


@dataclass(frozen=True, kw_only=True)
class Cause:
    """
    A value of a member that causes many notifications of a detection, and the exclusion of it.

    ``key`` is that of ``exclude``: ``roles``, ``principal_arns``, ``services``, ``source_ips`` or
    ``events``. ``toml`` are the lines for ``trailbell.toml``. ``with_exclusion`` are the
    notifications of the detection that would be left. ``also_silences`` says in words what else
    the exclusion would silence. ``refused`` is the reason why it must not be excluded, or empty.
    """

    detection: str
    key: str
    value: str
    hits: int
    notifications: Range
    with_exclusion: Range
    toml: str
    also_silences: tuple[str, ...]
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplayReport:
    """
    A whole replay. ``detections`` with a hit are in descending order of notifications, then hits;
    ``quiet`` are those without one. Times are in seconds since 1970, UTC.

    ``weeks`` is the length of the time between the first and the last event, at least one week.
    ``unreadable`` and ``left_out`` are sentences.
    """

    records: int
    files: int
    duplicates: int
    first: int | None
    last: int | None
    weeks: float
    detections: tuple[DetectionResult, ...]
    quiet: tuple[ReplayDetection, ...]
    causes: tuple[Cause, ...]
    uncertain: tuple[Share, ...]
    unreadable: tuple[str, ...]
    left_out: str
    delivery: str
    installations: str

    @property
    def notifications(self) -> Range:
        """The notifications of all detections."""
        ranges = [result.notifications for result in self.detections]
        return Range(
            sum(each.low for each in ranges),
            sum(each.typical for each in ranges),
            sum(each.high for each in ranges),
        )
