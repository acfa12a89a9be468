"""The event patterns of detections match what their filter patterns match."""

import json

import pytest

from tests.detections.corpora import CORPORA, sources
from tests.pattern.targets.test_agreement import in_eventbridge
from trailbell.catalog.detection import Detection
from trailbell.catalog.typed_event_pattern import compile_event_pattern, differences
from trailbell.command.project import load_project
from trailbell.errors import UnsupportedError
from trailbell.event_pattern import lint
from trailbell.pattern import Outcome

_WITHOUT = {
    "data-encrypted-with-foreign-key",  # two conditions on one field
    "bucket-opened-by-policy",  # regular expressions
    "resource-opened-by-policy",  # regular expressions
    "resource-shared-by-policy",  # conditions on entries of a list
    "administrator-policy-written",  # regular expressions
    "role-trusted-from-outside",  # two conditions on one field
    "role-trusts-everyone",  # regular expressions
    "sign-in-failures-of-other-users",  # a field that differs or is null
}
"""Detections whose filter patterns EventBridge cannot express."""


def _has_event_pattern(detection: Detection) -> bool:
    try:
        compile_event_pattern(detection.filter_pattern.tree)
    except UnsupportedError:
        return False
    return True


_ALL = load_project().written
_WRITTEN = [detection for detection in _ALL if _has_event_pattern(detection)]
_WITH_RULE = [detection for detection in _WRITTEN if not detection.alarm_only]
_BROADER = {
    "data-exported",
    "data-ransom-prepared",
    "function-code-changed",
    "image-shared",
    "network-boundary-opened",
    "secrets-read-in-batch",
    "security-group-opened-to-the-world",
    "snapshot-shared",
}
"""Detections that look at the first element of an array; an event pattern looks at all of them."""


def test_the_detections_without_an_event_pattern() -> None:
    assert {d.id for d in _ALL} - {d.id for d in _WRITTEN} == _WITHOUT


def test_the_detections_whose_event_pattern_matches_more() -> None:
    assert {d.id for d in _WRITTEN if differences(d.filter_pattern.tree)} == _BROADER


def test_few_event_patterns_have_wildcards() -> None:
    """A bus has at most 30 rules with them, for everyone who has rules on it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    """
    patterns = {d.id: json.dumps(compile_event_pattern(d.filter_pattern.tree)) for d in _WITH_RULE}
    assert {id_ for id_, pattern in patterns.items() if '"wildcard"' in pattern} == {
        "access-key-leaked",
        "alert-stack-changes",
        "console-session-from-credentials",
        "console-sign-in-out-of-hours",
        "function-code-changed",
        "function-made-public",
        "instance-credentials-misused",
        "recording-disabled",
        "run-scheduled",
        "trail-role-tampering",
    }


@pytest.mark.parametrize("detection", [pytest.param(d, id=d.id) for d in _WITH_RULE])
def test_the_outcomes_of_sample_events(detection: Detection) -> None:
    pattern = compile_event_pattern(detection.filter_pattern.tree)
    wrong = [
        example.description
        for examples, expected in ((detection.fires, True), (detection.silent, False))
        for example in examples
        if in_eventbridge(pattern, dict(example.event)) is not expected
    ]
    assert wrong == []


@pytest.mark.parametrize("detection", [pytest.param(d, id=d.id) for d in _WRITTEN])
def test_event_patterns_are_valid(detection: Detection) -> None:
    pattern = compile_event_pattern(detection.filter_pattern.tree)
    state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    accepted = {"unguarded-not-equal": "anything-but-needs-a-value"}
    issues = {issue.id for issue in lint(pattern, state=state)}
    assert issues <= {accepted.get(name) for name in detection.accepted_issues}


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the public records are not part of the project")
def test_the_outcomes_of_public_records() -> None:
    """Of services that the pattern names, if it names any."""
    records = [record for records in sources().values() for record in records]
    wrong = [
        (detection.id, record["eventID"])
        for detection in _WITH_RULE
        for pattern in [compile_event_pattern(detection.filter_pattern.tree)]
        for record in records
        if record["eventSource"] in str(pattern) or "eventSource" not in str(pattern)
        if in_eventbridge(pattern, record)
        != (detection.filter_pattern.test_record(record) == Outcome.MATCH)
    ]
    assert wrong == []
