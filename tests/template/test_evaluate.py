"""What intrinsic functions return with given parameters, and what stays unknown."""

from typing import Any

import pytest

from trailbell.template.evaluate import UNKNOWN, Evaluator, Scope, is_unknown

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Name": {"Type": "String", "Default": "watch"},
        "Days": {"Type": "Number", "Default": 90},
        "Endpoints": {"Type": "CommaDelimitedList", "Default": "a@example.com, b@example.com"},
        "Required": {"Type": "String"},
        "Looked": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"},
    },
    "Mappings": {"Size": {"small": {"bytes": "1"}}},
    "Conditions": {
        "HasName": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
        "Depends": {"Fn::And": [{"Condition": "HasName"}, {"Condition": "HasName"}]},
        "Open": {"Fn::Equals": [{"Ref": "Required"}, "x"]},
        "Either": {"Fn::Or": [{"Condition": "Open"}, {"Condition": "HasName"}]},
        "Both": {"Fn::And": [{"Condition": "Open"}, {"Condition": "HasName"}]},
        "Loop": {"Fn::Not": [{"Condition": "Loop"}]},
    },
}
SCOPE = Scope(
    pseudo={"AWS::Region": "eu-central-1", "AWS::StackName": "alerts"},
    physical_ids={"Topic": "arn:aws:sns:eu-central-1:111122223333:t"},
    attributes={("Topic", "TopicName"): "t"},
    exports={"alerts-LogGroup": "trails"},
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"Ref": "Required"}, UNKNOWN, id="a parameter without a value is unknown"),
        pytest.param({"Ref": "Looked"}, UNKNOWN, id="the value of an SSM parameter is unknown"),
        pytest.param({"Ref": "Other"}, UNKNOWN, id="a resource that is not deployed is unknown"),
        pytest.param({"Fn::GetAtt": ["Topic", "Arn"]}, UNKNOWN, id="an attribute is unknown"),
        pytest.param({"Fn::Sub": "x-${Required}"}, UNKNOWN, id="a text with an unknown part"),
        pytest.param({"Fn::Join": ["-", ["a", {"Ref": "Required"}]]}, UNKNOWN, id="such a join"),
        pytest.param(
            {"Fn::Equals": ["arn:aws", {"Fn::Sub": "arn:${Required}"}]},
            UNKNOWN,
            id="a text that begins like one with an unknown part",
        ),
        pytest.param(
            {"Fn::Equals": ["", {"Fn::Sub": "${Required}-x"}]},
            UNKNOWN,
            id="a text with an unknown beginning",
        ),
        pytest.param(
            {"Fn::Equals": ["", {"Fn::Sub": "arn:${Required}"}]},
            False,
            id="an empty text and one with an unknown part",
        ),
        pytest.param(
            {"Fn::Equals": [{"Fn::Sub": ["arn:${a}", {"a": {"Ref": "Required"}}]}, "urn:x"]},
            False,
            id="a text that begins otherwise",
        ),
        pytest.param({"Fn::If": ["Open", 1, 2]}, UNKNOWN, id="an unknown condition"),
        pytest.param({"Fn::If": ["Loop", 1, 2]}, UNKNOWN, id="a condition of itself"),
        pytest.param({"Fn::ImportValue": "none"}, UNKNOWN, id="an export that does not exist"),
        pytest.param({"Fn::GetAZs": ""}, UNKNOWN, id="a function that only AWS evaluates"),
        pytest.param({"Fn::FindInMap": ["Size", "big", "bytes"]}, UNKNOWN, id="a missing key"),
        pytest.param(
            {"Fn::FindInMap": ["Size", "big", "bytes", {"DefaultValue": "9"}]},
            "9",
            id="a missing key with a default",
        ),
        pytest.param({"Fn::FindInMap": ["Size", "small", "bytes"]}, "1", id="a mapping"),
        pytest.param({"Ref": "Name"}, "watch", id="the default of a parameter"),
        pytest.param({"Ref": "Days"}, "90", id="a number is text, as for CloudFormation"),
        pytest.param(
            {"Ref": "Endpoints"}, ["a@example.com", "b@example.com"], id="a list parameter"
        ),
        pytest.param(
            {"Fn::Select": [1, {"Ref": "Endpoints"}]}, "b@example.com", id="an entry of it"
        ),
        pytest.param({"Fn::Select": ["7", {"Ref": "Endpoints"}]}, UNKNOWN, id="no such entry"),
        pytest.param({"Fn::Length": {"Ref": "Endpoints"}}, 2, id="a length"),
        pytest.param({"Fn::Split": [".", "a.b"]}, ["a", "b"], id="a split"),
        pytest.param(
            {"Fn::Sub": ["${!Literal} ${a}", {"a": "${!Value}"}]},
            "${Literal} ${!Value}",
            id="a value that looks like an escaped variable",
        ),
        pytest.param(
            {"Fn::Sub": "${AWS::Region}/${Topic.TopicName}/${!Literal}"},
            "eu-central-1/t/${Literal}",
            id="a substitution",
        ),
        pytest.param(
            {"Fn::Sub": ["${a}-${Name}", {"a": {"Ref": "Days"}}]}, "90-watch", id="its variables"
        ),
        pytest.param(
            {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-LogGroup"}}, "trails", id="an import"
        ),
        pytest.param({"Fn::If": ["Depends", 1, 2]}, 1, id="a condition of conditions"),
        pytest.param({"Fn::If": ["Either", 1, 2]}, 1, id="one true operand settles Or"),
        pytest.param({"Fn::If": ["Both", 1, 2]}, UNKNOWN, id="an unknown operand leaves And open"),
        pytest.param(
            {"a": {"Fn::If": ["HasName", {"Ref": "AWS::NoValue"}, 1]}, "b": [{"Ref": "Topic"}]},
            {"b": ["arn:aws:sns:eu-central-1:111122223333:t"]},
            id="a member that is AWS::NoValue is left out",
        ),
        pytest.param({"Fn::ToJsonString": {"a": [1]}}, '{"a":[1]}', id="JSON"),
    ],
)
def test_value(value: Any, expected: Any) -> None:
    assert Evaluator(TEMPLATE, SCOPE).value(value) == expected


def test_a_given_parameter_replaces_its_default() -> None:
    scope = Scope(parameters={"Name": "", "Required": "x"})
    evaluator = Evaluator(TEMPLATE, scope)
    assert [evaluator.condition(name) for name in ("HasName", "Open", "Both", "None")] == [
        False,
        True,
        False,
        None,
    ]


def test_a_value_that_is_not_known_replaces_a_default_too() -> None:
    evaluator = Evaluator(TEMPLATE, Scope(parameters={"Name": UNKNOWN}))
    assert (evaluator.value({"Ref": "Name"}), evaluator.condition("HasName")) == (UNKNOWN, None)


def test_what_is_unknown_inside_a_value_is_found() -> None:
    assert [is_unknown(v) for v in ({"a": [UNKNOWN]}, {"a": [1]})] == [True, False]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        pytest.param({"Condition": "Open"}, None, id="an unknown condition"),
        pytest.param({"Condition": "HasName"}, True, id="a condition that holds"),
        pytest.param({}, True, id="no condition"),
    ],
)
def test_exists(resource: dict[str, Any], *, expected: bool | None) -> None:
    assert Evaluator(TEMPLATE, SCOPE).exists(resource) is expected
