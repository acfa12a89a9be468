"""
What differs between two catalogs on the same records.

In:    nothing; these are the types.
Out:   frozen data that every report prints: terminal, JSON, Markdown.
Never: a decision. `trailbell.replay.comparison.compare` decides what is in it.
"""

from dataclasses import dataclass
from enum import StrEnum

from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected
from trailbell.replay.model import Range, Share


class Concern(StrEnum):
    """A difference because of which a pull request should be looked at by a person."""

    NO_LONGER_REPORTED = "no-longer-reported"
    """Events that neither a notification nor a rule reports now."""
    LOWER_SEVERITY = "lower-severity"
    """A detection has a lower severity, or events are reported with a lower one."""
    REMOVED = "removed"
    """A detection is not deployed now, whether or not it has events in these records."""


def severity_rank(severity: str) -> int:
    """The higher, the more severe."""
    return ("low", "medium", "high").index(severity)


@dataclass(frozen=True, kw_only=True)
class Side:
    """A catalog, what it is called, and its hits in the records of both."""

    name: str
    detections: tuple[ReplayDetection, ...]
    collected: Collected


@dataclass(frozen=True, kw_only=True)
class Sent:
    """
    What a detection of one catalog sends, with typical delivery.

    ``events`` are those on which it fires, ``reported`` those that a notification or its rule
    reports. ``seconds_to_notify`` are the median and the largest time from the first event of a
    notification to its sending; None without one. ``rule_messages`` is None without a rule.
    """

    severity: str
    events: int
    reported: int
    notifications: Range
    rule_messages: int | None
    seconds_to_notify: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events, each counted once. Breakdowns are in descending order, and complete."""

    count: int
    identities: tuple[Share, ...]
    names: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Another detection, and the number of events that it reports."""

    detection: str
    severity: str
    events: int


@dataclass(frozen=True, kw_only=True)
class DetectionDifference:
    """
    A detection that differs: ``before`` or ``after`` is None if this catalog does not deploy it.

    ``newly_reported`` are events that it reports and nothing reported before; others that it newly
    reports are ``already_reported_by`` these detections. ``no_longer_reported`` are events that it
    reported and nothing reports now; others are ``still_reported_by`` these detections. An event
    can have several reporters.
    """

    id: str
    title: str
    before: Sent | None
    after: Sent | None
    newly_reported: Events
    already_reported_by: tuple[Reporter, ...]
    no_longer_reported: Events
    still_reported_by: tuple[Reporter, ...]

    @property
    def is_lower(self) -> bool:
        """Whether its severity is lower now."""
        if self.before is None or self.after is None:
            return False
        return severity_rank(self.after.severity) < severity_rank(self.before.severity)


@dataclass(frozen=True, kw_only=True)
class Total:
    """The notifications of all detections, and the messages of all rules."""

    notifications: Range
    rule_messages: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """
    Two catalogs on the same records. ``newly_reported`` and ``no_longer_reported`` are about all
    detections together: an event that another detection reports is in neither. Events that both
    report, with another highest severity, are in ``lower_severity`` or ``higher_severity``.

    ``differences`` begin with those that no longer report most events. ``without_effect`` are
    detections whose pattern, alarm or rule differs, without a difference in these records;
    ``equal`` counts the others. Times are in seconds since 1970, UTC. ``unreadable`` and
    ``remarks`` are sentences.
    """

    before: str
    after: str
    records: int
    files: int
    first: int | None
    last: int | None
    total_before: Total
    total_after: Total
    newly_reported: Events
    no_longer_reported: Events
    lower_severity: Events
    higher_severity: Events
    differences: tuple[DetectionDifference, ...]
    without_effect: tuple[str, ...]
    equal: int
    unreadable: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def concerns(self) -> frozenset[Concern]:
        """What a person should look at."""
        found = {
            Concern.NO_LONGER_REPORTED: self.no_longer_reported.count > 0,
            Concern.LOWER_SEVERITY: self.lower_severity.count > 0
            or any(each.is_lower for each in self.differences),
            Concern.REMOVED: any(each.after is None for each in self.differences),
        }
        return frozenset(concern for concern, is_there in found.items() if is_there)
