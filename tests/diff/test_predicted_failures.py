"""Failures predicted from two templates."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from tests.deploy.conftest import source
from trailbell.diff import templates
from trailbell.diff.model import Notice, NoticeLevel, StackPlan

NONE: Mapping[str, Any] = MappingProxyType({})
WARNING, FAILURE = NoticeLevel.WARNING, NoticeLevel.FAILURE


def plan(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    old_sections: Mapping[str, Any] = NONE,
    new_sections: Mapping[str, Any] = NONE,
) -> StackPlan:
    """Plan the change from one set of resources to another, with optional other sections."""
    return templates.plan_from_templates(
        source("s", {"Resources": after, **new_sections}),
        {"Resources": before, **old_sections},
        "before",
    )


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"R": {"Type": kind, "Properties": properties}}


# -- Regions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "region", "texts"),
    [
        pytest.param({}, "us-east-1", [], id="the Region has the type"),
        pytest.param({}, "", [], id="no Region"),
        pytest.param(of("AWS::CloudWatch::LogAlarm"), "cn-north-1", [], id="it exists already"),
        pytest.param(
            {},
            "cn-north-1",
            [
                (
                    "cfn-lint does not know AWS::CloudWatch::LogAlarm in cn-north-1. If the Region "
                    "does not have this type, CloudFormation rejects the template."
                )
            ],
            id="a type that the Region may not have, once",
        ),
    ],
)
def test_a_type_that_the_region_may_not_have(
    before: Mapping[str, Any], region: str, texts: list[str]
) -> None:
    alarm = of("AWS::CloudWatch::LogAlarm")["R"]
    after = source("s", {"Resources": {"R": alarm, **({} if before else {"S": alarm})}})
    shown = templates.plan_from_templates(after, {"Resources": before}, "before", region=region)
    assert [each.text for each in shown.notices if each.level is WARNING] == texts


# -- names -------------------------------------------------------------------------------------

PERMISSION = {
    "FunctionName": {"Ref": "F"},
    "Action": "lambda:InvokeFunction",
    "Principal": "s3.amazonaws.com",
}
_FIFO = {"TopicName": "a.fifo"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            of("AWS::Lambda::Permission", **PERMISSION),
            of("AWS::Lambda::Permission", **PERMISSION | {"Principal": "events.amazonaws.com"}),
            id="a permission, whose statement id is generated",
        ),
        pytest.param(
            of("AWS::ApiGatewayV2::Authorizer", ApiId="a", AuthorizerType="REQUEST"),
            of("AWS::ApiGatewayV2::Authorizer", ApiId="a", AuthorizerType="JWT"),
            id="an authorizer, whose id is generated",
        ),
        pytest.param(
            of("AWS::EC2::Route", RouteTableId="r", DestinationCidrBlock="10.0.0.0/8"),
            of("AWS::EC2::Route", RouteTableId="r", DestinationCidrBlock="11.0.0.0/8"),
            id="a route, a part of whose identifier is no property",
        ),
        pytest.param(
            of("AWS::SNS::Topic"), of("AWS::SNS::Topic", FifoTopic=True), id="no name is given"
        ),
        pytest.param(
            of("AWS::SNS::Topic", TopicName={"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}),
            of("AWS::SNS::Topic", TopicName={"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]},
               FifoTopic=True),
            id="a name is given under a condition",
        ),
        pytest.param(
            of("AWS::SNS::Topic", TopicName="a"),
            of("AWS::SNS::Topic", TopicName="a.fifo", FifoTopic=True),
            id="another name",
        ),
        pytest.param(
            of("AWS::S3::StorageLens", StorageLensConfiguration={"Id": "a"}),
            of("AWS::S3::StorageLens", StorageLensConfiguration={"Id": "b"}),
            id="another name, deep in a property",
        ),
        pytest.param(
            of("AWS::SNS::Topic", TopicName={"Fn::GetAtt": ["C", "Name"]})
            | {"C": {"Type": "Custom::Name", "Properties": {"ServiceToken": "t", "For": "a"}}},
            of("AWS::SNS::Topic", TopicName={"Fn::GetAtt": ["C", "Name"]}, FifoTopic=True)
            | {"C": {"Type": "Custom::Name", "Properties": {"ServiceToken": "t", "For": "b"}}},
            id="a name that another resource may give differently now",
        ),
        pytest.param(
            of("AWS::Serverless::Api", Name="a", StageName="a"),
            of("AWS::Serverless::Api", Name="a", StageName="b"),
            id="a type without a schema",
        ),
    ],
)  # fmt: skip
def test_a_replacement_that_is_possible(before: Any, after: Any) -> None:
    stack_plan = plan(before, after)
    assert (
        stack_plan.notices,
        "R" in [change.logical_id for change in stack_plan.resource_changes],
    ) == (
        (),
        True,
    )


def test_a_name_from_a_parameter_with_a_new_default() -> None:
    def sections(name: str) -> dict[str, Any]:
        return {"Parameters": {"P": {"Type": "String", "Default": name}}}

    named = {"TopicName": {"Ref": "P"}}
    before, after = of("AWS::SNS::Topic", **named), of("AWS::SNS::Topic", FifoTopic=True, **named)
    assert plan(before, after, sections("a"), sections("b.fifo")).notices == ()


SAME_NAME = (
    "Requires replacement, but keeps its custom name, and the new resource is created before the "
    "old one is deleted. Change the name too."
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            of("AWS::SNS::Topic", **_FIFO),
            of("AWS::SNS::Topic", FifoTopic=True, **_FIFO),
            id="a topic, whose generated ARN holds the name",
        ),
        pytest.param(
            of("AWS::IAM::Role", RoleName="a", Path="/a/"),
            of("AWS::IAM::Role", RoleName="a", Path="/b/"),
            id="a role, whose identifier is the name",
        ),
        pytest.param(
            of("AWS::SNS::Topic", TopicName={"Fn::Sub": "${AWS::StackName}.fifo"}),
            of("AWS::SNS::Topic", TopicName={"Fn::Sub": "${AWS::StackName}.fifo"}, FifoTopic=True),
            id="a name that is the same in every update",
        ),
        pytest.param(
            of("AWS::ECS::Service", ServiceName="a", Cluster="c", Role="a"),
            of("AWS::ECS::Service", ServiceName="a", Cluster="c", Role="b"),
            id="a service, whose name is no part of its identifier",
        ),
    ],
)
def test_a_replacement_with_the_same_name_fails(before: Any, after: Any) -> None:
    assert plan(before, after).notices == (Notice(level=FAILURE, logical_id="R", text=SAME_NAME),)


# -- unsupported changes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        pytest.param(
            of("AWS::SNS::Topic"),
            of("AWS::SQS::Queue"),
            "The resource type cannot change from AWS::SNS::Topic. Use a new logical ID.",
            id="a type",
        ),
        pytest.param(
            of("Custom::One", ServiceToken="a"),
            of("Custom::Two", ServiceToken="a"),
            "The resource type cannot change from Custom::One. Use a new logical ID.",
            id="a custom resource's type",
        ),
        pytest.param(
            of("AWS::CloudFormation::CustomResource", ServiceToken="a"),
            of("Custom::Two", ServiceToken="b"),
            "The resource type cannot change from AWS::CloudFormation::CustomResource. Use a new "
            "logical ID.",
            id="a custom resource's type, from AWS's to an own one",
        ),
        pytest.param(
            of("AWS::CloudFormation::WaitCondition", Handle={"Ref": "H"}, Timeout="1"),
            of("AWS::CloudFormation::WaitCondition", Handle={"Ref": "H"}, Timeout="2"),
            "A wait condition cannot be updated. Use new logical IDs for it and its handle.",
            id="a wait condition",
        ),
    ],
)
def test_changes_that_are_not_supported(before: Any, after: Any, text: str) -> None:
    assert plan(before, after).notices == (Notice(level=FAILURE, logical_id="R", text=text),)


# -- service tokens ----------------------------------------------------------------------------

_PARAMETERS = {
    "One": {"Type": "String"},
    "Two": {"Type": "String"},
    "Arn": {"Type": "String", "Default": "arn:aws:lambda:eu-west-1:111122223333:function:f"},
}
_SECTIONS = {"Parameters": _PARAMETERS, "Conditions": {"C": {"Fn::Equals": ["a", "b"]}}}
_SUB = {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f"}


def tokens(
    before: Any, after: Any, kind: str = "Custom::Thing"
) -> list[tuple[NoticeLevel, str, str]]:
    stack_plan = plan(
        of(kind, ServiceToken=before), of(kind, ServiceToken=after), _SECTIONS, _SECTIONS
    )
    return [(notice.level, notice.logical_id, notice.path) for notice in stack_plan.notices]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a", "a", id="text"),
        pytest.param(
            {"Fn::GetAtt": ["F", "Arn"]}, {"Fn::GetAtt": "F.Arn"}, id="an attribute in two forms"
        ),
        pytest.param(
            {"Fn::Join": [":", ["arn", {"Ref": "AWS::Region"}, {"Fn::GetAtt": ["F", "A"]}]]},
            {"Fn::Sub": "arn:${AWS::Region}:${F.A}"},
            id="a join and a sub",
        ),
        pytest.param({"Ref": "One"}, {"Fn::Sub": ["${A}", {"A": {"Ref": "One"}}]}, id="a variable"),
    ],
)
def test_the_token_does_not_change(before: Any, after: Any) -> None:
    assert tokens(before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("arn:aws:lambda:eu-west-1:111122223333:function:f", _SUB, id="a Region"),
        pytest.param(_SUB, "arn:aws:lambda:eu-west-1:111122223333:function:f", id="one Region"),
        pytest.param(
            {"Fn::If": ["C", "a", "b"]}, {"Fn::If": ["D", "b", "a"]}, id="another condition"
        ),
        pytest.param(
            {"Fn::Sub": "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:f"}, _SUB,
            id="a partition",
        ),
        pytest.param(_PARAMETERS["Arn"]["Default"], {"Ref": "Arn"}, id="a parameter's default"),
        pytest.param({"Ref": "One"}, {"Fn::FindInMap": ["M", "a", "b"]}, id="a mapping"),
        pytest.param(
            {"Fn::If": ["C", "a", "b"]}, {"Fn::If": ["C", "a", "c"]}, id="one branch of two"
        ),
        pytest.param("a", {"Fn::If": ["C", "a", "b"]}, id="a branch that was all"),
        pytest.param(
            {"Fn::If": ["C", "a", {"Fn::If": ["D", "b", "c"]}]},
            {"Fn::If": ["C", "x", {"Fn::If": ["D", "b", "y"]}]},
            id="one branch of three",
        ),
    ],
)  # fmt: skip
def test_the_token_may_change(before: Any, after: Any) -> None:
    assert tokens(before, after) == [(WARNING, "R", "ServiceToken")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a", "b", id="text"),
        pytest.param({"Ref": "One"}, {"Ref": "Two"}, id="another parameter"),
        pytest.param({"Fn::GetAtt": ["F", "Arn"]}, {"Fn::GetAtt": ["G", "Arn"]}, id="another one"),
        pytest.param(_SUB, {"Fn::Sub": _SUB["Fn::Sub"] + "2"}, id="another function's name"),
        pytest.param(_SUB, "arn:aws:lambda:eu-west-1:111122223333:function:g", id="in one Region"),
        pytest.param({"Fn::ImportValue": "a"}, {"Fn::ImportValue": "b"}, id="another export"),
        pytest.param(
            {"Fn::If": ["C", "a", "b"]}, {"Fn::If": ["C", "b", "a"]}, id="branches in turn"
        ),
        pytest.param({"Fn::If": ["C", "a", "b"]}, "c", id="none of the branches"),
    ],
)
@pytest.mark.parametrize("kind", ["Custom::Thing", "AWS::CloudFormation::CustomResource"])
def test_the_token_changes(before: Any, after: Any, kind: str) -> None:
    assert tokens(before, after, kind) == [(FAILURE, "R", "ServiceToken")]


_FUNCTION = "AWS::Lambda::Function"


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        pytest.param(
            {"Fn::GetAtt": ["F", "Arn"]},
            Notice(
                level=FAILURE,
                logical_id="R",
                path="ServiceToken",
                text='The service token changes (F is replaced): "Modifying service token is not '
                'allowed". Use a new logical ID for the custom resource.',
            ),
            id="certainly",
        ),
        pytest.param(
            {"Fn::If": ["C", {"Fn::GetAtt": ["F", "Arn"]}, "a"]},
            Notice(
                level=WARNING,
                logical_id="R",
                path="ServiceToken",
                text="The service token may change (F is replaced), which is known after apply. "
                "If it changes, CloudFormation rejects the change: use a new logical ID for the "
                "custom resource.",
            ),
            id="under a condition",
        ),
    ],
)
def test_the_function_behind_the_token_is_replaced(token: Any, expected: Notice) -> None:
    custom = of("Custom::Thing", ServiceToken=token)
    before = {"F": {"Type": _FUNCTION, "Properties": {"FunctionName": "a"}}} | custom
    after = {"F": {"Type": _FUNCTION, "Properties": {"FunctionName": "b"}}} | custom
    assert plan(before, after).notices == (expected,)


def test_the_parameter_behind_the_token_has_another_default() -> None:
    def sections(default: str) -> dict[str, Any]:
        return {"Parameters": {"P": {"Type": "String", "Default": default}}}

    custom = of("Custom::Thing", ServiceToken={"Ref": "P"})
    assert plan(custom, custom, sections("a"), sections("b")).notices == (
        Notice(
            level=WARNING,
            logical_id="R",
            path="ServiceToken",
            text="The service token may change (default of parameter P: a → b), which is known "
            "after apply. If it changes, CloudFormation rejects the change: use a new "
            "logical ID for the custom resource.",
        ),
    )


def test_another_property_of_a_custom_resource() -> None:
    before = of("Custom::Thing", ServiceToken="a", Size=1)
    after = of("Custom::Thing", ServiceToken="a", Size=2)
    assert plan(before, after).notices == ()
