"""
The sweep: every operation with an effect is detected, dismissed, or a finding.

In:    the names of the operations of each service; the detection of each operation; dismissals.
Out:   a `Sweep`.
Never: a model of the SDK, a detection, or a file: it is the same for any list of names.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from trailbell.radar.effects import Effect, effects_of
from trailbell.radar.services import effects_of_service, purpose_of

ServiceOperations = Mapping[str, Collection[str]]
"""The names of operations by the first part of the event source: ``securityhub``."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """An operation on which the radar has an opinion, and its effect."""

    service: str
    operation: str
    effect: Effect

    @property
    def purpose(self) -> str:
        """Why its service is watched."""
        return purpose_of(self.service)

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Why operations of one service need no detection, since when, and where that is written.

    ``operations`` can contain stars. ``is_shipped``: it comes with Trailbell, so what no longer
    matches it is not for this project to fix.
    """

    service: str
    operations: tuple[str, ...]
    reason: str
    date: str
    location: str
    without: tuple[str, ...] = ()
    is_shipped: bool = False

    def matches(self, operation: str) -> bool:
        """Whether it is about an operation."""
        named = any(fnmatchcase(operation, name) for name in self.operations)
        return named and operation not in self.without


class Fault(StrEnum):
    """What is wrong with a dismissal."""

    NO_OPERATION = "matches no operation"
    COVERED = "matches an operation that a detection covers"
    TWICE = "matches an operation that another dismissal matches"


@dataclass(frozen=True, slots=True)
class DismissalFinding:
    """A name in a dismissal that is not true, or no longer. ``related`` says of what."""

    dismissal: Dismissal
    name: str
    fault: Fault
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sweep:
    """All operations with an effect, by what is known of them, and what is wrong."""

    covered: Mapping[Target, str]
    dismissed: Mapping[Target, Dismissal]
    unknown: tuple[Target, ...]
    dismissal_findings: tuple[DismissalFinding, ...]

    @property
    def has_findings(self) -> bool:
        return bool(self.unknown or self.dismissal_findings)

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(sorted((*self.covered, *self.dismissed, *self.unknown)))


def targets_of(operations: ServiceOperations, of_catalog: Collection[str]) -> Iterator[Target]:
    """The operations with an effect that counts in their service."""
    for service, names in operations.items():
        counted = effects_of_service(service, of_catalog)
        for name in sorted(set(names)):
            effect = next((effect for effect in effects_of(name) if effect in counted), None)
            if effect is not None:
                yield Target(service, name, effect)


def sweep(
    operations: ServiceOperations,
    of_catalog: Collection[str],
    detection_of: Callable[[Target], str | None],
    dismissals: Sequence[Dismissal],
) -> Sweep:
    """Sort every operation with an effect. ``of_catalog`` are the services that detections name.

    ``detection_of`` is the ID of a detection that an event of the operation fires.
    """
    by_service: dict[str, list[Dismissal]] = {}
    for written in dismissals:
        by_service.setdefault(written.service, []).append(written)
    covered: dict[Target, str] = {}
    dismissed: dict[Target, Dismissal] = {}
    unknown = []
    for target in targets_of(operations, of_catalog):
        detection = detection_of(target)
        of_service = by_service.get(target.service, ())
        dismissal = next((it for it in of_service if it.matches(target.operation)), None)
        if detection is not None:
            covered[target] = detection
        elif dismissal is not None:
            dismissed[target] = dismissal
        else:
            unknown.append(target)
    findings = (
        finding
        for dismissal in dismissals
        if not dismissal.is_shipped
        for finding in _findings(dismissal, covered, dismissed)
    )
    return Sweep(covered, dismissed, tuple(unknown), tuple(findings))


def _findings(
    dismissal: Dismissal, covered: Mapping[Target, str], dismissed: Mapping[Target, Dismissal]
) -> Iterator[DismissalFinding]:
    """The names of a dismissal for which it is not true."""
    of_service = [it for it in (*covered, *dismissed) if it.service == dismissal.service]
    for name in (*dismissal.operations, *dismissal.without):
        matched = [it for it in of_service if fnmatchcase(it.operation, name)]
        if not matched:
            yield DismissalFinding(dismissal, name, Fault.NO_OPERATION)
        elif name in dismissal.operations:
            yield from _findings_of_name(dismissal, name, matched, covered, dismissed)


def _findings_of_name(
    dismissal: Dismissal,
    name: str,
    matched: Sequence[Target],
    covered: Mapping[Target, str],
    dismissed: Mapping[Target, Dismissal],
) -> Iterator[DismissalFinding]:
    meant = [it for it in matched if it.operation not in dismissal.without]
    detected = tuple(f"{it.operation} ({covered[it]})" for it in meant if it in covered)
    if detected:
        yield DismissalFinding(dismissal, name, Fault.COVERED, detected)
    twice = tuple(
        it.operation for it in meant if it in dismissed and dismissed[it] is not dismissal
    )
    if twice:
        yield DismissalFinding(dismissal, name, Fault.TWICE, twice)
