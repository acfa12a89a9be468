"""Verification against an emulator: answers that no test wrote."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from tests.deploy.conftest import RecordingUi, quick, target
from trailbell.deploy import apply
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment
from trailbell.deploy.session import DeploySession, open_session
from trailbell.deploy.verify.stack import verify

NOT_EMULATED = "Could not be read: GetTransformer: Unknown action: GetTransformer"
NOT_ALLOWED = "The topic policy does not allow cloudwatch.amazonaws.com to call sns:Publish: "
ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": {"Ref": "Topic"},
        }
    ],
}
PATTERN = {"source": ["aws.iam"], "detail": {"eventName": ["CreateUser", "DeleteUser"]}}
TEMPLATE: Mapping[str, Any] = {
    "Resources": {
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "g"}},
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "FilterName": "f",
                "LogGroupName": {"Ref": "Group"},
                "FilterPattern": "{ $.a = 1 }",
                "MetricTransformations": [
                    {"MetricNamespace": "N", "MetricName": "M", "MetricValue": "1"}
                ],
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}},
        "Policy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": ALLOWED},
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "a",
                "Namespace": "N",
                "MetricName": "M",
                "Statistic": "Sum",
                "Period": 300,
                "EvaluationPeriods": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "Threshold": 1,
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "b"}},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "r",
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": PATTERN,
                "State": "ENABLED",
                "Targets": [
                    {
                        "Id": "text",
                        "Arn": {"Ref": "Topic"},
                        "InputTransformer": {
                            "InputPathsMap": {"who": "$.detail.userIdentity.arn"},
                            "InputTemplate": '"<who> did it."',
                        },
                    }
                ],
            },
        },
        "DefaultRule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "d",
                "EventPattern": PATTERN,
                "Targets": [{"Id": "text", "Arn": {"Ref": "Topic"}}],
            },
        },
    }
}


@pytest.fixture
def deployed(emulator: str) -> DeploySession:
    """A deployed stack with a subscription."""
    assert emulator
    session = open_session(Environment(), poller=quick())
    to_deploy = target("alerts", TEMPLATE)
    [result] = apply.apply(
        session, [to_deploy], {"alerts": frozenset()}, DeployOptions(), frozenset(), RecordingUi()
    )
    assert result.status == "deployed"
    boto3.client("sns").subscribe(
        TopicArn=_topic(), Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:111122223333:q"
    )
    return session


def _topic() -> str:
    return str(boto3.client("sns").list_topics()["Topics"][0]["TopicArn"])


def _nothing() -> None:
    """Change nothing."""


def _disable_alarm_actions() -> None:
    boto3.client("cloudwatch").disable_alarm_actions(AlarmNames=["a"])


def _disable_rule() -> None:
    boto3.client("events").disable_rule(Name="r", EventBusName="b")


def _remove_target() -> None:
    boto3.client("events").remove_targets(Rule="r", EventBusName="b", Ids=["text"])


def _change_message() -> None:
    target = {"Id": "text", "Arn": _topic(), "InputPath": "$.detail"}
    boto3.client("events").put_targets(Rule="d", Targets=[target])


def _narrow_rule() -> None:
    pattern = {**PATTERN, "detail": {"eventName": ["DeleteUser"]}}
    boto3.client("events").put_rule(Name="d", EventPattern=json.dumps(pattern), State="ENABLED")


def _delete_rule() -> None:
    boto3.client("events").remove_targets(Rule="d", Ids=["text"])
    boto3.client("events").delete_rule(Name="d")


def _delete_alarm() -> None:
    boto3.client("cloudwatch").delete_alarms(AlarmNames=["a"])


def _change_filter_pattern() -> None:
    boto3.client("logs").put_metric_filter(
        logGroupName="g",
        filterName="f",
        filterPattern="{ $.a = 2 }",
        metricTransformations=[{"metricNamespace": "N", "metricName": "M", "metricValue": "1"}],
    )


def _delete_filter() -> None:
    boto3.client("logs").delete_metric_filter(logGroupName="g", filterName="f")


def _remove_topic_permissions() -> None:
    boto3.client("sns").set_topic_attributes(
        TopicArn=_topic(),
        AttributeName="Policy",
        AttributeValue=json.dumps(ALLOWED | {"Statement": []}),
    )


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(_nothing, [], id="nothing"),
        pytest.param(
            _disable_alarm_actions,
            [("Alarm", "Its actions are disabled.")],
            id="alarm actions are disabled",
        ),
        pytest.param(
            _delete_alarm,
            [("Alarm", "The resource was deleted outside CloudFormation.")],
            id="an alarm is deleted",
        ),
        pytest.param(
            _change_filter_pattern,
            [("Filter", 'The filter pattern is "{ $.a = 2 }" and differs from the template.')],
            id="the filter pattern is changed",
        ),
        pytest.param(
            _delete_filter,
            [("Filter", "The resource was deleted outside CloudFormation.")],
            id="a filter is deleted",
        ),
        pytest.param(
            _remove_topic_permissions,
            [
                (
                    "Policy",
                    f"{NOT_ALLOWED}no statement allows it.",
                )
            ],
            id="the topic policy is removed",
        ),
        pytest.param(_disable_rule, [("Rule", "The rule is disabled.")], id="a rule is disabled"),
        pytest.param(
            _remove_target,
            [
                (
                    "Rule",
                    'It no longer has the target "text", arn:aws:sns:us-east-1:111122223333:t.',
                )
            ],
            id="a target is removed",
        ),
        pytest.param(
            _change_message,
            [("DefaultRule", 'The message to target "text" is not that of the template.')],
            id="a message is changed",
        ),
        pytest.param(
            _narrow_rule,
            [("DefaultRule", "No longer matches eventName CreateUser.")],
            id="an event pattern is narrower",
        ),
        pytest.param(
            _delete_rule,
            [("DefaultRule", "The resource was deleted outside CloudFormation.")],
            id="a rule is deleted",
        ),
    ],
)
def test_changes_outside_cloudformation_are_found(
    deployed: DeploySession, change: object, expected: list[tuple[str, str]]
) -> None:
    assert callable(change)
    change()
    discrepancies = verify(deployed, target("alerts", TEMPLATE), drift=False)
    assert [
        (entry.logical_id, entry.text)
        for entry in discrepancies
        if entry.is_problem and entry.text != NOT_EMULATED
    ] == expected
