"""The removal of redundant parts from a condition."""

import json

import pytest
from hypothesis import given

from tests.pattern.strategies import Event, conditions, events
from trailbell.pattern import FilterPattern, Outcome, parse
from trailbell.pattern.ast import Condition, JsonPattern
from trailbell.pattern.simplify import simplify


def condition(text: str) -> Condition:
    tree = parse(text).tree
    assert isinstance(tree, JsonPattern)
    return tree.condition


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{ $.a = "x" }', id="one clause"),
        pytest.param('{ ($.a = "x") && ($.b = "y") }', id="parts that say two things"),
        pytest.param('{ ($.a = "x") || ($.b = "y") }', id="alternatives that can both match"),
        pytest.param(
            '{ ($.a = "x*") && (($.b = "y") || ($.a != "xy")) }',
            id="a guard that does something",
        ),
    ],
)
def test_necessary_parts_stay(text: str) -> None:
    assert simplify(condition(text)) == condition(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param(
            '{ ($.a NOT EXISTS) && (($.a NOT EXISTS) || ($.a IS NULL) || ($.a != "x")) }',
            "{ $.a NOT EXISTS }",
            id="a guard that the rest implies goes",
        ),
        pytest.param(
            '{ ($.a = "x*") && (($.a NOT EXISTS) || ($.a IS NULL) || ($.a != "xy")) }',
            '{ ($.a = "x*") && ($.a != "xy") }',
            id="alternatives that the rest rules out go",
        ),
        pytest.param(
            '{ (($.a = "x") || ($.a = "y")) && (($.a NOT EXISTS) || ($.a != "x")) }',
            '{ $.a = "y" }',
            id="an alternative that an exclusion empties goes, and with it the exclusion",
        ),
        pytest.param('{ ($.a = "x") && ($.a = "x") }', '{ $.a = "x" }', id="one of two twins goes"),
    ],
)
def test_redundant_parts_are_removed(text: str, kept: str) -> None:
    assert simplify(condition(text)) == condition(kept)


def test_a_contradiction_becomes_none() -> None:
    assert simplify(condition('{ ($.a = "x") && ($.a != "x") }')) is None


@given(conditions(), events())
def test_the_meaning_does_not_change(whole: Condition, event: Event) -> None:
    kept = simplify(whole)
    before = FilterPattern.of(whole).test(json.dumps(event))
    after = Outcome.NO_MATCH if kept is None else FilterPattern.of(kept).test(json.dumps(event))
    assert Outcome.UNCERTAIN in (before, after) or before == after
