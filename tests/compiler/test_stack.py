"""Stacks, and the pieces they are composed of."""

from typing import Any

import pytest
from troposphere import Equals, Output, Parameter, Ref, Template, sns

from trailbell.catalog.detection import Catalog
from trailbell.compiler.stack import (
    ParameterInput,
    Piece,
    RegionScope,
    Stack,
    assemble,
    is_set,
    rule,
)
from trailbell.source_location import SourceLocation


def _template(_: Catalog) -> Template:
    return Template()


def _stack(name: str) -> Stack:
    return Stack(name=name, summary="s", template=_template)


def _input(name: str, label: str = "Label", group: str = "Group", **fields: Any) -> ParameterInput:
    return ParameterInput(
        parameter=Parameter(name, Type="String", **fields), label=label, group=group
    )


@pytest.mark.parametrize("name", ["a", "security-alerts", "A1-b2", "manifest-2", "x" * 128])
def test_a_name_that_cloudformation_accepts(name: str) -> None:
    assert _stack(name).name == name


@pytest.mark.parametrize("name", ["", "1a", "-a", "a_b", "a b", "a.b", "ä", "a\n", "x" * 129])
def test_a_name_that_cloudformation_does_not_accept(name: str) -> None:
    with pytest.raises(ValueError, match="is not a stack name") as raised:
        _stack(name)
    assert str(raised.value) == (
        f'"{name}" is not a stack name: a letter, then letters, digits and hyphens'
    )


@pytest.mark.parametrize("name", ["manifest", "Manifest"])
def test_the_name_of_the_manifest_is_reserved(name: str) -> None:
    with pytest.raises(ValueError, match=r"manifest\.json") as raised:
        _stack(name)
    assert str(raised.value) == f'stack name "{name}" is reserved for dist/manifest.json'


def test_the_location_of_a_stack() -> None:
    stack = _stack("a")
    assert (stack.location, stack.region_scope) == (
        SourceLocation("tests/compiler/test_stack.py", _stack.__code__.co_firstlineno + 1),
        RegionScope.EVERY_REGION,
    )


def test_pieces_are_combined() -> None:
    one = Piece(
        inputs=(_input("A"), _input("B", label="The B", group="Other")),
        rules={"AIsSet": rule("A must be set.", is_set("A"))},
        conditions={"HasA": is_set("A")},
        mappings={"M": {"x": {"y": "z"}}},
        resources=(sns.Topic("T"),),
        outputs=(Output("O", Value=Ref("T")),),
        metadata={"Tool": "accepts"},
    )
    other = Piece(inputs=(_input("C", label="The C"),), resources=(sns.Topic("U"),))
    made = assemble("What it is", one, other).to_dict()
    assert made == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What it is",
        "Metadata": {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {"Label": {"default": "Group"}, "Parameters": ["A", "C"]},
                    {"Label": {"default": "Other"}, "Parameters": ["B"]},
                ],
                "ParameterLabels": {
                    "A": {"default": "Label"},
                    "B": {"default": "The B"},
                    "C": {"default": "The C"},
                },
            },
            "Tool": "accepts",
        },
        "Parameters": {name: {"Type": "String"} for name in ("A", "B", "C")},
        "Rules": {
            "AIsSet": {
                "Assertions": [
                    {
                        "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, ""]}]},
                        "AssertDescription": "A must be set.",
                    }
                ]
            }
        },
        "Mappings": {"M": {"x": {"y": "z"}}},
        "Conditions": {"HasA": {"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, ""]}]}},
        "Resources": {"T": {"Type": "AWS::SNS::Topic"}, "U": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"O": {"Value": {"Ref": "T"}}},
    }


@pytest.mark.parametrize(
    "shared",
    [
        pytest.param(lambda: Piece(inputs=(_input("A"),)), id="an input"),
        pytest.param(lambda: Piece(rules={"R": rule("It is set.", is_set("A"))}), id="a rule"),
        pytest.param(lambda: Piece(conditions={"C": is_set("A")}), id="a condition"),
        pytest.param(lambda: Piece(mappings={"M": {"x": {"y": "z"}}}), id="a mapping"),
        pytest.param(lambda: Piece(metadata={"Tool": "accepts"}), id="metadata"),
    ],
)
def test_two_pieces_can_share_definitions(shared: Any) -> None:
    assert assemble("d", shared(), shared()).to_dict() == assemble("d", shared()).to_dict()


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        pytest.param(
            Piece(inputs=(_input("A", Default="x"),)),
            Piece(inputs=(_input("A", Default="y"),)),
            'two pieces define the input "A" differently',
            id="two parameters with the same name",
        ),
        pytest.param(
            Piece(inputs=(_input("A", label="x"),)),
            Piece(inputs=(_input("A", label="y"),)),
            'two pieces define the input "A" differently',
            id="two labels of one parameter",
        ),
        pytest.param(
            Piece(rules={"R": rule("It is set.", is_set("A"))}),
            Piece(rules={"R": rule("It is set.", is_set("A"), when=is_set("B"))}),
            'two pieces define the rule "R" differently',
            id="two rules with the same name",
        ),
        pytest.param(
            Piece(conditions={"C": is_set("A")}),
            Piece(conditions={"C": Equals(Ref("A"), "x")}),
            'two pieces define the condition "C" differently',
            id="two conditions with the same name",
        ),
        pytest.param(
            Piece(mappings={"M": {"x": {"y": "z"}}}),
            Piece(mappings={"M": {}}),
            'two pieces define the mapping "M" differently',
            id="two mappings with the same name",
        ),
        pytest.param(
            Piece(resources=(sns.Topic("T"),)),
            Piece(resources=(sns.Topic("T"),)),
            'duplicate key "T" detected',
            id="two resources with the same name",
        ),
        pytest.param(
            Piece(outputs=(Output("O", Value="x"),)),
            Piece(outputs=(Output("O", Value="x"),)),
            'duplicate key "O" detected',
            id="two outputs with the same name",
        ),
    ],
)
def test_two_pieces_with_different_definitions(one: Piece, other: Piece, message: str) -> None:
    with pytest.raises(ValueError, match=r"two|duplicate") as raised:
        assemble("d", one, other)
    assert str(raised.value) == message
