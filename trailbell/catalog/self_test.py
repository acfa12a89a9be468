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
from trailbell.catalog.detection import Catalog, Detection, Example
from trailbell.errors import ContentError, PatternError
from trailbell.lazy_import import lazy_import
from trailbell.pattern import Outcome
from trailbell.pattern.lint import PatternIssue, lint


def check_catalog(catalogue: Catalog, *, use_cache: bool = True) -> tuple[ContentError, ...]:
    """Everything that is wrong with a catalogue, detection by detection.

    A catalogue in which nothing is wrong is not proven again until something of it changes.
    """
    name = cache.validation_key(map(_identity, catalogue), ["proof"])
    if use_cache and cache.load(name) == []:
        return ()
    names: sample_event_names.Names = lazy_import(
        "trailbell.cloudtrail.event_names"
    ).BotocoreEventNames()
    found = tuple(fault for detection in catalogue for fault in _faults(detection, names))
    if not found:
        cache.store(name, [])
    return found


def _identity(detection: Detection) -> str:
    """All of a detection that its rules and its proof depend on."""
    told = [
        detection.title,
        detection.why,
        detection.false_positives,
        detection.changes_from_original,
    ]
    examples = [
        [(example.description, detection_rules.as_json(example.event)) for example in each]
        for each in (detection.fires, detection.silent)
    ]
    timing, accepts = vars(detection.timing), sorted(detection.accepted_issues)
    facts = [
        detection.id,
        detection.pattern_text,
        detection.severity,
        detection.controls.mitre_attack,
    ]
    return json.dumps([*facts, *told, detection.runbook, accepts, timing, examples])


def check_tuned(catalogue: Catalog) -> tuple[ContentError, ...]:
    """What is wrong with detections that were tuned: longer patterns, higher thresholds.

    A tuned pattern is the proven one with more conditions, so it is silent where that is silent.
    """
    return tuple(fault for detection in catalogue for fault in _unusable(detection))


def _unusable(detection: Detection) -> Iterator[ContentError]:
    try:
        detection.filter_pattern  # noqa: B018 - it is read to see whether it can be
        parts = detection.filters
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
    yield from _faults_of(detection, detection_rules.rule_violations(detection))
    unusable = [*_unusable(detection)]
    yield from unusable
    if unusable:
        return
    yield from _faults_of(detection, detection_rules.description_violations(detection))
    misnamed = tuple(sample_event_names.faults(detection, names))
    if sample_event_names.UNKNOWN not in detection.accepted_issues:
        yield from _faults_of(detection, misnamed)
    findings = lint(detection.filter_pattern, names)
    for finding in findings:
        if finding.id != "too-long" and finding.id not in detection.accepted_issues:
            yield _suspicious(detection, finding, names)
    found = {finding.id for finding in findings} | (
        {sample_event_names.UNKNOWN} if misnamed else set()
    )
    for unknown in sorted(set(detection.accepted_issues) - found):
        yield _fault(
            detection,
            f"accepts the issue {unknown}, which it does not have",
            "remove it from accepted_issues",
        )
    for example in detection.fires:
        yield from _check_example(detection, example, Outcome.MATCH, "is silent on")
    for example in detection.silent:
        yield from _check_example(detection, example, Outcome.NO_MATCH, "fires on")


def _faults_of(detection: Detection, told: Iterable[tuple[str, str]]) -> Iterator[ContentError]:
    return (_fault(detection, found, expected) for found, expected in told)


def _suspicious(
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
        f"{fix}; or explain it in accepted_issues",
    )


def _check_example(
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
        detection,
        f"{does} the event {example.description!r}",
        f"mend pattern or event\n{explained}",
    )


def _fault(detection: Detection, found: str, expected: str) -> ContentError:
    return ContentError(str(detection.location), f"detection {detection.id} {found}", expected)
