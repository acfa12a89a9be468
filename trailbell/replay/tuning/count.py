"""
Another threshold or period for a detection that exclusions leave noisy.

In:    a noisy detection, and the hits that exclusions silence.
Out:   the smallest change of threshold and period that makes it quiet enough, or why there is none.
Never: a threshold above 1 for a detection of one event or of high severity, or a period below 300
       seconds with a threshold above 1, as `Timing` says. No identity of a single burst is lost.

A longer period keeps the alarm in ALARM between the events of a burst, so that they are one
notification. What others do in this time sends no notification of its own, so it is proposed only
if every identity that was reported still is, or has events on several days.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trailbell.catalog.detection import Severity
from trailbell.errors import SettingsError, UnsupportedError
from trailbell.replay.catalog import replay_detection
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Hit
from trailbell.replay.tuning.candidate import Candidate, day_of
from trailbell.replay.tuning.change import Change, Count
from trailbell.replay.tuning.exclusions import union
from trailbell.replay.tuning.noisy import (
    Figures,
    Noisy,
    figures_without,
    hits_without,
    no_longer_reported,
)

_PERIODS = (300, 900, 3_600)
_FACTORS = (1, 2, 5, 10)
_MAX_SECONDS = 86_400  # what `Timing` accepts for every period
_SHARE_OF_A_BURST = 0.5


@dataclass(frozen=True)
class Chosen:
    """A change of the alarm, and the notifications with it."""

    change: Count
    figures: Figures


def propose_count(noisy: Noisy, exclusions: Sequence[Candidate]) -> Chosen | str:
    """The change of the alarm after these exclusions, or the reason for none, as a clause."""
    silenced = union(exclusions)
    before = figures_without(noisy, silenced)
    left = hits_without(noisy, silenced)
    if noisy.detection.severity is Severity.HIGH:
        return (
            "its severity is high: a threshold above 1 would miss a single event, and a longer "
            "period the second attacker"
        )
    if noisy.detection.timing.threshold == 1 and not _is_burst(left):
        return (
            "one event is enough for it, and no identity has most of the events, so that neither a "
            "threshold nor a longer period fits"
        )
    changes = [candidate.exclusion for candidate in exclusions]
    for count in _counts(noisy):
        replayed = _with_count(noisy, [*changes, count])
        if replayed is None:
            continue
        figures = figures_without(noisy, silenced, replayed)
        if figures.range.typical <= noisy.allowed and _loses_no_burst(noisy, left, before, figures):
            return Chosen(count, figures)
    return "no threshold and period that were tried are enough without losing an identity"


def _is_burst(hits: Sequence[Hit]) -> bool:
    """Whether one identity has most of the events."""
    ((_, number),) = Counter(hit.identity for hit in hits).most_common(1)
    return number > _SHARE_OF_A_BURST * len(hits)


def _counts(noisy: Noisy) -> Iterator[Count]:
    """What is tried, the smallest change first: longer periods before higher thresholds."""
    timing = noisy.detection.timing
    for factor in _FACTORS if timing.threshold > 1 else (1,):
        threshold = timing.threshold * factor
        for period in sorted({timing.period, *_PERIODS}):
            is_same = (threshold, period) == (timing.threshold, timing.period)
            is_short = period < timing.period or (threshold > 1 and period < _PERIODS[0])
            is_long = period * timing.evaluation_periods > _MAX_SECONDS
            if not (is_same or is_short or is_long):
                yield Count(
                    threshold if threshold != timing.threshold else None,
                    period if period != timing.period else None,
                )


def _with_count(noisy: Noisy, changes: Sequence[Change]) -> ReplayDetection | None:
    """The alarm with other settings; None if settings or a log alarm refuse them."""
    try:
        tuned = noisy.deployment.tune(noisy.detection.id, changes)
        return replay_detection(tuned, noisy.deployment.placeholders)
    except (SettingsError, UnsupportedError):
        return None


def _loses_no_burst(noisy: Noisy, left: Sequence[Hit], before: Figures, after: Figures) -> bool:
    """Whether each identity that is no longer reported has events on several days."""
    days: dict[str, set[str]] = {}
    for hit in left:
        days.setdefault(hit.identity, set()).add(day_of(hit.time))
    lost = no_longer_reported(noisy, before, after)
    return all(len(days.get(share.value, ())) >= noisy.limits.recurring for share in lost)
