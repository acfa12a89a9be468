"""Conditions written in Python, and their text."""

from collections.abc import Callable

import pytest

from trailbell.errors import PatternError
from trailbell.pattern import FilterPattern, Outcome, all_of, any_of, field
from trailbell.pattern.ast import Condition

A, B = field("a").equals("x"), field("b").equals(5)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda: field("a b"), id="a path that is no selector"),
        pytest.param(lambda: field(""), id="an empty path"),
        pytest.param(lambda: field('a["b"]'), id="a path with an undocumented spelling"),
        pytest.param(lambda: field("a IS NULL || $.b"), id="a path that is a condition"),
        pytest.param(lambda: field("a").equals("x*"), id="a star in equals"),
        pytest.param(lambda: field("a").starts_with("x*"), id="a star in starts_with"),
        pytest.param(lambda: field("a").differs("x", "*"), id="a star in differs"),
        pytest.param(lambda: field("a").equals(value=True), id="a boolean as a number"),
        pytest.param(lambda: field("a").at_least(float("nan")), id="no number"),
        pytest.param(lambda: field("a[*]").differs("x"), id="'!=' behind a wildcard"),
    ],
)
def test_refused(build: Callable[[], object]) -> None:
    with pytest.raises(PatternError):
        build()


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        pytest.param(A, '{ $.a = "x" }', id="text"),
        pytest.param(B, "{ $.b = 5 }", id="a number"),
        pytest.param(all_of(A), '{ $.a = "x" }', id="all of one"),
        pytest.param(
            all_of(A, all_of(B, any_of(A, B))),
            '{ ($.a = "x") && ($.b = 5) && (($.a = "x") || ($.b = 5)) }',
            id="all of all is flat",
        ),
        pytest.param(
            field("eventName").one_of("A", "B"),
            '{ ($.eventName = "A") || ($.eventName = "B") }',
            id="one of two",
        ),
        pytest.param(
            field("a.b").differs("x", "y"),
            '{ ($.a.b NOT EXISTS) || ($.a.b IS NULL) || (($.a.b != "x") && ($.a.b != "y")) }',
            id="differs brings its guard",
        ),
        pytest.param(
            field("a").does_not_start_with("x"),
            '{ ($.a NOT EXISTS) || ($.a IS NULL) || ($.a != "x*") }',
            id="an excluded prefix brings its guard",
        ),
        pytest.param(
            field("a").does_not_contain("x"),
            '{ ($.a NOT EXISTS) || ($.a IS NULL) || ($.a != "*x*") }',
            id="an excluded part brings its guard",
        ),
        pytest.param(
            field("a").present_and_does_not_contain("x", "y"),
            '{ ($.a != "*x*") && ($.a != "*y*") }',
            id="presence is the guard of excluded parts",
        ),
        pytest.param(
            field("a").present_and_differs("x"), '{ $.a != "x" }', id="presence is the guard"
        ),
        pytest.param(field("a").starts_with("x"), '{ $.a = "x*" }', id="prefix"),
        pytest.param(field("a").ends_with("x"), '{ $.a = "*x" }', id="suffix"),
        pytest.param(field("a").contains("x"), '{ $.a = "*x*" }', id="part"),
        pytest.param(field("a").present(), '{ $.a = "*" }', id="presence"),
        pytest.param(field("a").matches("^x"), "{ $.a = %^x% }", id="expression"),
        pytest.param(field("a").is_true(), "{ $.a IS TRUE }", id="true"),
        pytest.param(field("a").is_false(), "{ $.a IS FALSE }", id="false"),
        pytest.param(
            field("a").missing_or_null(), "{ ($.a NOT EXISTS) || ($.a IS NULL) }", id="absence"
        ),
        pytest.param(field("a").less_than(-1), "{ $.a < -1 }", id="less"),
        pytest.param(field("a").at_most(1.5), "{ $.a <= 1.5 }", id="at most"),
        pytest.param(field("a").greater_than(1e-9), "{ $.a > 1e-09 }", id="greater"),
        pytest.param(field("a").at_least(0), "{ $.a >= 0 }", id="at least"),
        pytest.param(
            field("a[0].['b.c']").is_null(), "{ $.a[0].['b.c'] IS NULL }", id="a longer path"
        ),
    ],
)
def test_text(condition: Condition, text: str) -> None:
    assert str(FilterPattern.of(condition)) == text


def test_a_condition_that_aws_rejects_raises_an_error_like_its_text() -> None:
    with pytest.raises(PatternError, match="more than 2 regular expressions"):
        FilterPattern.of(all_of(*(field("a").matches(letter) for letter in "xyz")))


def test_differs_matches_events_without_the_field() -> None:
    pattern = FilterPattern.of(field("a").differs("x"))
    events = ("{}", '{"a": null}', '{"a": "y"}', '{"a": "x"}')
    assert [pattern.test(event) for event in events] == [Outcome.MATCH] * 3 + [Outcome.NO_MATCH]
