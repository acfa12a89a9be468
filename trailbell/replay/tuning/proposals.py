"""
The changes that make noisy detections quiet enough, each with exact figures.

In:    the hits of all detections, the detections as they are written, the settings in use.
Out:   for each noisy detection proposals and what is held back. Each figure is from the alarm
       clock, with all proposals before it: nothing is added up or estimated.
Never: a proposal without its cost: the events and identities that are no longer reported.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence

from trailbell.catalog.detection import Catalog
from trailbell.catalog.selection import keeps_out_of_exclusions
from trailbell.replay.catalog import replay_detection
from trailbell.replay.hit import Collected, Hit
from trailbell.replay.shares import shares
from trailbell.replay.tuning.candidate import Candidate, day_of, find_candidates
from trailbell.replay.tuning.change import Deployment
from trailbell.replay.tuning.count import Chosen, propose_count
from trailbell.replay.tuning.exclusions import Choice, choose, union
from trailbell.replay.tuning.model import HeldBack, Limits, Proposal, TunedDetection, Tuning
from trailbell.replay.tuning.noisy import (
    Figures,
    Noisy,
    figures_without,
    no_longer_reported,
)
from trailbell.replay.tuning.suspicion import Surroundings, notes_on, reason_to_hold_back
from trailbell.wording import pluralize

_SECONDS_PER_WEEK = 604_800
_MAX_HELD_BACK, _MAX_TRIED = 5, 15
_LONGER_PERIOD = (
    "While the alarm is in ALARM, which is longer with a longer period, an event of another "
    "identity sends no notification of its own."
)


def build_tuning(
    deployed: Catalog,
    deployment: Deployment,
    collected: Collected,
    limits: Limits,
    selected: Container[str],
    *,
    per_account: bool,
) -> Tuning:
    """Tune the selected detections that send more notifications than the limit.

    ``deployed`` are the detections with the settings in use, on which ``collected`` has the hits.
    """
    by_detection: dict[str, list[Hit]] = defaultdict(list)
    for hit in collected.hits:
        by_detection[hit.detection].append(hit)
    weeks = _weeks(collected)
    surroundings = _surroundings(deployed, deployment, collected.hits, limits)
    noisy = [
        Noisy(
            detection=detection,
            replayed=replay_detection(detection, deployment.placeholders),
            hits=by_detection[detection.id],
            arrivals=collected.arrivals,
            per_account=per_account,
            allowed=limits.per_week * weeks,
            limits=limits,
            deployment=deployment,
            surroundings=surroundings,
        )
        for detection in deployed
        if detection.id in by_detection and detection.id in selected
    ]
    tuned = [each for each in map(_tune, noisy) if each is not None]
    loudest = sorted(tuned, key=lambda each: (-each.before.typical, each.detection.id))
    return Tuning(
        limits=limits,
        weeks=weeks,
        records=collected.records,
        first=collected.first,
        last=collected.last,
        detections=tuple(loudest),
        quiet=len(noisy) - len(tuned),
        unreadable=tuple(map(str, collected.unreadable)),
    )


def _weeks(collected: Collected) -> float:
    """The length of the records in weeks, at least one."""
    if collected.first is None or collected.last is None:
        return 1.0
    return max(1.0, (collected.last - collected.first) / _SECONDS_PER_WEEK)


def _surroundings(
    deployed: Catalog, deployment: Deployment, hits: Sequence[Hit], limits: Limits
) -> Surroundings:
    detections_by_identity: dict[str, set[str]] = defaultdict(set)
    for hit in hits:
        detections_by_identity[hit.identity].add(hit.detection)
    return Surroundings(
        recurring=limits.recurring,
        known=deployment.selection.known_values,
        detections_by_identity=detections_by_identity,
        severities={detection.id: detection.severity.value for detection in deployed},
    )


def _tune(noisy: Noisy) -> TunedDetection | None:
    """Proposals for a detection; None if it is quiet enough."""
    before = figures_without(noisy, frozenset())
    if before.range.typical <= noisy.allowed:
        return None
    choice, reasons = _choose(noisy, before)
    chosen, count = _with_count(noisy, choice)
    proposals, after = _propose_exclusions(noisy, chosen, before)
    held_back = [
        *_held_back(noisy, reasons, chosen, before),
        *(_without_change(before, reason) for reason in _general_reasons(noisy, choice, chosen)),
    ]
    if isinstance(count, Chosen):
        proposals.append(_propose_count(noisy, count, after))
        after = count.figures
    elif count:
        held_back.append(_without_change(after, count))
    return TunedDetection(
        detection=noisy.replayed,
        hits=len(noisy.hits),
        before=before.range,
        after=after.range,
        proposals=tuple(proposals),
        held_back=tuple(held_back),
        is_within_limit=after.range.typical <= noisy.allowed,
    )


def _choose(noisy: Noisy, before: Figures) -> tuple[Choice, Mapping[Candidate, str]]:
    """The exclusions to propose, and for each other candidate why it is not among them."""
    if _reason_without_exclusions(noisy):
        return Choice((), before.range.typical), {}
    candidates = find_candidates(noisy.detection.id, noisy.hits)
    reasons = {c: reason_to_hold_back(c, noisy.hits, noisy.surroundings) for c in candidates}
    choice = choose(noisy, [each for each in candidates if not reasons[each]])
    return choice, {**reasons, **choice.refused}


def _with_count(noisy: Noisy, choice: Choice) -> tuple[Sequence[Candidate], Chosen | str]:
    """The exclusions, and the count to propose with them, the reason for none, or nothing.

    Exclusions that remove little alone are worth it if the limit is then reached with a count.
    """
    if choice.left <= noisy.allowed:
        return choice.chosen, ""
    count = propose_count(noisy, choice.chosen)
    if isinstance(count, Chosen) or not choice.small:
        return choice.chosen, count
    more = (*choice.chosen, *choice.small)
    with_more = propose_count(noisy, more)
    return (more, with_more) if isinstance(with_more, Chosen) else (choice.chosen, count)


def _general_reasons(noisy: Noisy, choice: Choice, chosen: Sequence[Candidate]) -> Iterator[str]:
    """Why there are no exclusions, or no more."""
    if reason := _reason_without_exclusions(noisy):
        yield reason
    if choice.small and len(chosen) == len(choice.chosen):
        number = pluralize(len(choice.small), "exclusion")
        yield f"{number} would remove less than a tenth of the notifications each"


def _reason_without_exclusions(noisy: Noisy) -> str:
    """Why nothing is excluded from a detection, as a clause; empty if something may be."""
    detection = noisy.detection
    if detection.verbatim:
        return (
            "compliance scanners compare its pattern verbatim, so nothing can be excluded; its "
            "tuned twin, if it has one, can have exclusions"
        )
    is_guard = keeps_out_of_exclusions(detection, noisy.deployment.written)
    if is_guard and not noisy.limits.include_guards:
        return (
            "it guards the alarms or reports leaked credentials, so nothing is excluded unless "
            "--include-guards is given"
        )
    return ""


def _without_change(figures: Figures, reason: str) -> HeldBack:
    return HeldBack(change=None, silenced=0, notifications=figures.range, reason=reason)


def _propose_exclusions(
    noisy: Noisy, chosen: Sequence[Candidate], before: Figures
) -> tuple[list[Proposal], Figures]:
    """The proposals, and the notifications with all of them."""
    proposals = []
    silenced: frozenset[int] = frozenset()
    for candidate in chosen:
        fresh = candidate.silenced - silenced
        silenced |= fresh
        after = figures_without(noisy, silenced)
        proposals.append(
            Proposal(
                change=candidate.exclusion,
                notifications=after.range,
                silenced=len(fresh),
                events=shares(noisy.hits[position].event_name for position in fresh),
                unreported=no_longer_reported(noisy, before, after),
                days=candidate.days,
                notes=notes_on(candidate, noisy.detection.id, noisy.hits, noisy.surroundings),
            )
        )
        before = after
    return proposals, before


def _propose_count(noisy: Noisy, count: Chosen, before: Figures) -> Proposal:
    return Proposal(
        change=count.change,
        notifications=count.figures.range,
        silenced=0,
        events=(),
        unreported=no_longer_reported(noisy, before, count.figures),
        days=tuple(sorted({day_of(hit.time) for hit in noisy.hits})),
        notes=(_LONGER_PERIOD,) if count.change.period else (),
    )


def _held_back(
    noisy: Noisy,
    reasons: Mapping[Candidate, str],
    chosen: Sequence[Candidate],
    before: Figures,
) -> Iterator[HeldBack]:
    """The loudest causes that are not proposed; of several for the same events the narrowest."""
    covered, number, tried = union(chosen), 0, 0
    for candidate, reason in reasons.items():
        if not reason or candidate.silenced <= covered:
            continue
        if number == _MAX_HELD_BACK or tried == _MAX_TRIED:
            return
        figures = figures_without(noisy, candidate.silenced)
        tried += 1
        if figures.range.typical < before.range.typical:
            yield HeldBack(
                change=candidate.exclusion,
                silenced=len(candidate.silenced),
                notifications=figures.range,
                reason=reason,
            )
            covered, number = covered | candidate.silenced, number + 1
