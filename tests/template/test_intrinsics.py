"""Values with intrinsic functions: what they can be, and what they refer to."""

from typing import Any

import pytest

from trailbell.template.intrinsics import (
    branches,
    conditions,
    entries,
    is_intrinsic,
    mappings,
    normalize_get_att,
    referenced_id,
    references,
    strings,
    substitute,
    text_length,
)

_NOTHING = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("Ref", False, id="a text is not a function"),
        pytest.param({}, False, id="an empty mapping is not a function"),
        pytest.param({"Ref": "a", "b": 1}, False, id="a mapping with two keys is not a function"),
        pytest.param({"Condition": "a"}, False, id="a condition is not a function"),
        pytest.param({"Ref": "a"}, True, id="Ref is a function"),
        pytest.param({"Fn::Sub": "a"}, True, id="Fn::Sub is a function"),
    ],
)
def test_is_intrinsic(value: Any, *, expected: bool) -> None:
    assert is_intrinsic(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(_NOTHING, [], id="AWS::NoValue has no branch"),
        pytest.param("a", [("a", ("P",))], id="a text has one branch"),
        pytest.param(
            {"Fn::If": ["C", "a", {"Fn::If": ["D", _NOTHING, "b"]}]},
            [("a", ("P", "Fn::If", 1)), ("b", ("P", "Fn::If", 2, "Fn::If", 2))],
            id="Fn::If in Fn::If has three branches, of which one is empty",
        ),
    ],
)
def test_branches(value: Any, expected: list[Any]) -> None:
    assert list(branches(value, ("P",))) == expected


def test_entries_of_all_branches_with_their_paths() -> None:
    value = {"Fn::If": ["C", ["a", _NOTHING], "b"]}
    assert list(entries(value)) == [("a", ("Fn::If", 1, 0)), ("b", ("Fn::If", 2))]


def test_strings_with_their_paths() -> None:
    value = {"a": ["x", 1], "b": {"Fn::Sub": "y"}}
    assert list(strings(value)) == [("x", ("a", 0)), ("y", ("b", "Fn::Sub"))]


def test_an_escaped_variable_becomes_text() -> None:
    assert substitute("${a}-${!b}-${c.d}", "*") == "*-${b}-*"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"Ref": "a"}, 0, id="a reference"),
        pytest.param("abc", 3, id="a text"),
        pytest.param({"Fn::Sub": "a${Name}${!b}"}, 5, id="a text without its variables"),
        pytest.param({"Fn::Sub": ["a${b}", {"b": "c"}]}, 1, id="a text with values"),
    ],
)
def test_text_length(value: Any, expected: int) -> None:
    assert text_length(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("a", None, id="a text"),
        pytest.param({"Fn::Sub": "x${a}"}, None, id="a text around a variable"),
        pytest.param({"Fn::Sub": "${!a}"}, None, id="an escaped variable"),
        pytest.param({"Ref": "a"}, "a", id="Ref"),
        pytest.param({"Fn::GetAtt": ["a", "Arn"]}, "a", id="Fn::GetAtt as a list"),
        pytest.param({"Fn::GetAtt": "a.Arn"}, "a", id="Fn::GetAtt as a text"),
        pytest.param({"Fn::Sub": "${a.Arn}"}, "a", id="one variable and nothing else"),
    ],
)
def test_referenced_id(value: Any, expected: str | None) -> None:
    assert referenced_id(value) == expected


def test_references_of_all_functions_without_the_variables_of_fn_sub() -> None:
    value = [
        {"Ref": "a"},
        {"Fn::GetAtt": ["b", "Arn"]},
        {"Fn::GetAtt": "c.Arn"},
        {"Fn::Sub": "${d} ${!e} ${f.Arn}"},
        {"Fn::Sub": ["${own} ${g}", {"own": {"Ref": "h"}}]},
    ]
    assert list(references(value)) == ["a", "b", "c", "d", "f", "g", "h"]


def test_conditions_and_mappings() -> None:
    value = {"a": {"Fn::If": ["C", {"Condition": "D"}, {"Fn::FindInMap": ["M", "x", "y"]}]}}
    assert list(conditions(value)) == ["C", "D"]
    assert list(mappings(value)) == ["M"]


def test_both_forms_of_get_att_are_one() -> None:
    assert normalize_get_att([{"Fn::GetAtt": "a.b.c"}]) == [{"Fn::GetAtt": ["a", "b.c"]}]
