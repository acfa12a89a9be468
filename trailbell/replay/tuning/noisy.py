"""
A noisy detection, and the alarm clock on a part of its hits.

In:    a detection with its hits, and how many notifications are few enough.
Out:   the notifications that are left without some hits, or with other settings of the alarm.
Never: an estimate. Every figure is from `trailbell.replay.alarm.clock`.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from trailbell.catalog.detection import Detection
from trailbell.replay.alarm.clock import count, ring_all
from trailbell.replay.alarm.delivery import TYPICAL
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Hit
from trailbell.replay.model import Notification, Range, Share
from trailbell.replay.shares import shares
from trailbell.replay.tuning.change import Deployment
from trailbell.replay.tuning.model import Limits
from trailbell.replay.tuning.suspicion import Surroundings


@dataclass(frozen=True, kw_only=True)
class Noisy:
    """
    A detection that sends more notifications than ``allowed`` in the whole time.

    ``detection`` is with the settings in use, ``replayed`` its alarm. ``hits`` are its own, in
    the order of their times.
    """

    detection: Detection
    replayed: ReplayDetection
    hits: Sequence[Hit]
    arrivals: Mapping[str, frozenset[int]]
    per_account: bool
    allowed: float
    limits: Limits
    deployment: Deployment
    surroundings: Surroundings


@dataclass(frozen=True)
class Figures:
    """The notifications with typical delivery, and how many there are in every scenario."""

    notifications: Sequence[Notification]
    range: Range

    @property
    def reported(self) -> frozenset[str]:
        """The identities that a notification reports."""
        return frozenset(name for each in self.notifications for name in each.told)


def figures_without(
    noisy: Noisy, silenced: Set[int], replayed: ReplayDetection | None = None
) -> Figures:
    """What is left without the hits at these positions, or with another alarm."""
    left = hits_without(noisy, silenced)
    return Figures(
        *ring_all(replayed or noisy.replayed, left, noisy.arrivals, per_account=noisy.per_account)
    )


def typical_without(noisy: Noisy, silenced: Set[int]) -> int:
    """The number of notifications that are left with typical delivery."""
    left = hits_without(noisy, silenced)
    return count(noisy.replayed, left, noisy.arrivals, TYPICAL, per_account=noisy.per_account)


def hits_without(noisy: Noisy, silenced: Set[int]) -> list[Hit]:
    """The hits at other positions."""
    return [hit for position, hit in enumerate(noisy.hits) if position not in silenced]


def no_longer_reported(noisy: Noisy, before: Figures, after: Figures) -> tuple[Share, ...]:
    """The identities that are reported before and not after, with their events."""
    lost = before.reported - after.reported
    return shares(hit.identity for hit in noisy.hits if hit.identity in lost)
