"""
Is a detection what it says it is?

In:    a catalogue, and the names of API calls.
Out:   a fault for each rule that a detection breaks, and for each detection that cannot be read,
       has a slip in its pattern, is silent on an event it should fire on, fires on one it should
       not, or is not certain about one.
Never: an alarm deployed unproven. This runs in every build.
"""

import json
from collections.abc import Iterable, Iterator

from trailbell import cache
from trailbell.catalog import detection_rules, sample_event_names
from trailbell.catalog.detection import Catalogue, Detection, Example
from trailbell.errors import ContentError, PatternError
from trailbell.lazy_import import lazy_import
from trailbell.pattern import Outcome
from trailbell.pattern.lint import PatternIssue, lint


def faults(catalogue: Catalogue, *, use_cache: bool = True) -> tuple[ContentError, ...]:
    """Everything that is wrong with a catalogue, detection by detection.

    A catalogue in which nothing is wrong is not proven again until something of it changes.
    """
    name = cache.validation_key(map(_identity, catalogue), ["proof"])
    if use_cache and cache.load(name) == []:
        return ()
    names: sample_event_names.Names = lazy_import(
        "trailbell.cloudtrail.event_names"
    ).ServiceModels()
    found = tuple(fault for detection in catalogue for fault in _faults(detection, names))
    if not found:
        cache.store(name, [])
    return found


def _identity(detection: Detection) -> str:
    """All of a detection that its rules and its proof depend on."""
    told = [detection.title, detection.why, detection.false_alarms, detection.changed]
    examples = [
        [(example.what, detection_rules.as_json(example.event)) for example in each]
        for each in (detection.fires, detection.silent)
    ]
    timing, accepts = vars(detection.timing), sorted(detection.accepts)
    facts = [detection.id, detection.text, detection.severity, detection.controls.attack]
    return json.dumps([*facts, *told, detection.respond, accepts, timing, examples])


def divisible(catalogue: Catalogue) -> tuple[ContentError, ...]:
    """What is wrong with detections that were tuned: longer patterns, higher thresholds.

    A tuned pattern is the proven one with more conditions, so it is silent where that is silent.
    """
    return tuple(fault for detection in catalogue for fault in _unusable(detection))


def _unusable(detection: Detection) -> Iterator[ContentError]:
    try:
        detection.filter_pattern  # noqa: B018 - it is read to see whether it can be
        parts = detection.parts
    except PatternError as error:
        line, *picture = str(error).split("\n")
        expected = "\n".join(["correct it", *picture])
        yield _fault(detection, f"has a pattern that is not usable: {line}", expected)
        return
    if detection.timing.threshold > 1 and not parts.mutually_exclusive:
        yield _fault(
            detection,
            "is so long that it takes several filters, and an event may match two of them",
            "ring at one event (threshold = 1), or leave conditions out",
        )


def _faults(detection: Detection, names: sample_event_names.Names) -> Iterator[ContentError]:
    yield from _faults_of(detection, detection_rules.faults(detection))
    unusable = [*_unusable(detection)]
    yield from unusable
    if unusable:
        return
    yield from _faults_of(detection, detection_rules.of_alarm(detection))
    misnamed = tuple(sample_event_names.faults(detection, names))
    if sample_event_names.UNKNOWN not in detection.accepts:
        yield from _faults_of(detection, misnamed)
    findings = lint(detection.filter_pattern, names)
    for finding in findings:
        if finding.id != "too-long" and finding.id not in detection.accepts:
            yield _slip(detection, finding, names)
    found = {finding.id for finding in findings} | (
        {sample_event_names.UNKNOWN} if misnamed else set()
    )
    for unknown in sorted(set(detection.accepts) - found):
        yield _fault(detection, f"accepts {unknown}, which is not found", "leave it out")
    for example in detection.fires:
        yield from _compared(detection, example, Outcome.MATCH, "is silent on")
    for example in detection.silent:
        yield from _compared(detection, example, Outcome.NO_MATCH, "fires on")


def _faults_of(detection: Detection, told: Iterable[tuple[str, str]]) -> Iterator[ContentError]:
    return (_fault(detection, found, expected) for found, expected in told)


def _slip(
    detection: Detection, finding: PatternIssue, names: sample_event_names.Names
) -> ContentError:
    fix = finding.fix
    if finding.id == sample_event_names.UNKNOWN:
        clause = detection.filter_pattern.text[finding.start : finding.end]
        written = clause.rpartition("=")[2].strip(' "')
        fix = sample_event_names.elsewhere(written, names) or fix
    return _fault(
        detection,
        f"has a slip in its pattern, {finding.id}, at character {finding.start + 1}: "
        f"{finding.reason}",
        f"{fix}; or say in accepts why it is right here",
    )


def _compared(
    detection: Detection, example: Example, wanted: Outcome, otherwise: str
) -> Iterator[ContentError]:
    record = detection_rules.as_json(example.event)
    if record is None:  # that is a fault of its own
        return
    explained = detection.filter_pattern.explain(record)
    if explained.outcome == wanted:
        return
    does = "is not certain about" if explained.outcome == Outcome.UNCERTAIN else otherwise
    yield _fault(
        detection, f"{does} the event {example.what!r}", f"mend pattern or event\n{explained}"
    )


def _fault(detection: Detection, found: str, expected: str) -> ContentError:
    return ContentError(str(detection.place), f"detection {detection.id} {found}", expected)
