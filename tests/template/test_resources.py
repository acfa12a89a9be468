"""The sections and resources of a template."""

from typing import Any

from trailbell.template.resources import (
    macro_input,
    properties,
    resources,
    resources_of_type,
    secret_parameters,
    section,
    type_of,
)

_TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "a"}}
_LOOP = ["X", ["a", "b"], {"Topic${X}": _TOPIC}]
_TEMPLATE: dict[str, Any] = {
    "Transform": "AWS::LanguageExtensions",
    "Parameters": {"Secret": {"NoEcho": "true"}, "Token": {"NoEcho": True}, "Name": {}},
    "Resources": {"Topic": _TOPIC, "Queue": {"Type": "AWS::SQS::Queue"}, "Fn::ForEach::T": _LOOP},
    "Outputs": None,
}


def test_what_is_not_a_section_is_empty() -> None:
    assert [section(_TEMPLATE, name) for name in ("Outputs", "Mappings")] == [{}, {}]


def test_resources_without_loops() -> None:
    assert {name: type_of(resource) for name, resource in resources(_TEMPLATE).items()} == {
        "Topic": "AWS::SNS::Topic",
        "Queue": "AWS::SQS::Queue",
    }


def test_resources_of_a_type_with_those_in_loops() -> None:
    assert list(resources_of_type(_TEMPLATE, "AWS::SNS::Topic")) == [
        ("Topic", {"TopicName": "a"}),
        ("Topic${X}", {"TopicName": "a"}),
    ]


def test_a_resource_without_type_and_properties() -> None:
    assert (type_of({"Type": 1}), properties({"Properties": []})) == ("", {})


def test_parameters_with_no_echo_are_secret() -> None:
    assert secret_parameters(_TEMPLATE) == {"Secret", "Token"}


def test_what_macros_read() -> None:
    assert macro_input(_TEMPLATE) == {
        "Transform": "AWS::LanguageExtensions",
        "Fn::ForEach::T": _LOOP,
    }
