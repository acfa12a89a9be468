"""
The exclusions that make a noisy detection quiet enough: few of them, and narrow ones.

In:    a noisy detection and its candidates.
Out:   those that are chosen, in their order, and those that are refused, with the reason.
Never: one that is not needed, or that hides a sample event.

Each step takes the candidate that removes most notifications, of the narrowest kind of which one
still silences anything. At the end, those that the others made unnecessary are left out, the
broadest first, and if the limit is not reached, those that remove few.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trailbell.replay.tuning.candidate import Candidate
from trailbell.replay.tuning.change import refusal
from trailbell.replay.tuning.noisy import Noisy, typical_without

_MAX_OF_A_KIND = 8
_CLEARLY = 0.1
"""The share of the notifications that an exclusion removes if the limit is not reached with it."""


@dataclass
class _Search:
    """The state of the search: what is chosen, and what is left with it."""

    noisy: Noisy
    left: int
    chosen: list[Candidate] = field(default_factory=list)
    refused: dict[Candidate, str] = field(default_factory=dict)
    is_full: bool = False

    @property
    def silenced(self) -> frozenset[int]:
        return union(self.chosen)


def union(candidates: Sequence[Candidate]) -> frozenset[int]:
    """The positions of the hits that any of them silences."""
    return frozenset().union(*(candidate.silenced for candidate in candidates))


def choose(
    noisy: Noisy, candidates: Sequence[Candidate]
) -> tuple[tuple[Candidate, ...], dict[Candidate, str]]:
    """The exclusions to propose, and why others are refused that would have been among them."""
    before = typical_without(noisy, frozenset())
    search = _Search(noisy, before)
    for breadth in sorted({candidate.breadth for candidate in candidates}):
        kind = [candidate for candidate in candidates if candidate.breadth == breadth]
        _choose_of_a_kind(search, kind)
    _leave_out_unnecessary(search, before)
    return (tuple(search.chosen) if search.left < before else ()), search.refused


def _choose_of_a_kind(search: _Search, kind: Sequence[Candidate]) -> None:
    """Add candidates of one kind until there are few enough notifications, or no candidate."""
    noisy, number = search.noisy, 0
    while search.left > noisy.allowed and number < _MAX_OF_A_KIND and not search.is_full:
        best = _best(search, [c for c in kind if c not in search.refused])
        if best is None:
            return
        candidate, left = best
        changes = [each.exclusion for each in (*search.chosen, candidate)]
        if refused := refusal(noisy.detection, noisy.deployment, changes):
            search.refused[candidate] = refused.reason
            search.is_full = refused.is_full
            continue
        search.chosen.append(candidate)
        search.left = left
        number += 1


def _best(search: _Search, kind: Sequence[Candidate]) -> tuple[Candidate, int] | None:
    """The candidate that leaves fewest notifications, and their number.

    Of those that leave as many, it is the one that silences most hits: two causes in the same
    minutes remove nothing until both are excluded.
    """
    ranked = []
    for candidate in kind:
        fresh = candidate.silenced - search.silenced
        if fresh:
            left = typical_without(search.noisy, search.silenced | fresh)
            ranked.append((left, -len(fresh), str(candidate.exclusion), candidate))
    if not ranked:
        return None
    left, *_, candidate = min(ranked, key=lambda each: each[:3])
    return candidate, left


def _leave_out_unnecessary(search: _Search, before: int) -> None:
    """Keep only those without which there would be more notifications than are needed, or if there
    are too many in any case, clearly more.
    """
    allowed = search.noisy.allowed
    for candidate in reversed(search.chosen[:]):
        others = [each for each in search.chosen if each is not candidate]
        left = typical_without(search.noisy, union(others))
        is_small = search.left > allowed and left < search.left + _CLEARLY * before
        if left <= max(search.left, allowed) or is_small:
            search.chosen, search.left = others, left
