"""
The state of each technique: which detections fire on its records.

In:    a framework, and the catalog.
Out:   `Coverage` for each technique, and an error for each claim that is not true.
Never: a state that is written. It follows from records, patterns, severities and defaults.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from trailbell.catalog.detection import Catalog, Detection, Severity
from trailbell.coverage.framework import (
    DETECTION_IN_NOTE,
    Framework,
    RecordProof,
    SampleProof,
    Technique,
    Visibility,
)
from trailbell.errors import ContentError, UnknownNameError
from trailbell.pattern import Outcome
from trailbell.samples import Event


class State(StrEnum):
    """What happens when a technique is used."""

    DETECTED = "detected"
    LOW = "low severity only"
    OPT_IN = "opt-in"
    NOT_DETECTED = "not detected"
    DATA_EVENTS = "needs data events"
    NOT_VISIBLE = "not visible"


VISIBLE = (State.DETECTED, State.LOW, State.OPT_IN, State.NOT_DETECTED)
"""The states of techniques of which CloudTrail records management events."""

_STATES = {
    Visibility.MANAGEMENT_EVENTS: State.NOT_DETECTED,
    Visibility.DATA_EVENTS: State.DATA_EVENTS,
    Visibility.NONE: State.NOT_VISIBLE,
}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A detection that fires on records of a technique, and the names of these events.

    ``data_events`` is true if all of them are data events, which a trail records if it is set to.
    """

    detection: Detection
    events: tuple[str, ...]
    data_events: bool = False


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """A technique, everything that detects it, and the events on which no detection fires."""

    technique: Technique
    evidence: tuple[Evidence, ...]
    undetected: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """The best state of the detections that fire."""
        detections = [e.detection for e in self.evidence if not e.data_events]
        if not detections:
            return State.DATA_EVENTS if self.evidence else _STATES[self.technique.visibility]
        deployed = [detection for detection in detections if not detection.opt_in]
        if not deployed:
            return State.OPT_IN
        low = all(detection.severity == Severity.LOW for detection in deployed)
        return State.LOW if low else State.DETECTED


def evaluate_framework(framework: Framework, catalog: Catalog) -> tuple[Coverage, ...]:
    """The coverage of each technique, in the order of the framework.

    A sample event counts for the detection that it belongs to, another record for every detection
    that fires on it. A detection with a threshold fires if so many of these events occur in its
    period. Raises the first `ContentError`; `framework_errors` returns all of them.
    """
    for error in framework_errors(framework, catalog):
        raise error
    return tuple(_cover(technique, catalog) for technique in framework.techniques)


def framework_errors(framework: Framework, catalog: Catalog) -> Iterator[ContentError]:
    """An error for each proof that proves nothing, and for each state that needs a note."""
    for technique in framework.techniques:
        location = f"{framework.location}, technique {technique.id}"
        problems = [*_proof_problems(technique, catalog), *_note_problems(technique, catalog)]
        problems = problems or [*_state_problems(_cover(technique, catalog))]
        for problem, hint in problems:
            yield ContentError(location, problem, hint)


def techniques_without_proof(framework: Framework, catalog: Catalog) -> tuple[str, ...]:
    """IDs of techniques that a detection names, but of which no record makes a detection fire."""
    proven = {c.technique.id for c in evaluate_framework(framework, catalog) if c.evidence}
    named = {technique for detection in catalog for technique in detection.controls.mitre_attack}
    return tuple(sorted(named - proven))


def _proof_problems(technique: Technique, catalog: Catalog) -> Iterator[tuple[str, str]]:
    for proof in technique.proofs:
        if isinstance(proof, RecordProof):
            continue
        try:
            detection = catalog.get(proof.detection)
        except UnknownNameError as error:
            yield f'has the proof "{proof}": {error}', "name a detection of the catalog"
            continue
        if not _sample_events(detection, proof):
            names = {_event_name(example.event) for example in detection.fires}
            yield (
                f'has the proof "{proof}", but the detection has no such event in "fires"',
                f"use an eventName or a description of these: {', '.join(sorted(names))}",
            )
        elif not any(_fires(detection, event) for event in _sample_events(detection, proof)):
            yield f'has the proof "{proof}", but the detection does not fire', "fix the pattern"


def _note_problems(technique: Technique, catalog: Catalog) -> Iterator[tuple[str, str]]:
    known = {detection.id for detection in catalog}
    for name in DETECTION_IN_NOTE.findall(technique.note):
        if name not in known:
            error = UnknownNameError("detection", name, known)
            yield f"has a note with an error: {error}", "name a detection of the catalog"


def _state_problems(coverage: Coverage) -> Iterator[tuple[str, str]]:
    technique, state = coverage.technique, coverage.state
    if coverage.evidence and technique.visibility != Visibility.MANAGEMENT_EVENTS:
        names = ", ".join(dict.fromkeys(evidence.detection.id for evidence in coverage.evidence))
        yield (
            f'has the visibility "{technique.visibility}", but these detections fire: {names}',
            'remove "visibility", which follows from the records',
        )
    if state != State.DETECTED and not technique.note:
        yield f'is "{state}" without a reason', 'give it in "note"'


def _cover(technique: Technique, catalog: Catalog) -> Coverage:
    events: dict[tuple[str, bool], list[str]] = {}
    undetected = []
    for proof in technique.proofs:
        matches = _matches(proof, catalog)
        if isinstance(proof, RecordProof) and not matches:
            undetected.append(_event_name(proof.event))
        for detection, event in matches:
            key = detection.id, event.get("managementEvent") is False
            events.setdefault(key, []).append(_event_name(event))
    evidence = (
        Evidence(
            detection=catalog.get(identifier),
            events=tuple(dict.fromkeys(names)),
            data_events=data_events,
        )
        for (identifier, data_events), names in events.items()
    )
    return Coverage(
        technique=technique,
        evidence=tuple(sorted(evidence, key=_rank)),
        undetected=tuple(dict.fromkeys(undetected)),
    )


def _rank(evidence: Evidence) -> tuple[bool, bool, int]:
    """Detections that fire by default come first, and the highest severity."""
    detection = evidence.detection
    return evidence.data_events, detection.opt_in, [*Severity].index(detection.severity)


def _matches(proof: SampleProof | RecordProof, catalog: Catalog) -> list[tuple[Detection, Event]]:
    if isinstance(proof, RecordProof):
        return [(d, proof.event) for d in catalog if _fires(d, proof.event)]
    detection = catalog.get(proof.detection)
    events = _sample_events(detection, proof)
    return [(detection, event) for event in events if _fires(detection, event)]


def _sample_events(detection: Detection, proof: SampleProof) -> list[Event]:
    return [
        example.event
        for example in detection.fires
        if proof.event in (example.description, _event_name(example.event))
    ]


def _event_name(event: Event) -> str:
    return str(event.get("eventName", ""))


def _fires(detection: Detection, event: Event) -> bool:
    return detection.filter_pattern.test_record(event) == Outcome.MATCH
