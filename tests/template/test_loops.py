"""Loops of ``AWS::LanguageExtensions``, and every section of a template."""

import json
from typing import Any

import pytest
from troposphere import Equals, Output, Parameter, Ref, Template, serverless, sns

from trailbell.catalog.detection import Catalog
from trailbell.compiler import provenance
from trailbell.compiler.compile import CompiledStack, compile_stack
from trailbell.compiler.stack import Stack
from trailbell.template import loops
from trailbell.template.capabilities import required_capabilities
from trailbell.template.parse import parse_yaml

_TOPIC = {"Properties": {"DisplayName": {"Ref": "X"}}, "Type": "AWS::SNS::Topic"}
_LOOP = ["X", ["a", "b"], {"T${X}": _TOPIC}]
_NESTED = ["Y", ["c", "d", "e"], {"Fn::ForEach::Inner": _LOOP}]


def _compiled(template: Template) -> CompiledStack:
    with provenance.record_locations():
        stack = Stack(name="x", summary="s", template=lambda _: template)
        return compile_stack(stack, Catalog(()))


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param(None, [], id="no section"),
        pytest.param({"A": {"Type": "X"}}, [("A", {"Type": "X"}, 1)], id="an entry of its own"),
        pytest.param({"Fn::ForEach::L": "no loop"}, [("Fn::ForEach::L", "no loop", 1)], id="text"),
        pytest.param({"Fn::ForEach::L": _LOOP}, [("T${X}", _TOPIC, 2)], id="a loop"),
        pytest.param({"Fn::ForEach::L": _NESTED}, [("T${X}", _TOPIC, 6)], id="a loop in a loop"),
        pytest.param(
            {"Fn::ForEach::L": ["X", {"Ref": "Names"}, {"T${X}": _TOPIC}]},
            [("T${X}", _TOPIC, 1)],
            id="over a list that is known later",
        ),
    ],
)
def test_entries(section: Any, expected: list[tuple[str, Any, int]]) -> None:
    assert [*loops.entries(section)] == expected


def test_loops_stand_in_every_section_and_keep_their_order() -> None:
    template = Template("d")
    template.set_transform("AWS::LanguageExtensions")
    template.add_resource(sns.Topic("First"))
    for section in (template.resources, template.outputs, template.conditions):
        section["Fn::ForEach::L"] = _LOOP
    template.outputs["Fn::ForEach::M"] = ["Z", ["b", "a"], {"O${Z}": {"Value": "v"}}]
    made = _compiled(template)
    ordered = ["X", ["a", "b"], {"T${X}": _TOPIC}]
    assert made.document["Resources"]["Fn::ForEach::L"] == ordered
    inner = made.document["Resources"]["Fn::ForEach::L"][2]["T${X}"]
    assert list(inner) == ["Type", "Properties"]
    assert list(made.document["Resources"]) == ["First", "Fn::ForEach::L"]
    assert made.document["Conditions"] == {"Fn::ForEach::L": ordered}
    assert list(made.document["Outputs"]) == ["Fn::ForEach::L", "Fn::ForEach::M"]
    assert parse_yaml(made.yaml) == made.document == json.loads(made.json)


def test_every_section_of_a_template_in_the_usual_order() -> None:
    template = Template("d", {"Mine": {"a": "b"}})
    template.set_version()
    template.set_transform("AWS::Serverless-2016-10-31")
    template.set_globals(serverless.Globals(Function=serverless.FunctionGlobals(Timeout=3)))
    template.add_parameter(Parameter("P", Type="String"))
    template.add_rule("R", {"Assertions": [{"Assert": {"Fn::Equals": [Ref("P"), "x"]}}]})
    template.add_mapping("M", {"a": {"b": "c"}})
    template.add_condition("C", Equals(Ref("P"), "x"))
    template.add_output(Output("O", Value=Ref("T")))
    template.add_resource(sns.Topic("T"))
    made = _compiled(template)
    assert made.document == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "d",
        "Metadata": {"Mine": {"a": "b"}},
        "Parameters": {"P": {"Type": "String"}},
        "Rules": {"R": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "P"}, "x"]}}]}},
        "Mappings": {"M": {"a": {"b": "c"}}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Transform": "AWS::Serverless-2016-10-31",
        "Globals": {"Function": {"Timeout": 3}},
        "Resources": {"T": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"O": {"Value": {"Ref": "T"}}},
    }
    assert list(made.document) == [
        *("AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules"),
        *("Mappings", "Conditions", "Transform", "Globals", "Resources", "Outputs"),
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({"Resources": {"Fn::ForEach::L": _LOOP}}, {}, id="a loop over topics"),
        pytest.param(
            {"Resources": {"Fn::ForEach::L": ["X", ["a"], {"R${X}": {"Type": "AWS::IAM::Role"}}]}},
            {"CAPABILITY_IAM": ("R${X} is an AWS::IAM::Role",)},
            id="a loop over roles",
        ),
        pytest.param(
            {"Resources": {"Fn::Transform": {"Name": "AWS::Include"}}},
            {"CAPABILITY_AUTO_EXPAND": ("the template uses AWS::Include",)},
            id="a macro in place of resources",
        ),
        pytest.param(
            {
                "Transform": [{"Name": "AWS::Include", "Parameters": {}}, "Mine"],
                "Resources": {"F": {"Type": "AWS::Serverless::Function"}},
            },
            {
                "CAPABILITY_AUTO_EXPAND": ("the template uses AWS::Include, Mine",),
                "CAPABILITY_IAM": ("F is an AWS::Serverless::Function, which may create roles",),
            },
            id="a function of SAM, and macros with parameters",
        ),
    ],
)
def test_what_is_acknowledged_for_loops_and_macros(
    document: dict[str, Any], expected: dict[str, tuple[str, ...]]
) -> None:
    assert required_capabilities(document) == expected
