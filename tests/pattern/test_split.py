"""Several patterns that together match what one pattern matches."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pattern.strategies import Event, clauses, events
from trailbell.errors import PatternError
from trailbell.pattern import FilterPattern, Outcome, all_of, any_of, evaluate, field, parse
from trailbell.pattern.ast import And, Condition, JsonPattern, Or
from trailbell.pattern.split import Parts, split

NAMES = tuple(f"DescribeSomethingOfThisLength{number:03}" for number in range(60))


def texts(parts: Parts) -> list[str]:
    return [str(part) for part in parts.patterns]


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(field("a").equals("x" * 1_100), id="one comparison"),
        pytest.param(all_of(*(field(name).equals("x") for name in NAMES)), id="no alternatives"),
        pytest.param(
            any_of(field("a").equals("x"), field("b").equals("x" * 1_100)), id="one alternative"
        ),
    ],
)
def test_refused(condition: Condition) -> None:
    with pytest.raises(PatternError, match="there is no '\\|\\|' at which it can be split"):
        split(FilterPattern.of(condition))


def test_terms_cannot_be_split() -> None:
    with pytest.raises(PatternError, match="only a pattern for JSON events can be split"):
        split(parse(" ".join(NAMES), max_length=None))


def test_what_is_short_enough_stays_as_written() -> None:
    pattern = parse("{$.a=x||$.a=y}")
    assert split(pattern) == Parts((pattern,), mutually_exclusive=True)
    assert split(pattern).patterns[0].text == "{$.a=x||$.a=y}"


@pytest.mark.parametrize(
    ("text", "parts", "mutually_exclusive"),
    [
        pytest.param(
            '{ ($.n = "a") || ($.n = "b") || ($.n = "c") }',
            ['{ ($.n = "a") || ($.n = "b") }', '{ $.n = "c" }'],
            True,
            id="alternatives in order",
        ),
        pytest.param(
            '{ ($.s = "x") && (($.n = "a") || ($.n = "b")) }',
            ['{ ($.s = "x") && ($.n = "a") }', '{ ($.s = "x") && ($.n = "b") }'],
            True,
            id="a shared condition before",
        ),
        pytest.param(
            '{ (($.n = "a") || ($.n = "b")) && ($.s = "x") }',
            ['{ ($.n = "a") && ($.s = "x") }', '{ ($.n = "b") && ($.s = "x") }'],
            True,
            id="a shared condition after",
        ),
        pytest.param(
            '{ ($.n = "a*") || ($.n = "b") || ($.n = "ab") }',
            ['{ ($.n = "a*") || ($.n = "ab") }', '{ $.n = "b" }'],
            True,
            id="alternatives that can hold together stay together",
        ),
        pytest.param(
            '{ ($.n = "a") || ($.m = "b") || ($.o = "c") }',
            ['{ ($.n = "a") || ($.m = "b") }', '{ $.o = "c" }'],
            False,
            id="alternatives on several members may all hold",
        ),
    ],
)
def test_parts(text: str, parts: list[str], *, mutually_exclusive: bool) -> None:
    found = split(parse(text), max_length=34)
    assert (texts(found), found.mutually_exclusive) == (parts, mutually_exclusive)


def test_a_long_pattern_becomes_few_parts() -> None:
    condition = all_of(field("eventSource").equals("x"), field("eventName").one_of(*NAMES))
    found = split(FilterPattern.of(condition))
    assert found.mutually_exclusive
    assert [len(text) <= 1_024 for text in texts(found)] == [True] * 4
    assert sum(text.count("eventName") for text in texts(found)) == len(NAMES)


def test_a_guard_is_in_each_part() -> None:
    """Although its alternatives are the longest."""
    guard = field("c" * 400).differs("x")
    condition = all_of(guard, field("eventName").one_of(*NAMES[:10]))
    parts = texts(split(FilterPattern.of(condition), 1_600))
    assert [text.count("c" * 400) for text in parts] == [3] * len(parts)


def test_fields_that_may_be_missing_are_alternatives() -> None:
    """Which of several fields is missing is no guard, so that a part has all names."""
    missing = any_of(*(field(f"{name}.{'c' * 150}").missing() for name in "abcdef"))
    condition = all_of(field("eventName").one_of(*NAMES[:4]), missing)
    parts = texts(split(FilterPattern.of(condition)))
    assert [text.count("eventName") for text in parts] == [4] * len(parts)


@given(
    st.lists(clauses(), max_size=2),
    st.lists(clauses(), min_size=2, max_size=6),
    events(),
    st.integers(40, 300),
)
def test_parts_match_together_what_the_whole_matches(
    shared: list[Condition], alternatives: list[Condition], event: Event, max_length: int
) -> None:
    inner = Or(tuple(alternatives))
    whole = JsonPattern(And((*shared, inner)) if shared else inner)
    try:
        pattern = FilterPattern.of(whole)
        parts = split(pattern, max_length)
    except PatternError:
        return
    message = json.dumps(event)
    outcomes = [evaluate.test(part.tree, message) for part in parts.patterns]
    assert Outcome.any_of(outcomes) == evaluate.test(whole, message)
    if parts.mutually_exclusive:
        assert outcomes.count(Outcome.MATCH) <= 1
