"""Reading back: what no longer watches is found, whoever broke it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tests.deploy.conftest import Deployer, Listener, quick, source, target
from trailbell.aws.client import RateLimiter, ServiceClient
from trailbell.deploy import apply, session
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment
from trailbell.deploy.session import DeploySession
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
WATCHING: Mapping[str, Any] = {
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
    """A stack that watches, with somebody subscribed."""
    assert emulator
    here = session.open_session(Environment(), poller=quick(), rate=RateLimiter(1000, 1000))
    wanted = target("alerts", WATCHING)
    [result] = apply.apply(
        here, [wanted], {"alerts": frozenset()}, DeployOptions(), frozenset(), Listener()
    )
    assert result.status == "deployed"
    boto3.client("sns").subscribe(
        TopicArn=_topic(), Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:111122223333:q"
    )
    return here


def _topic() -> str:
    return str(boto3.client("sns").list_topics()["Topics"][0]["TopicArn"])


def _nothing() -> None:
    """Leave all as it is."""


def _mute() -> None:
    boto3.client("cloudwatch").disable_alarm_actions(AlarmNames=["a"])


def _lose_the_alarm() -> None:
    boto3.client("cloudwatch").delete_alarms(AlarmNames=["a"])


def _other_text() -> None:
    boto3.client("logs").put_metric_filter(
        logGroupName="g",
        filterName="f",
        filterPattern="{ $.a = 2 }",
        metricTransformations=[{"metricNamespace": "N", "metricName": "M", "metricValue": "1"}],
    )


def _lose_the_filter() -> None:
    boto3.client("logs").delete_metric_filter(logGroupName="g", filterName="f")


def _close_the_topic() -> None:
    boto3.client("sns").set_topic_attributes(
        TopicArn=_topic(),
        AttributeName="Policy",
        AttributeValue=json.dumps(ALLOWED | {"Statement": []}),
    )


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("happens", "faults"),
    [
        pytest.param(_nothing, [], id="nothing"),
        pytest.param(_mute, [("Alarm", "Its actions are disabled.")], id="an alarm is muted"),
        pytest.param(
            _lose_the_alarm,
            [("Alarm", "The resource was deleted outside CloudFormation.")],
            id="an alarm is deleted",
        ),
        pytest.param(
            _other_text,
            [("Filter", 'The filter pattern is "{ $.a = 2 }" and differs from the template.')],
            id="a filter says something else",
        ),
        pytest.param(
            _lose_the_filter,
            [("Filter", "The resource was deleted outside CloudFormation.")],
            id="a filter is deleted",
        ),
        pytest.param(
            _close_the_topic,
            [
                (
                    "Topic",
                    "The topic policy does not allow cloudwatch.amazonaws.com to call sns:Publish.",
                )
            ],
            id="a topic is closed",
        ),
    ],
)
def test_what_somebody_broke_is_found(
    deployed: DeploySession, happens: object, faults: list[tuple[str, str]]
) -> None:
    assert callable(happens)
    happens()
    found = verify(deployed, "alerts", source("alerts", WATCHING), drift=False)
    assert [(fault.logical_id, fault.text) for fault in found] == faults


def test_what_is_not_deployed_is_told(deployer: Deployer) -> None:
    with pytest.raises(NotFoundError, match="Stack alerts is not deployed in us-east-1"):
        verify(deployer.desk, "alerts", source())


def test_drift_and_another_template_are_told(deployer: Deployer) -> None:
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
    assert verify(deployer.desk, "alerts", source("alerts", empty)) == (
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


# -- what no emulator has: answers that the SDK's own stub validates ---------------------------

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
    """The faults of resource R, with these answers of one service."""
    deployer.fake.put(
        "alerts", "CREATE_COMPLETE", template=dict(document),
        resources=[("R", document["Resources"]["R"]["Type"], "CREATE_COMPLETE")],
    )  # fmt: skip
    client = boto3.client(service)
    with Stubber(client) as stub:
        for operation, answer in answers:
            stub.add_response(operation, answer)
        deployer.desk.aws._services[service] = ServiceClient(client, RateLimiter(1000, 1000))
        found = verify(deployer.desk, "alerts", source("alerts", document), drift=False)
        stub.assert_no_pending_responses()
    return [fault.text for fault in found]


@pytest.mark.parametrize(
    ("status", "faults"),
    [
        pytest.param(GOOD, [], id="well"),
        pytest.param(GOOD | {"IsLogging": False}, ["The trail is not logging."], id="stopped"),
        pytest.param(
            GOOD | {"LatestDeliveryError": "AccessDenied"},
            ["Delivery of log files to the bucket fails: AccessDenied"],
            id="the bucket refuses",
        ),
        pytest.param(
            GOOD | {"LatestCloudWatchLogsDeliveryError": "no role"},
            ["Delivery to CloudWatch Logs fails: no role"],
            id="the log group refuses",
        ),
        pytest.param(
            GOOD | {"LatestDeliveryTime": OLD},
            ["Nothing has been delivered to the bucket since 2026-01-01 12:00."],
            id="silent for long",
        ),
        pytest.param(
            {"IsLogging": True, "LatestDeliveryTime": NOW},
            ["Nothing has been delivered to the log group yet."],
            id="never heard of",
        ),
    ],
)
def test_a_trail(deployer: Deployer, status: Mapping[str, Any], faults: list[str]) -> None:
    answer = ("get_trail_status", dict(status))
    assert stubbed(deployer, TRAIL, "cloudtrail", answer) == faults


KEY = {
    "Resources": {
        "R": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}},
        "T": {"Type": "AWS::SNS::Topic", "Condition": "C",
              "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["R", "Arn"]}}},
    }
}  # fmt: skip


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
    ("answers", "faults"),
    [
        pytest.param(_key("Enabled", "kms:Decrypt", "kms:GenerateDataKey*"), [], id="well"),
        pytest.param(
            _key("PendingDeletion", "kms:*"),
            ["The key state is PendingDeletion."],
            id="being destroyed",
        ),
        pytest.param(
            _key("Enabled", "kms:Decrypt"),
            ["The key policy does not allow cloudwatch.amazonaws.com to call kms:GenerateDataKey."],
            id="alarms cannot publish",
        ),
    ],
)
def test_a_key(deployer: Deployer, answers: Any, faults: list[str]) -> None:
    assert stubbed(deployer, KEY, "kms", *answers) == faults


TOPIC = {"Resources": {"R": {"Type": "AWS::SNS::Topic", "Properties": {}}}}


def _subscriptions(*arns: str) -> tuple[tuple[str, Any], tuple[str, Any]]:
    found = [{"SubscriptionArn": arn, "Endpoint": "a@example.com"} for arn in arns]
    policy = json.dumps({"Statement": ALLOWED["Statement"]})
    return (
        ("list_subscriptions_by_topic", {"Subscriptions": found}),
        ("get_topic_attributes", {"Attributes": {"Policy": policy}}),
    )


@pytest.mark.parametrize(
    ("answers", "faults"),
    [
        pytest.param(_subscriptions("arn:aws:sns:us-east-1:111122223333:t:1"), [], id="well"),
        pytest.param(_subscriptions(), ["The topic has no subscriptions."], id="nobody"),
        pytest.param(
            _subscriptions("PendingConfirmation"),
            ["The subscription of a@example.com is pending confirmation."],
            id="nobody confirmed",
        ),
    ],
)
def test_a_topic(deployer: Deployer, answers: Any, faults: list[str]) -> None:
    assert stubbed(deployer, TOPIC, "sns", *answers) == faults
