"""
Test every detection of a catalog on its own sample events.

In:    a catalog, and the event names of AWS services.
Out:   an error for each rule that a detection violates, for each pattern that is not valid or
       suspicious, and for each sample event that has the wrong outcome.
Never: an untested alarm. This runs in every build.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trailbell import cache
from trailbell.catalog import detection_rules, sample_event_names
from trailbell.catalog.detection import Catalog, Detection, Example
from trailbell.errors import ContentError, PatternError
from trailbell.lazy_import import lazy_import
from trailbell.pattern import Outcome
from trailbell.pattern.lint import OperationFields, PatternIssue, lint


def check_catalog(catalog: Catalog, *, use_cache: bool = True) -> tuple[ContentError, ...]:
    """The errors of all detections, in their order.

    A catalog without errors is not tested again until it changes.
    """
    key = cache.validation_key(map(_identify, catalog), ["proof"])
    if use_cache and cache.load(key) == []:
        return ()
    known = _Known(
        lazy_import("trailbell.cloudtrail.event_names").BotocoreEventNames(),
        lazy_import("trailbell.cloudtrail.field_types").BotocoreFieldTypes(),
    )
    errors = tuple(error for detection in catalog for error in _check(detection, known))
    if not errors:
        cache.store(key, [])
    return errors


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the events of AWS services."""

    names: sample_event_names.EventNames
    fields: OperationFields


def _identify(detection: Detection) -> str:
    """Everything of a detection on which its test depends."""
    texts = [
        detection.title,
        detection.why,
        detection.false_positives,
        detection.changes_from_original,
    ]
    examples = [
        [(example.description, detection_rules.to_json(example.event)) for example in group]
        for group in (detection.fires, detection.silent)
    ]
    timing, accepted = vars(detection.timing), sorted(detection.accepted_issues)
    facts = [
        detection.id,
        detection.pattern_text,
        detection.severity,
        detection.controls.mitre_attack,
    ]
    return json.dumps([*facts, *texts, detection.runbook, accepted, timing, examples])


def check_tuned(catalog: Catalog) -> tuple[ContentError, ...]:
    """The errors of tuned detections: longer patterns, higher thresholds.

    A tuned pattern is a tested pattern with additional conditions, so it matches no other events.
    """
    return tuple(error for detection in catalog for error in _check_filters(detection))


def _check_filters(detection: Detection) -> Iterator[ContentError]:
    try:
        detection.parse_pattern()
        filters = detection.filters
    except PatternError as error:
        line, *picture = str(error).split("\n")
        yield _error(
            detection,
            f"has a pattern that is not valid: {line}",
            "\n".join(["fix the pattern", *picture]),
        )
        return
    if detection.timing.threshold > 1 and not filters.mutually_exclusive:
        yield _error(
            detection,
            "is so long that it takes several filters, and an event may match two of them",
            "set threshold = 1, or remove conditions",
        )


def _check(detection: Detection, known: _Known) -> Iterator[ContentError]:
    yield from _errors(detection, detection_rules.rule_violations(detection))
    filter_errors = [*_check_filters(detection)]
    yield from filter_errors
    if filter_errors:
        return
    yield from _errors(detection, detection_rules.description_violations(detection))
    yield from _errors(detection, detection_rules.log_alarm_violations(detection))
    yield from _check_issues(detection, known)
    for example in detection.fires:
        yield from _check_example(detection, example, Outcome.MATCH)
    for example in detection.silent:
        yield from _check_example(detection, example, Outcome.NO_MATCH)


def _check_issues(detection: Detection, known: _Known) -> Iterator[ContentError]:
    """Errors for issues that are not accepted, and for accepted issues that do not exist."""
    unknown = sample_event_names.UNKNOWN
    violated = [*sample_event_names.event_name_violations(detection, known.names)]
    if unknown not in detection.accepted_issues:
        yield from _errors(detection, violated)
    issues = lint(detection.filter_pattern, known.names, known.fields)
    for issue in issues:
        if issue.id != "too-long" and issue.id not in detection.accepted_issues:
            yield _suspicious_pattern(detection, issue, known.names)
    existing = {issue.id for issue in issues} | ({unknown} if violated else set())
    for issue_id in sorted(set(detection.accepted_issues) - existing):
        yield _error(
            detection,
            f"accepts the issue {issue_id}, which it does not have",
            "remove it from accepted_issues",
        )


def _errors(
    detection: Detection, violations: Iterable[detection_rules.Violation]
) -> Iterator[ContentError]:
    return (_error(detection, problem, hint) for problem, hint in violations)


def _suspicious_pattern(
    detection: Detection, issue: PatternIssue, names: sample_event_names.EventNames
) -> ContentError:
    hint = issue.fix
    if issue.id == sample_event_names.UNKNOWN:
        clause = detection.filter_pattern.text[issue.start : issue.end]
        name = clause.rpartition("=")[2].strip(' "')
        hint = sample_event_names.suggest_source(name, names) or hint
    return _error(
        detection,
        f"has a suspicious pattern ({issue.id} at character {issue.start + 1}): {issue.reason}",
        f"{hint}; or explain it in accepted_issues",
    )


def _check_example(
    detection: Detection, example: Example, expected: Outcome
) -> Iterator[ContentError]:
    record = detection_rules.to_json(example.event)
    if record is None:  # detection_rules reports it
        return
    explanation = detection.filter_pattern.explain(record)
    if explanation.outcome == expected:
        return
    problem = f'matches the sample event "{example.description}", which it should not'
    if explanation.outcome == Outcome.UNCERTAIN:
        problem = f'may or may not match the sample event "{example.description}"'
    elif expected == Outcome.MATCH:
        problem = f'does not match the sample event "{example.description}"'
    yield _error(detection, problem, f"fix the pattern or the sample event\n{explanation}")


def _error(detection: Detection, problem: str, hint: str) -> ContentError:
    return ContentError(str(detection.location), f"detection {detection.id} {problem}", hint)
