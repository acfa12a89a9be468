"""The texts that a value can be."""

from typing import Any

import pytest

from trailbell.template.known_texts import UNKNOWN_TEXT, possible_texts

_DOCUMENT = {
    "Parameters": {
        "Free": {"Type": "String"},
        "Empty": {"Type": "String", "Default": ""},
        "Named": {"Type": "String", "Default": "n"},
        "Number": {"Type": "Number", "Default": 5},
        "Chosen": {"Type": "String", "Default": "a", "AllowedValues": ["a", "b"]},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/p"},
    },
    "Mappings": {"M": {"one": {"x": "1", "y": "2"}, "two": {"x": "3"}, "list": {"x": ["4"]}}},
}
_ANY = UNKNOWN_TEXT


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        pytest.param({"Ref": "AWS::NoValue"}, (), id="no value"),
        pytest.param(None, (_ANY,), id="null, which is no text"),
        pytest.param({"Ref": "Free"}, (_ANY,), id="a parameter without default"),
        pytest.param({"Ref": "Empty"}, (_ANY,), id="an empty default, which is filled in"),
        pytest.param({"Ref": "Stored"}, (_ANY,), id="the name of a stored parameter"),
        pytest.param({"Ref": "Bucket"}, (_ANY,), id="a resource"),
        pytest.param({"Fn::ImportValue": "x"}, (_ANY,), id="another stack"),
        pytest.param({"Fn::GetAtt": ["B", "Arn"]}, (_ANY,), id="an attribute"),
        pytest.param({"Fn::FindInMap": ["M", "three", "x"]}, (), id="a key that is not there"),
        pytest.param({"Fn::FindInMap": [{"Ref": "Free"}, "one", "x"]}, (_ANY,), id="any mapping"),
        pytest.param({"Fn::FindInMap": ["M", "list", "x"]}, (_ANY,), id="a list in a mapping"),
        pytest.param({"Fn::Select": [7, ["a"]]}, (), id="an index out of range"),
        pytest.param("a {{resolve:ssm:/p}}", (f"a {_ANY}",), id="a dynamic reference"),
        pytest.param("a", ("a",), id="a text"),
        pytest.param(True, ("true",), id="a boolean"),
        pytest.param(1.5, ("1.5",), id="a number"),
        pytest.param({"Ref": "Named"}, ("n",), id="a default"),
        pytest.param({"Ref": "Number"}, ("5",), id="a number as default"),
        pytest.param({"Ref": "Chosen"}, ("a", "b"), id="allowed values"),
        pytest.param({"Fn::If": ["C", "a", {"Ref": "Named"}]}, ("a", "n"), id="both branches"),
        pytest.param({"Fn::Sub": "x-${Named}-${!y}"}, ("x-n-${y}",), id="Sub with a literal"),
        pytest.param({"Fn::Sub": "x-${B.Arn}"}, (f"x-{_ANY}",), id="Sub with an attribute"),
        pytest.param(
            {"Fn::Sub": ["${A}${Named}", {"A": {"Ref": "Chosen"}}]},
            ("an", "bn"),
            id="own variables",
        ),
        pytest.param(
            {"Fn::Join": ["-", ["a", {"Ref": "Chosen"}]]}, ("a-a", "a-b"), id="Join of choices"
        ),
        pytest.param({"Fn::FindInMap": ["M", "one", "y"]}, ("2",), id="a mapping"),
        pytest.param(
            {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "x"]},
            ("1", "3", _ANY),
            id="any key of a mapping",
        ),
        pytest.param({"Fn::Select": ["1", ["a", "b"]]}, ("b",), id="an entry of a list"),
        pytest.param({"Fn::Join": ["", [{"Ref": "Chosen"}] * 8]}, (_ANY,), id="too many to say"),
    ],
)
def test_possible_texts(value: Any, texts: tuple[str, ...]) -> None:
    assert possible_texts(_DOCUMENT, value) == texts


def test_variables_that_refer_to_each_other_end() -> None:
    value: Any = "x"
    for _ in range(40):
        value = {"Fn::Join": ["", [value]]}
    assert possible_texts({}, value) == (_ANY,)
