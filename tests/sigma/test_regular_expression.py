"""Regular expressions of Sigma as values of a filter pattern."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.pattern.ast import Operator, Regex, Text
from trailbell.pattern.compare import compare
from trailbell.pattern.outcome import Outcome
from trailbell.sigma.glob import Style
from trailbell.sigma.refused import RefusedError
from trailbell.sigma.regular_expression import alternatives_of


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        pytest.param("a(?=b)", "has a group that looks around or sets a flag", id="a lookahead"),
        pytest.param("(ab)+", "repeats a group", id="a group that is repeated"),
        pytest.param("a++", "has a possessive quantifier", id="a possessive quantifier"),
        pytest.param(r"\bword", r'has the escape "\b"', id="a word boundary"),
        pytest.param("(a", 'has a "(" without ")"', id="a group that is not closed"),
        pytest.param("a)", 'has an unexpected ")"', id="a group that was not opened"),
        pytest.param("[a", 'has a "[" without "]"', id="a class that is not closed"),
        pytest.param("[[:alpha:]]", "has a named class", id="a named class"),
        pytest.param("[b-a]", "has a range in the wrong order", id="a range in the wrong order"),
        pytest.param(
            "(a|b)" * 6, "has groups with more than 32 combinations", id="too many combinations"
        ),
    ],
)
def test_what_cloudwatch_logs_does_not_have_is_refused(source: str, problem: str) -> None:
    with pytest.raises(RefusedError) as refused:
        alternatives_of(source)
    assert refused.value.problem == (
        f'the regular expression "{source}" {problem}, which CloudWatch Logs does not have'
    )


@pytest.mark.parametrize(
    ("source", "alternatives"),
    [
        pytest.param("abc", [(Text("*abc*"),)], id="text is searched for"),
        pytest.param("^abc$", [(Text("abc"),)], id="text between anchors is equal"),
        pytest.param("^abc.*", [(Text("abc*"),)], id="any text at the end is a star"),
        pytest.param(
            "^(Create|Delete)User$",
            [(Text("CreateUser"),), (Text("DeleteUser"),)],
            id="a group is written as alternatives",
        ),
        pytest.param(
            "^a(?:b)?$", [(Text("ab"),), (Text("a"),)], id="an optional group is two alternatives"
        ),
        pytest.param(".+:role/.+", [(Regex(".+:role/.+"),)], id="at least one character"),
        pytest.param(r"a\.b", [(Text("*a.b*"),)], id="an escaped dot is a dot"),
        pytest.param(r"a\*", [(Regex(r"a\*"),)], id="an escaped star is no wildcard"),
        pytest.param(r"i-[0-9a-f]{8}", [(Regex("i-[0-9a-f]{8}"),)], id="a class with a count"),
        pytest.param('"a b"%', [(Text('*"a b"%*'),)], id="quotes and spaces in text"),
        pytest.param('"a b"?%', [(Regex(r"\x22a\x20b\x22?\x25"),)], id="and in an expression"),
        pytest.param("(?i)ab", [(Regex("[Aa][Bb]"),)], id="a flag at the start ignores case"),
    ],
)
def test_the_alternatives_of_an_expression(
    source: str, alternatives: list[tuple[Text | Regex, ...]]
) -> None:
    assert alternatives_of(source) == alternatives


def test_a_class_without_case_has_both_cases() -> None:
    style = Style(ignore_case=True)
    assert alternatives_of("[a-c_]x", style) == [(Regex("[a-cA-C_][Xx]"),)]


_ATOMS = st.sampled_from(["a", "b", ".", r"\.", "[ab]", "[^a]", r"\d", "-", " ", "%"])
_ITEMS = st.builds("{}{}".format, _ATOMS, st.sampled_from(["", "", "?", "*", "+", "{2}", "+?"]))
_SEQUENCES = st.lists(_ITEMS, max_size=4).map("".join)
_GROUPS = st.builds("({}|{}){}".format, _SEQUENCES, _SEQUENCES, st.sampled_from(["", "?"]))
_EXPRESSIONS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "^"]),
    st.lists(_SEQUENCES | _GROUPS, min_size=1, max_size=3).map("".join),
    st.just("a"),
    st.sampled_from(["", "$", "|b"]),
)


@given(source=_EXPRESSIONS, text=st.text("ab.-1 %", max_size=8))
def test_the_alternatives_match_what_the_expression_matches(source: str, text: str) -> None:
    outcomes = [
        Outcome.all_of(compare(text, Operator.EQUAL, value) for value in values)
        for values in alternatives_of(source)
    ]
    expected = Outcome.MATCH if re.search(source, text) else Outcome.NO_MATCH
    assert Outcome.any_of(outcomes) in (expected, Outcome.UNCERTAIN)
