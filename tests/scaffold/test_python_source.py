"""Source of Python values: it evaluates to the value, and is formatted as projects are."""

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.scaffold.python_source import Call, Merged, Method, Name, quoted, render

_HOSTILE = st.text("ab \"'\\\n\r{}$()#é\u202e\x00", max_size=300)
_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _HOSTILE),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(_HOSTILE, inner, max_size=4),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('"""', '\'"""\'', id="triple quotes cannot end the string"),
        pytest.param("a\nimport os", '"a\\nimport os"', id="a line break is no line of the module"),
        pytest.param("a\\", '"a\\\\"', id="a backslash does not escape the quote"),
        pytest.param("${x}{y}", '"${x}{y}"', id="braces are no placeholders"),
        pytest.param("\u202e", '"\\u202e"', id="text that changes the direction is visible"),
        pytest.param("it's", '"it\'s"', id="double quotes around a single one"),
        pytest.param("", '""', id="no text"),
    ],
)
def test_text_stays_in_its_string(text: str, expected: str) -> None:
    assert quoted(text) == expected


@given(_VALUE, st.integers(0, 5), st.integers(0, 40))
def test_the_source_evaluates_to_the_value(value: Any, level: int, used: int) -> None:
    assert ast.literal_eval(render(value, level=level, used=used)) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param((1,), "(1,)", id="a tuple of one"),
        pytest.param(
            Method(Call("field", ("a.b",)), Call("equals", ("x",))),
            'field("a.b").equals("x")',
            id="a call of a method",
        ),
        pytest.param(
            Merged(Name("_REQUEST", {"a": 1}), {"a": 2}),
            '_REQUEST | {"a": 2}',
            id="a constant with a change",
        ),
        pytest.param(
            Call("api_call", ("kms", "x" * 70), {"request": {"keyId": "k" * 10}}),
            f'api_call(\n    "kms",\n    "{"x" * 70}",\n    request={{"keyId": "kkkkkkkkkk"}},\n)',
            id="a call that is too long for a line",
        ),
        pytest.param(
            {"a": f"{'word ' * 25}end"},
            f'{{\n    "a": (\n        "{"word " * 18}"\n        "{"word " * 7}end"\n    ),\n}}',
            id="text that is too long for a line",
        ),
    ],
)
def test_the_layout_is_that_of_the_formatter(value: Any, expected: str) -> None:
    assert render(value) == expected


def test_a_value_without_source_is_an_error() -> None:
    with pytest.raises(TypeError, match="no source for set"):
        render({1})
