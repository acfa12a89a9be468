"""
The exclusions that make a noisy detection quiet enough: few of them, and narrow ones.

In:    a noisy detection and its candidates.
Out:   those that are chosen, in their order, and those that are refused, with the reason.
Never: one that is not needed, or that hides a sample event.

Narrow kinds are tried alone first, and broader ones only if these do not reach the limit, or take
too many lines. Within an attempt, each step takes the candidate that removes most notifications. At
the end, those that the others made unnecessary are left out, and if the limit is not reached, those
that remove few.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trailbell.replay.tuning.candidate import Candidate
from trailbell.replay.tuning.change import refusal
from trailbell.replay.tuning.noisy import Noisy, typical_without

_FEW, _MANY = 4, 8
_ATTEMPTS = (
    *((breadth, _FEW) for breadth in range(3)),
    *((breadth, _MANY) for breadth in range(7)),
)
"""The broadest kind of an attempt, and the most exclusions. Few of a role's name are better than
many of its ARNs; of what is not a role, they are not.
"""
_TRIED = 12
"""The candidates that are tried in a step."""
_CLEARLY = 0.1
"""The share of the notifications that an exclusion removes if the limit is not reached with it."""


@dataclass(frozen=True)
class Choice:
    """
    The exclusions to propose, and why others are refused that would have been among them.

    ``left`` are the notifications with typical delivery. ``small`` are those that were left out
    because they remove few notifications, and the limit is not reached with them.
    """

    chosen: tuple[Candidate, ...]
    left: int
    small: tuple[Candidate, ...] = ()
    refused: Mapping[Candidate, str] = field(default_factory=dict)


def union(candidates: Sequence[Candidate]) -> frozenset[int]:
    """The positions of the hits that any of them silences."""
    return frozenset().union(*(candidate.silenced for candidate in candidates))


def choose(noisy: Noisy, candidates: Sequence[Candidate]) -> Choice:
    """Choose among candidates that may be proposed, which are ordered from the narrowest."""
    clock = _Clock(noisy)
    narrowest = {each.silenced: each for each in reversed(candidates)}
    best = Choice((), clock.left(frozenset()))
    refused: dict[Candidate, str] = {}
    for breadth, limit in _ATTEMPTS:
        pool = [each for each in narrowest.values() if each.breadth <= breadth]
        is_hopeless = clock.left(union(pool)) > noisy.allowed
        if is_hopeless and (breadth, limit) != _ATTEMPTS[-1]:
            continue
        attempt = _attempt(clock, pool, limit, refused)
        if attempt.left < best.left or not best.chosen:
            best = attempt
        if best.left <= noisy.allowed:
            break
    return Choice(best.chosen, best.left, best.small, refused)


@dataclass(frozen=True)
class _Clock:
    """The numbers of notifications that are left, each computed once."""

    noisy: Noisy
    known: dict[frozenset[int], int] = field(default_factory=dict)

    def left(self, silenced: frozenset[int]) -> int:
        """The notifications without these hits."""
        if silenced not in self.known:
            self.known[silenced] = typical_without(self.noisy, silenced)
        return self.known[silenced]


def _attempt(
    clock: _Clock, pool: Sequence[Candidate], limit: int, refused: dict[Candidate, str]
) -> Choice:
    """Add one candidate after the other. What is refused is added to ``refused``."""
    noisy = clock.noisy
    chosen: list[Candidate] = []
    left = clock.left(frozenset())
    removed: dict[Candidate, int] = {}
    while left > noisy.allowed and len(chosen) < limit:
        best = _best(clock, chosen, [each for each in pool if each not in refused], removed)
        if best is None:
            break
        changes = [each.exclusion for each in (*chosen, best)]
        if reason := refusal(noisy.detection, noisy.deployment, changes):
            refused[best] = reason.reason
            if reason.is_full:
                break
            continue
        chosen.append(best)
        left = clock.left(union(chosen))
    return _needed(clock, chosen)


def _best(
    clock: _Clock,
    chosen: Sequence[Candidate],
    pool: Sequence[Candidate],
    removed: dict[Candidate, int],
) -> Candidate | None:
    """The candidate that removes most notifications, of those that silence most hits.

    Of those that remove as many, it is the one that silences most hits, and then the narrowest: two
    causes in the same minutes remove nothing until both are excluded.

    ``removed`` is what each removed when it was last tried. It rarely removes more after others, so
    only the first in the order of these numbers is tried again, until the first is a new one.
    """
    silenced = union(chosen)
    left = clock.left(silenced)
    fresh = {each: len(each.silenced - silenced) for each in pool}
    loudest = sorted((each for each in pool if fresh[each]), key=lambda each: -fresh[each])[:_TRIED]
    tried: set[Candidate] = set()
    while loudest:
        first = min(
            loudest,
            key=lambda each: (
                -removed.get(each, len(clock.noisy.hits)),
                -fresh[each],
                each.breadth,
                str(each.exclusion),
            ),
        )
        if first in tried:
            return first
        removed[first] = left - clock.left(silenced | first.silenced)
        tried.add(first)
    return None


def _needed(clock: _Clock, chosen: Sequence[Candidate]) -> Choice:
    """Those without which more notifications than allowed are left; if that is so in any case,
    those without which clearly more are.
    """
    allowed = clock.noisy.allowed
    clearly = _CLEARLY * clock.left(frozenset())
    kept, left = list(chosen), clock.left(union(chosen))
    small: list[Candidate] = []
    for candidate in reversed(chosen):
        others = [each for each in kept if each is not candidate]
        more = clock.left(union(others))
        is_needed = more > max(left, allowed)
        if is_needed and (left <= allowed or more >= left + clearly):
            continue
        small += [candidate] * is_needed
        kept, left = others, more
    return Choice(tuple(kept), left, tuple(reversed(small)))
