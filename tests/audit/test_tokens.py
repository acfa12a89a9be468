"""The tokens in texts of templates."""

import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.audit import cross_stack, tokens
from trailbell.audit.tokens import STACK_NAME, Token, TokenKind, readable

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9]*", fullmatch=True)
DETAILS = {
    TokenKind.RESOURCE: st.integers(0, 99).map(str),
    TokenKind.FUNCTION: st.from_regex(r"[0-9a-f]{1,8}", fullmatch=True),
}


@pytest.mark.parametrize("module", [tokens, cross_stack])
def test_examples_in_docstrings(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@given(st.sampled_from(TokenKind), NAMES, st.data())
def test_any_token_is_read_as_it_is_written(
    kind: TokenKind, name: str, data: st.DataObject
) -> None:
    if kind is TokenKind.STACK_NAME:
        token = Token(kind, STACK_NAME, f"{name}.json")
    else:
        token = Token(kind, name, data.draw(DETAILS.get(kind, st.just(""))))
    assert Token.parse(str(token)[2:-1]) == token


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("base-topic", "base-topic", id="no tokens"),
        pytest.param("${0#Topic}", "Topic", id="a resource"),
        pytest.param("${=Name}-topic", "Name-topic", id="a parameter in a text"),
        pytest.param(
            "${AWS::StackName of a.json}", "AWS::StackName of a.json", id="the name of a stack"
        ),
        pytest.param("${AWS::Region}", "AWS::Region", id="a pseudo parameter"),
        pytest.param("${?Fn::ImportValue in a circle}", "Fn::ImportValue", id="a function"),
    ],
)
def test_readable(text: str, expected: str) -> None:
    assert readable(text) == expected
