"""Properties of outcomes, and their explanations."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pattern.strategies import Event, conditions, events, json_patterns, patterns
from trailbell.errors import PatternError
from trailbell.pattern import FilterPattern, NumberText, Outcome, parse
from trailbell.pattern.ast import And, Condition, JsonPattern, Or, Pattern
from trailbell.pattern.compare import BOOLEAN

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "cases" / "filter_patterns.jsonl"


def verdict(pattern: str, event: str) -> str:
    try:
        return parse(pattern).test(event).name
    except PatternError:
        return "error"


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the shared cases are not next to this project")
def test_agrees_with_every_certain_case_and_contradicts_no_other() -> None:
    wrong = []
    for line in PUBLISHED.read_text("utf-8").splitlines():
        case = json.loads(line)
        expected = "error" if case.get("error") else "MATCH" if case["match"] else "NO_MATCH"
        allowed = {expected} if case["sure"] == "high" else {expected, "UNCERTAIN"}
        if (found := verdict(case["pattern"], case["event"])) not in allowed:
            wrong.append((case["id"], expected, found))
    assert wrong == []


@given(patterns(), events())
def test_canonical_text_matches_the_same_events(pattern: Pattern, event: Event) -> None:
    message = json.dumps(event)
    read = FilterPattern.of(pattern)
    again = parse(str(read), max_length=None)
    assert again == read
    assert again.test(message) == read.test(message)


@given(patterns(), st.one_of(st.text(), events().map(json.dumps)))
def test_explanation_has_the_outcome_of_the_test(pattern: Pattern, message: str) -> None:
    read = FilterPattern.of(pattern)
    assert read.explain(message).outcome == read.test(message)
    assert str(read.explain(message))


@given(json_patterns(), events())
def test_decoded_record_gives_the_outcome_of_its_text(pattern: JsonPattern, event: Event) -> None:
    read = FilterPattern.of(pattern)
    assert read.test_record(dict(event)) == read.test(json.dumps(event))


@given(conditions(), conditions(), events())
def test_and_and_or_are_symmetric(left: Condition, right: Condition, event: Event) -> None:
    def outcome(condition: Condition) -> Outcome:
        return FilterPattern(JsonPattern(condition), "").test_record(dict(event))

    assert outcome(And((left, right))) == outcome(And((right, left)))
    assert outcome(Or((left, right))) == outcome(Or((right, left)))


def test_outcomes_compare_by_name_and_have_no_truth_value() -> None:
    outcome = parse("{ $.readOnly = true }").test('{"readOnly": true}')
    assert outcome == Outcome.UNCERTAIN
    assert outcome.reason != ""
    assert parse("{ $.a = 1 }").test('{"a":1}') is Outcome.MATCH
    assert parse("{ $.a = 1 }").test('{"a":2}') is Outcome.NO_MATCH
    with pytest.raises(TypeError):
        bool(outcome)


@pytest.mark.parametrize(
    ("pattern", "other", "equal"),
    [
        pytest.param("{ $.a = 1 }", "{ $.a = 1.0 }", False, id="numbers are kept as written"),
        pytest.param("{ $.a = 1 }", '{ $.a = "1" }', False, id="a number is not its digits"),
        pytest.param("{ $.a = x }", '{($.a="x")}', True, id="quotes and parentheses say nothing"),
    ],
)
def test_patterns_are_equal_by_tree(pattern: str, other: str, *, equal: bool) -> None:
    assert (parse(pattern) == parse(other)) is equal
    assert len({parse(pattern), parse(other)}) == 2 - equal


def test_numbers_of_a_decoded_record_can_keep_their_text() -> None:
    pattern = parse('{ $.a = "12.00" }')
    assert pattern.test_record({"a": NumberText("12.00")}) == Outcome.UNCERTAIN
    assert pattern.test_record({"a": 12.0}) == Outcome.NO_MATCH


def test_longer_patterns_are_errors_unless_they_will_be_split() -> None:
    text = "{ $.a = " + '"x" || $.a = ' * 90 + '"x" }'
    with pytest.raises(PatternError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.problem) == (
        1024,
        "the pattern has 1,183 characters",
    )
    assert str(parse(text, max_length=None)).count("||") == 90


def test_explanation_has_the_values_of_every_clause() -> None:
    pattern = parse(
        '{ ($.a = "x" || $.b IS NULL) && $.c != "y" && $.d[*] = 1 && $.readOnly = "true" }'
    )
    event = '{"a": "z", "b": null, "d": [2, 3.50, {"e": 1}], "readOnly": true}'
    assert str(pattern.explain(event)).splitlines() == [
        "NO_MATCH  all of",
        "  MATCH     any of",
        '    NO_MATCH  $.a = "x"   found "z"',
        "    MATCH     $.b IS NULL   found null",
        '  NO_MATCH  $.c != "y"   found nothing',
        "  NO_MATCH  $.d[*] = 1   found 2, 3.50, an object of 1",
        f'  UNCERTAIN $.readOnly = "true"   found true   ({BOOLEAN})',
    ]


def test_explanation_of_terms_and_fields() -> None:
    assert str(parse("ERROR -WARN").explain("ERROR WARN")).splitlines() == [
        'NO_MATCH  "ERROR" -"WARN"',
        '  MATCH     "ERROR"   found it',
        '  NO_MATCH  -"WARN"   found it',
    ]
    assert str(parse("[ip, code=4*, ...]").explain("10.0.0.1 503 x y")).splitlines() == [
        'NO_MATCH  [ip, code = "4*", ...]',
        '  NO_MATCH  code = "4*"   found 503',
    ]


def test_event_nested_too_deep_to_decode_is_uncertain() -> None:
    assert parse("{ $.a = 1 }").test('{"a":' + "[" * 200_000) == Outcome.UNCERTAIN
