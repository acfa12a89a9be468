"""
What causes most notifications, and the exclusion that would silence it.

In:    what was collected, and the detections with their settings.
Out:   the loudest causes, each with the notifications that are left without it, and what else its
       exclusion would silence.
Never: an advice to exclude. ``trailbell tune`` proposes, and says what may be an attack.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trailbell.catalog.detection import Catalog, Detection
from trailbell.catalog.selection import keeps_out_of_exclusions
from trailbell.replay.alarm.clock import count, ring_all
from trailbell.replay.alarm.delivery import TYPICAL
from trailbell.replay.catalog import replay_detection
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected, Hit
from trailbell.replay.model import Cause, Range
from trailbell.replay.shares import shares
from trailbell.replay.summary import hits_by_detection
from trailbell.replay.tuning.candidate import Candidate, find_candidates
from trailbell.replay.tuning.change import Deployment, refusal
from trailbell.replay.tuning.suspicion import note_on_kind
from trailbell.wording import pluralize

MOST_TRIED = 20
"""Candidates of a detection that are tried, those that silence most hits."""
_FEWEST_TRIED = 5
_MOST_EVALUATED = 2_000_000
"""Hits that are evaluated for a detection; one with many hits has fewer candidates."""
_MAX_SHARES = 3
_FRESH = 0.5
"""The share of its hits that no cause before it may have."""

_REFUSED_GUARD = "it guards the alarms or reports leaked credentials"


@dataclass(frozen=True)
class _Loud:
    """A candidate of a detection, and the notifications that its exclusion removes."""

    detection: Detection
    replayed: ReplayDetection
    candidate: Candidate
    hits: Sequence[Hit]
    removed: int


def loudest_causes(
    deployed: Catalog,
    deployment: Deployment,
    collected: Collected,
    *,
    per_account: bool,
    number: int = 5,
) -> tuple[Cause, ...]:
    """The causes whose exclusion removes most notifications; of equal ones, with most hits.

    Nothing can be excluded from a pattern that compliance scanners compare, so it has none here.
    """
    found: list[_Loud] = []
    by_detection = hits_by_detection(collected.hits)
    for detection in deployed:
        hits = by_detection.get(detection.id)
        if hits and not detection.verbatim:
            found += _causes(
                detection, deployment, hits, collected.arrivals, per_account=per_account
            )
    found.sort(key=_rank)
    return tuple(
        _cause(each, deployment, collected.arrivals, per_account=per_account)
        for each in found[:number]
    )


def _rank(loud: _Loud) -> tuple[int, int, str, int]:
    silenced = len(loud.candidate.silenced)
    return -loud.removed, -silenced, loud.detection.id, loud.candidate.breadth


def _causes(
    detection: Detection,
    deployment: Deployment,
    hits: Sequence[Hit],
    arrivals: Mapping[str, frozenset[int]],
    *,
    per_account: bool,
) -> Iterator[_Loud]:
    """The causes of one detection that remove a notification, each for other hits."""
    replayed = replay_detection(detection, deployment.placeholders)

    def left(silenced: frozenset[int]) -> int:
        others = _without(hits, silenced)
        return count(replayed, others, arrivals, TYPICAL, per_account=per_account)

    before = left(frozenset())
    if not before:
        return
    candidates = [
        candidate
        for candidate in _distinct(find_candidates(detection.id, hits))
        if candidate.exclusion.key != "events" or len(candidate.silenced) < len(hits)
    ]
    tried = sorted(candidates, key=lambda candidate: -len(candidate.silenced))
    number = min(MOST_TRIED, max(_FEWEST_TRIED, _MOST_EVALUATED // len(hits)))
    loud = [
        _Loud(detection, replayed, candidate, hits, before - left(candidate.silenced))
        for candidate in tried[:number]
    ]
    covered: set[int] = set()
    for each in sorted(loud, key=_by_kind):
        fresh = each.candidate.silenced - covered
        if each.removed > 0 and len(fresh) > _FRESH * len(each.candidate.silenced):
            covered |= fresh
            yield each


def _by_kind(loud: _Loud) -> tuple[bool, int, int]:
    """Identities first, because an address and an event are those of several."""
    is_identity = loud.candidate.exclusion.key in ("roles", "principal_arns", "services")
    return not is_identity, -loud.removed, loud.candidate.breadth


def _distinct(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Of candidates that silence the same hits, the narrowest."""
    seen: set[frozenset[int]] = set()
    for candidate in candidates:
        if candidate.silenced not in seen:
            seen.add(candidate.silenced)
            yield candidate


def _without(hits: Sequence[Hit], silenced: frozenset[int]) -> Sequence[Hit]:
    return [hit for position, hit in enumerate(hits) if position not in silenced]


def _cause(
    loud: _Loud,
    deployment: Deployment,
    arrivals: Mapping[str, frozenset[int]],
    *,
    per_account: bool,
) -> Cause:
    def notifications(hits: Sequence[Hit]) -> Range:
        return ring_all(loud.replayed, hits, arrivals, per_account=per_account)[1]

    exclusion = loud.candidate.exclusion
    return Cause(
        detection=loud.detection.id,
        key=exclusion.key,
        value=exclusion.value,
        hits=len(loud.candidate.silenced),
        notifications=notifications(loud.hits),
        with_exclusion=notifications(_without(loud.hits, loud.candidate.silenced)),
        toml=f"[catalog.detection.{loud.detection.id}]\n{exclusion}",
        also_silences=tuple(_also_silences(loud)),
        refused=_refusal(loud, deployment),
    )


def _also_silences(loud: _Loud) -> Iterator[str]:
    """What the exclusion silences, beyond what its value says."""
    hits = [loud.hits[position] for position in sorted(loud.candidate.silenced)]
    key = loud.candidate.exclusion.key
    members = {
        "events": ("event", "events", (hit.event_name for hit in hits)),
        "identities": ("identity", "identities", (hit.identity for hit in hits)),
        "addresses": ("address", "addresses", (hit.address for hit in hits)),
    }
    own = {"events": "events", "source_ips": "addresses"}.get(key, "identities")
    for name, (noun, plural, values) in members.items():
        found = shares(values)
        if name == own and (key != "services" or len(found) < 2):
            continue
        listed = ", ".join(f"{share.value} ({share.hits:,})" for share in found[:_MAX_SHARES])
        more = f" and {len(found) - _MAX_SHARES:,} more" if len(found) > _MAX_SHARES else ""
        yield f"{pluralize(len(found), noun, plural)}: {listed}{more}"
    identities = {hit.identity for hit in hits}
    if note := note_on_kind(loud.candidate, identities):
        yield note


def _refusal(loud: _Loud, deployment: Deployment) -> str:
    """Why it must not be excluded, as a clause; empty if it may be."""
    if keeps_out_of_exclusions(loud.detection, deployment.written):
        return _REFUSED_GUARD
    refused = refusal(loud.detection, deployment, [loud.candidate.exclusion])
    return refused.reason if refused else ""
