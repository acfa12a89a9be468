"""Paths into a template, and the values at them."""

from typing import Any

import pytest

from trailbell.template import TemplatePath
from trailbell.template.paths import differing_paths, format_path, to_text, value_at

_RULES = {"Rules": [{"Id": "a"}, {"Id": "b"}]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(("Rules", 2), None, id="an index behind the end"),
        pytest.param(("Rules", "Id"), None, id="a key of a list"),
        pytest.param(("Rules", 0, "Id", "x"), None, id="a key of a text"),
        pytest.param((), _RULES, id="the value itself"),
        pytest.param(("Rules", 1, "Id"), "b", id="a key of an entry"),
    ],
)
def test_value_at(path: TemplatePath, expected: Any) -> None:
    assert value_at(_RULES, path) == expected


def test_a_path_as_text() -> None:
    assert format_path(("Rules", 0, "Id")) == "Rules[0].Id"


def test_a_value_as_text() -> None:
    assert [to_text("é"), to_text({"é": [1]})] == ["é", '{"é": [1]}']


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="equal values"),
        pytest.param({"a": 1, "b": 2}, {"a": 1, "c": 3}, [("b",), ("c",)], id="removed and added"),
        pytest.param([1, {"a": 2}], [1, {"a": 3}], [(1, "a")], id="lists of the same length"),
        pytest.param({"a": [1]}, {"a": [1, 2]}, [("a",)], id="lists of different lengths"),
        pytest.param(
            {"a": {"Ref": "x"}}, {"a": {"Ref": "y"}}, [("a",)], id="a function is one value"
        ),
    ],
)
def test_differing_paths(before: Any, after: Any, expected: list[TemplatePath]) -> None:
    assert list(differing_paths(before, after)) == expected
