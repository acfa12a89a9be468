"""A template with given parameters: what they decide is decided, all else stays."""

from typing import Any

import pytest

from trailbell.template.evaluate import UNKNOWN, Evaluator, Marker, Scope
from trailbell.template.resolve import resolve_template

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Mail": {"Type": "String", "Default": ""}, "Days": {"Type": "Number"}},
    "Conditions": {"HasMail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Mail"}, ""]}]}},
    "Resources": {
        "Topic": {"Type": "T", "Properties": {"Name": {"Fn::Sub": "t-${Mail}"}}},
        "Mail1": {
            "Type": "S",
            "Condition": "HasMail",
            "Properties": {"Topic": {"Ref": "Topic"}, "To": {"Ref": "Mail"}},
        },
        "Group": {
            "Type": "G",
            "Properties": {
                "Days": {"Ref": "Days"},
                "Key": {
                    "Fn::If": ["HasMail", {"Fn::GetAtt": ["K", "Arn"]}, {"Ref": "AWS::NoValue"}]
                },
            },
        },
    },
    "Outputs": {"Mail": {"Condition": "HasMail", "Value": {"Ref": "Mail"}}},
}


@pytest.mark.parametrize(
    ("parameters", "resources", "outputs"),
    [
        pytest.param(
            {"Mail": "", "Days": "30"},
            {
                "Topic": {"Type": "T", "Properties": {"Name": "t-"}},
                "Group": {"Type": "G", "Properties": {"Days": "30"}},
            },
            {},
            id="a condition that is false",
        ),
        pytest.param(
            {"Mail": "a@example.com"},
            {
                "Topic": {"Type": "T", "Properties": {"Name": "t-a@example.com"}},
                "Mail1": {
                    "Type": "S",
                    "Properties": {"Topic": {"Ref": "Topic"}, "To": "a@example.com"},
                },
                "Group": {
                    "Type": "G",
                    "Properties": {"Days": {"Ref": "Days"}, "Key": {"Fn::GetAtt": ["K", "Arn"]}},
                },
            },
            {"Mail": {"Value": "a@example.com"}},
            id="a condition that is true, and a parameter that is not known",
        ),
        pytest.param(
            {"Mail": UNKNOWN, "Days": UNKNOWN},
            TEMPLATE["Resources"],
            TEMPLATE["Outputs"],
            id="nothing is known",
        ),
    ],
)
def test_resolve(
    parameters: dict[str, str | Marker], resources: dict[str, Any], outputs: dict[str, Any]
) -> None:
    resolved = resolve_template(Evaluator(TEMPLATE, Scope(parameters=parameters)))
    assert (resolved["Resources"], resolved["Outputs"]) == (resources, outputs)
    assert resolved["Parameters"] == TEMPLATE["Parameters"]
