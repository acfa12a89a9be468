"""
Another threshold or period for a detection that exclusions leave noisy.

In:    a noisy detection, and the hits that exclusions silence.
Out:   the smallest change of threshold and period that makes it quiet enough, or why there is none.
Never: a threshold above 1 for a detection of one event or of high severity, or a period below 300
       seconds with a threshold above 1, as `Timing` says. No identity of a single burst is lost.

A longer period keeps the alarm in ALARM between the events of a burst, so that they are one
notification. What others do in this time sends no notification of its own, so it is proposed only
if every identity that was reported still is, or has events on several days. A higher threshold is
proposed only if all of them have: it must not be learned from an attack.
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
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
)
from trailbell.wording import list_names, pluralize

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
    rare = _rare(left, before.reported, noisy.limits.recurring)
    changes = [candidate.exclusion for candidate in exclusions]
    for count in _counts(noisy, may_rise=not rare):
        replayed = _with_count(noisy, [*changes, count])
        if replayed is None:
            continue
        figures = figures_without(noisy, silenced, replayed)
        lost = before.reported - figures.reported
        if figures.range.typical <= noisy.allowed and not lost & rare:
            return Chosen(count, figures)
    if rare and noisy.detection.timing.threshold > 1:
        return (
            f"a higher threshold could hide {list_names(sorted(rare), 'identity')}, with events on "
            f"fewer than {pluralize(noisy.limits.recurring, 'day')}, and no longer period is enough"
        )
    return "no threshold and period that were tried are enough without losing an identity"


def _is_burst(hits: Sequence[Hit]) -> bool:
    """Whether one identity has most of the events."""
    ((_, number),) = Counter(hit.identity for hit in hits).most_common(1)
    return number > _SHARE_OF_A_BURST * len(hits)


def _counts(noisy: Noisy, *, may_rise: bool) -> Iterator[Count]:
    """What is tried, the smallest change first: longer periods before higher thresholds."""
    timing = noisy.detection.timing
    for factor in _FACTORS if timing.threshold > 1 and may_rise else (1,):
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


def _rare(hits: Sequence[Hit], identities: Set[str], recurring: int) -> frozenset[str]:
    """Those of the identities that have events on few days."""
    days: dict[str, set[str]] = {name: set() for name in identities}
    for hit in hits:
        if hit.identity in days:
            days[hit.identity].add(day_of(hit.time))
    return frozenset(name for name, own in days.items() if len(own) < recurring)
