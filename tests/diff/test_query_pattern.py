"""A query is read back as a pattern that matches the same records."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pattern.strategies import Event
from tests.pattern.targets.records import records, trees
from trailbell.catalog.detection import Detection
from trailbell.catalog.log_alarm import log_alarm, reason_without_log_alarm
from trailbell.catalog.placeholders import PLACEHOLDERS, fill_placeholders
from trailbell.command.project import load_project
from trailbell.diff.judgment.event_filtering import find_unmatched_events
from trailbell.diff.judgment.query_pattern import read_query_condition
from trailbell.errors import UnsupportedError
from trailbell.pattern import Outcome
from trailbell.pattern.ast import JsonPattern
from trailbell.pattern.evaluate import test_record as outcome_of
from trailbell.pattern.targets import insights

_WITH_LOG_ALARM = [d for d in load_project().written if not reason_without_log_alarm(d)]


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param("", id="nothing"),
        pytest.param('eventName != "x"', id="true of a missing field"),
        pytest.param("eventName not like /x/", id="not like, true of a missing field"),
        pytest.param(
            '(ispresent(eventName) and eventSource != "x")', id="a guard of another field"
        ),
        pytest.param("not ispresent(@message)", id="no event"),
        pytest.param('strlen(eventName) = "x"', id="a function"),
        pytest.param('not eventName = "x"', id="a negation"),
        pytest.param('eventName = "x" | limit 1', id="another command"),
        pytest.param('(eventName = "x"', id="no closing parenthesis"),
        pytest.param("readOnly = 1", id="half of a boolean"),
        pytest.param('(readOnly = 1 or readOnly = "false")', id="two booleans"),
        pytest.param("eventName in []", id="an empty list"),
    ],
)
def test_unreadable(condition: str) -> None:
    assert read_query_condition(condition) is None


@pytest.mark.parametrize(
    ("condition", "pattern"),
    [
        pytest.param('eventName = "x"', '{ $.eventName = "x" }', id="text"),
        pytest.param(
            'record.requestParameters.`a-b`[0].c = "x"',
            '{ $.requestParameters.a-b[0].c = "x" }',
            id="names and positions",
        ),
        pytest.param(
            'eventName in ["a", "b"]',
            '{ ($.eventName = "a") || ($.eventName = "b") }',
            id="a list",
        ),
        pytest.param(
            '(ispresent(eventName) and eventName != "x")', '{ $.eventName != "x" }', id="a guard"
        ),
        pytest.param("ispresent(eventName)", '{ $.eventName = "*" }', id="any text"),
        pytest.param(
            "not ispresent(errorCode)",
            "{ ($.errorCode NOT EXISTS) || ($.errorCode IS NULL) }",
            id="missing",
        ),
        pytest.param(
            '(record.readOnly = 1 or record.readOnly = "true")',
            "{ $.readOnly IS TRUE }",
            id="a boolean",
        ),
        pytest.param(
            r"userAgent like /^a\/b[\s\S]*\x22c/", r'{ $.userAgent = "a/b*\"c*" }', id="stars"
        ),
        pytest.param("userAgent like /[Ll]ogin$/", "{ $.userAgent = %[Ll]ogin$% }", id="a regex"),
        pytest.param(
            '(eventName = "a" and (awsRegion = "b" or awsRegion like /^c/))',
            '{ ($.eventName = "a") && (($.awsRegion = "b") || ($.awsRegion = "c*")) }',
            id="and, or",
        ),
    ],
)
def test_readable(condition: str, pattern: str) -> None:
    assert str(read_query_condition(condition)) == pattern


@pytest.mark.parametrize("detection", _WITH_LOG_ALARM, ids=lambda detection: detection.id)
def test_a_query_is_the_pattern_of_its_detection(detection: Detection) -> None:
    query = fill_placeholders(log_alarm(detection).query, PLACEHOLDERS)
    pattern = read_query_condition(query.partition("\n| filter ")[2])
    both = str(detection.filter_pattern), str(pattern)
    assert [*find_unmatched_events(both[0], [both[1]])] == []
    assert [*find_unmatched_events(both[1], [both[0]])] == []


@given(trees(), st.lists(records(), min_size=1, max_size=6))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_read_matches_the_same_records(tree: JsonPattern, drawn: list[Event]) -> None:
    try:
        query = insights.select(tree, "@message")
    except UnsupportedError:
        return
    pattern = read_query_condition(query.partition("\n| filter ")[2])
    if pattern is not None:
        pairs = [(outcome_of(tree, event), pattern.test_record({**event})) for event in drawn]
        assert [pair for pair in pairs if Outcome.UNCERTAIN not in pair and len({*pair}) > 1] == []
