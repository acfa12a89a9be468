"""The policies of what EventBridge rules use, as whole documents."""

from typing import Any

from troposphere import encode_to_dict

from policies.chat_role import chat_role_trust
from policies.event_bus import organization_bus_statement, send_role_policy, send_role_trust
from policies.event_queue import event_queue_policy
from policies.event_topic import event_topic_policy
from policies.key import event_statements


def _assumed_by(service: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_only_rules_send_to_the_queue() -> None:
    assert encode_to_dict(event_queue_policy(queue_arn="QUEUE", rule_arn="RULE")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowRuleSend",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": ["sqs:SendMessage"],
                "Resource": ["QUEUE"],
                "Condition": {"ArnEquals": {"aws:SourceArn": "RULE"}},
            },
            {
                "Sid": "DenyRequestsWithoutTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["sqs:*"],
                "Resource": ["QUEUE"],
                "Condition": {"Bool": {"aws:SecureTransport": False}},
            },
        ],
    }


def test_rules_publish_without_a_condition_and_alarms_of_one_account_with_one() -> None:
    """SNS evaluates no condition for EventBridge: a condition would stop every message."""
    policy = event_topic_policy(topic_arn="TOPIC", account="111122223333", alarms_arn="ALARMS")
    assert encode_to_dict(policy) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowEventBridgeRulesPublish",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": ["sns:Publish"],
                "Resource": ["TOPIC"],
            },
            {
                "Sid": "AllowCloudWatchAlarmsPublish",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": ["sns:Publish"],
                "Resource": ["TOPIC"],
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "111122223333"},
                    "ArnLike": {"aws:SourceArn": "ALARMS"},
                },
            },
        ],
    }


def test_rules_use_the_key_without_a_condition() -> None:
    assert encode_to_dict(event_statements()) == [
        {
            "Sid": "AllowEventBridgeRules",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": ["*"],
        }
    ]


def test_only_accounts_of_the_organization_send_to_the_bus() -> None:
    statement = organization_bus_statement(bus_arn="BUS", organization_id="o-a1b2c3d4e5")
    assert encode_to_dict(statement) == {
        "Sid": "AllowOrganization",
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["events:PutEvents"],
        "Resource": ["BUS"],
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    }


def test_the_role_of_forwarding_rules_sends_to_one_bus() -> None:
    assert encode_to_dict(send_role_trust()) == _assumed_by("events.amazonaws.com")
    assert encode_to_dict(send_role_policy(bus_arn="BUS")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "SendEvents",
                "Effect": "Allow",
                "Action": ["events:PutEvents"],
                "Resource": ["BUS"],
            }
        ],
    }


def test_the_role_of_a_chat_channel_is_for_the_service_only() -> None:
    assert encode_to_dict(chat_role_trust()) == _assumed_by("chatbot.amazonaws.com")
