"""Verification finds what no longer detects, and why."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tests.deploy.conftest import Deployer, RecordingUi, quick, source, target
from trailbell.aws.client import ServiceClient
from trailbell.deploy import apply
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment
from trailbell.deploy.session import DeploySession, open_session
from trailbell.deploy.verify import Discrepancy, verify
from trailbell.errors import NotFoundError

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
                    "Topic",
                    "The topic policy does not allow cloudwatch.amazonaws.com to call sns:Publish.",
                )
            ],
            id="the topic policy is removed",
        ),
    ],
)
def test_changes_outside_cloudformation_are_found(
    deployed: DeploySession, change: object, expected: list[tuple[str, str]]
) -> None:
    assert callable(change)
    change()
    discrepancies = verify(deployed, "alerts", source("alerts", TEMPLATE), drift=False)
    assert [(d.logical_id, d.text) for d in discrepancies] == expected


def test_a_stack_that_is_not_deployed_is_an_error(deployer: Deployer) -> None:
    with pytest.raises(NotFoundError, match="Stack alerts is not deployed in us-east-1"):
        verify(deployer.session, "alerts", source())


def test_drift_and_a_different_template_are_found(deployer: Deployer) -> None:
    empty: dict[str, Any] = {"Resources": {"B": {"Type": "AWS::SQS::Queue"}}}
    deployer.fake.put("alerts", "UPDATE_ROLLBACK_COMPLETE", template={"Resources": {}})
    deployer.fake.drift = [
        _drift("A", "DELETED"),
        _drift(
            "B",
            "MODIFIED",
            PropertyDifferences=[
                {
                    "PropertyPath": "/Tags/0/Value",
                    "ExpectedValue": "x",
                    "ActualValue": "y",
                    "DifferenceType": "NOT_EQUAL",
                }
            ],
        ),
    ]
    assert verify(deployer.session, "alerts", source("alerts", empty)) == (
        Discrepancy(
            logical_id="",
            text="Stack status is UPDATE_ROLLBACK_COMPLETE: the last update was rolled back.",
        ),
        Discrepancy(
            logical_id="", text="The deployed template differs from dist/. Deploy the stack."
        ),
        Discrepancy(logical_id="A", text="The resource was deleted outside CloudFormation."),
        Discrepancy(
            logical_id="B",
            text="The resource was changed outside CloudFormation: Tags.0.Value is y, not x",
        ),
    )


def _drift(name: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "StackId": "arn:stack",
        "LogicalResourceId": name,
        "ResourceType": "AWS::SQS::Queue",
        "StackResourceDriftStatus": status,
        "Timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        **more,
    }


# -- responses that no emulator returns, validated by the SDK's own stub -----------------------

NOW = datetime.now(UTC)
OLD = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
TRAIL = {
    "Resources": {
        "R": {
            "Type": "AWS::CloudTrail::Trail",
            "Properties": {"CloudWatchLogsLogGroupArn": "arn", "KMSKeyId": {"Ref": "Key"}},
        }
    }
}
GOOD = {
    "IsLogging": True,
    "LatestDeliveryTime": NOW,
    "LatestCloudWatchLogsDeliveryTime": NOW,
}


def stubbed(
    deployer: Deployer, document: Mapping[str, Any], service: str, *answers: tuple[str, Any]
) -> list[str]:
    """Return the discrepancies of resource R with these responses of one service."""
    deployer.fake.put(
        "alerts",
        "CREATE_COMPLETE",
        template=dict(document),
        resources=[("R", document["Resources"]["R"]["Type"], "CREATE_COMPLETE")],
    )
    client = boto3.client(service)
    with Stubber(client) as stub:
        for operation, answer in answers:
            stub.add_response(operation, answer)
        deployer.session.aws._services[service, "us-east-1"] = ServiceClient(client)
        discrepancies = verify(deployer.session, "alerts", source("alerts", document), drift=False)
        stub.assert_no_pending_responses()
    return [discrepancy.text for discrepancy in discrepancies]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(GOOD, [], id="no discrepancy"),
        pytest.param(GOOD | {"IsLogging": False}, ["The trail is not logging."], id="stopped"),
        pytest.param(
            GOOD | {"LatestDeliveryError": "AccessDenied"},
            ["Delivery of log files to the bucket fails: AccessDenied"],
            id="delivery to the bucket fails",
        ),
        pytest.param(
            GOOD | {"LatestCloudWatchLogsDeliveryError": "no role"},
            ["Delivery to CloudWatch Logs fails: no role"],
            id="delivery to the log group fails",
        ),
        pytest.param(
            GOOD | {"LatestDeliveryTime": OLD},
            ["Nothing has been delivered to the bucket since 2026-01-01 12:00."],
            id="no recent delivery",
        ),
        pytest.param(
            {"IsLogging": True, "LatestDeliveryTime": NOW},
            ["Nothing has been delivered to the log group yet."],
            id="no delivery yet",
        ),
    ],
)
def test_discrepancies_of_a_trail(
    deployer: Deployer, status: Mapping[str, Any], expected: list[str]
) -> None:
    answer = ("get_trail_status", dict(status))
    assert stubbed(deployer, TRAIL, "cloudtrail", answer) == expected


KEY = {
    "Resources": {
        "R": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}},
        "T": {
            "Type": "AWS::SNS::Topic",
            "Condition": "C",
            "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["R", "Arn"]}},
        },
    }
}


def _key(state: str, *actions: str) -> tuple[tuple[str, Any], tuple[str, Any]]:
    policy = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": list(actions),
                "Resource": "*",
            }
        ]
    }
    return (
        ("describe_key", {"KeyMetadata": {"KeyId": "k", "KeyState": state}}),
        ("get_key_policy", {"Policy": json.dumps(policy)}),
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(
            _key("Enabled", "kms:Decrypt", "kms:GenerateDataKey*"), [], id="no discrepancy"
        ),
        pytest.param(
            _key("PendingDeletion", "kms:*"),
            ["The key state is PendingDeletion."],
            id="pending deletion",
        ),
        pytest.param(
            _key("Enabled", "kms:Decrypt"),
            ["The key policy does not allow cloudwatch.amazonaws.com to call kms:GenerateDataKey."],
            id="alarms cannot publish",
        ),
    ],
)
def test_discrepancies_of_a_key(deployer: Deployer, answers: Any, expected: list[str]) -> None:
    assert stubbed(deployer, KEY, "kms", *answers) == expected


TOPIC = {"Resources": {"R": {"Type": "AWS::SNS::Topic", "Properties": {}}}}


def _subscriptions(*arns: str) -> tuple[tuple[str, Any], tuple[str, Any]]:
    subscriptions = [{"SubscriptionArn": arn, "Endpoint": "a@example.com"} for arn in arns]
    policy = json.dumps({"Statement": ALLOWED["Statement"]})
    return (
        ("list_subscriptions_by_topic", {"Subscriptions": subscriptions}),
        ("get_topic_attributes", {"Attributes": {"Policy": policy}}),
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(
            _subscriptions("arn:aws:sns:us-east-1:111122223333:t:1"), [], id="no discrepancy"
        ),
        pytest.param(_subscriptions(), ["The topic has no subscriptions."], id="no subscriptions"),
        pytest.param(
            _subscriptions("PendingConfirmation"),
            ["The subscription of a@example.com is pending confirmation."],
            id="pending confirmation",
        ),
    ],
)
def test_discrepancies_of_a_topic(deployer: Deployer, answers: Any, expected: list[str]) -> None:
    assert stubbed(deployer, TOPIC, "sns", *answers) == expected
