"""
What tuning proposes.

In:    nothing; these are the types.
Out:   frozen data that reports print and that is written into the settings.
Never: a decision. `trailbell.replay.tuning.proposals` decides.
"""

from dataclasses import dataclass

from trailbell.replay.detection import ReplayDetection
from trailbell.replay.model import Range, Share
from trailbell.replay.tuning.change import Change, Exclusion


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    What is proposed at all.

    ``per_week`` are the notifications of a detection in a week up to which it is quiet enough.
    ``recurring`` are the days on which a cause must have events. ``include_guards`` allows
    exclusions in detections that guard the alarms or report leaked credentials.
    """

    per_week: float = 1
    recurring: int = 3
    include_guards: bool = False


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """
    A change of the settings of a detection, with what it does after the proposals before it.

    ``notifications`` are those that are left of the whole time. ``silenced`` counts the events that
    no longer count, ``events`` are they by name. ``unreported`` are the identities that
    notifications reported before and no longer do, with their events. ``days`` are those with
    events of the cause, UTC, and ``notes`` sentences about what to look at before it is accepted.
    """

    change: Change
    notifications: Range
    silenced: int
    events: tuple[Share, ...]
    unreported: tuple[Share, ...]
    days: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HeldBack:
    """A loud cause for which nothing is proposed, and the reason, as a clause.

    ``silenced`` are the events that the change would silence, ``notifications`` those of the
    detection that it alone would leave. A threshold that is not proposed has no ``change``.
    """

    change: Exclusion | None
    silenced: int
    notifications: Range
    reason: str


@dataclass(frozen=True, kw_only=True)
class TunedDetection:
    """A noisy detection. ``after`` are its notifications with all proposals."""

    detection: ReplayDetection
    hits: int
    before: Range
    after: Range
    proposals: tuple[Proposal, ...]
    held_back: tuple[HeldBack, ...]
    is_within_limit: bool

    @property
    def changes(self) -> tuple[tuple[str, Change], ...]:
        """Every change that is proposed, with the ID of the detection."""
        return tuple((self.detection.id, proposal.change) for proposal in self.proposals)


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """
    The tuning of a catalog. ``weeks`` is the length of the records, at least one. ``quiet`` counts
    the other detections that have hits; ``first`` and ``last`` are times in seconds since 1970.
    """

    limits: Limits
    weeks: float
    records: int
    first: int | None
    last: int | None
    detections: tuple[TunedDetection, ...]
    quiet: int
    unreadable: tuple[str, ...]

    @property
    def proposals(self) -> tuple[tuple[str, Change], ...]:
        """Every change that is proposed, with the ID of its detection."""
        return tuple(change for tuned in self.detections for change in tuned.changes)
