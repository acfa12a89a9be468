"""The canonical text: one for every tree, with the same meaning."""

import pytest
from hypothesis import given

from tests.pattern.strategies import patterns
from trailbell.pattern.ast import Pattern
from trailbell.pattern.parser import tree
from trailbell.pattern.printer import pattern_text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        pytest.param("{$.a=1}", "{ $.a = 1 }", id="blanks around everything"),
        pytest.param("{ $.a = b }", '{ $.a = "b" }', id="text gets quotes"),
        pytest.param("{ $.a = 1* }", '{ $.a = "1*" }', id="a starred number is text"),
        pytest.param("{ $.a = +1e-3 }", "{ $.a = +1e-3 }", id="a number stays as written"),
        pytest.param(
            "{ $.a=b || $.c=d && $.e=f }",
            '{ ($.a = "b") || (($.c = "d") && ($.e = "f")) }',
            id="precedence becomes parentheses",
        ),
        pytest.param(
            "{ ((($.a IS NULL))) }", "{ $.a IS NULL }", id="parentheses that say nothing go"
        ),
        pytest.param(
            '{ $.["a"] is null }',
            "{ $.a IS NULL }",
            id="undocumented spellings become documented ones",
        ),
        pytest.param(r'{ $.a = "\"x\" \\ y" }', r'{ $.a = "\"x\" \\ y" }', id="escapes survive"),
        pytest.param("ERROR -WARN ?x", '"ERROR" -"WARN" ?"x"', id="terms get quotes"),
        pytest.param("", '" "', id="the empty pattern becomes visible"),
        pytest.param(
            "[a,b=4*&&b!=404,...]", '[a, b = "4*" && b != 404, ...]', id="fields stay flat"
        ),
    ],
)
def test_printed(written: str, printed: str) -> None:
    assert pattern_text(tree(written)[0]) == printed


@given(patterns())
def test_printed_text_parses_to_the_same_tree_without_ambiguities(pattern: Pattern) -> None:
    again, _ = tree(pattern_text(pattern))
    assert again == pattern
