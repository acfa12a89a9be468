"""What is reported of a topic, its subscriptions and the function that it invokes."""

import json
from typing import Any

import pytest

from tests.deploy.verify.breakages import DELETED, DENY_ALL, Breakage, Problems, change, gone, topic
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.described_account import DescribedAccount
from tests.deploy.verify.watched_stack import (
    ALARM_CONDITION,
    FUNCTION,
    INVOKE,
    KEY_ID,
    LOW_TOPIC,
    MAIL_ARN,
    PAGER_ARN,
    PUBLISH,
    TOPIC,
    policy,
)

TO_CONFIRM = (
    "The subscription of a@example.com is pending confirmation: open the link in the message that "
    "SNS sent. Until then, it receives no notifications."
)


def subscription(member: str, value: Any) -> Breakage:
    return change("ListSubscriptionsByTopic", TOPIC, f"Subscriptions.0.{member}", value)


def unsubscribed(account: DescribedAccount) -> None:
    del account.answers["ListSubscriptionsByTopic", TOPIC]["Subscriptions"][0]


DENY_OTHERS = DENY_ALL | {"Condition": {"StringNotEquals": {"aws:SourceAccount": "123456789012"}}}
OTHER_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
NOT_ALLOWED = "The topic policy does not allow cloudwatch.amazonaws.com to call sns:Publish: "


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(
            gone("GetTopicAttributes", TOPIC),
            [
                ("Alarm", f"The topic {TOPIC}, which it notifies, does not exist."),
                ("Heartbeat", f"The topic {TOPIC}, which it notifies, does not exist."),
                ("Topic", DELETED),
                ("TopicPolicy", DELETED),
                ("Rule", f"The topic {TOPIC}, to which it sends, does not exist."),
            ],
            id="topic: deleted",
        ),
        pytest.param(
            topic("KmsMasterKeyId", "alias/aws/sns"),
            [("Topic", "It is encrypted with alias/aws/sns: CloudWatch cannot publish to it.")],
            id="topic: encrypted with the key that AWS manages",
        ),
        pytest.param(
            topic("KmsMasterKeyId", "arn:aws:kms:us-east-1:111122223333:key/other"),
            [
                (
                    "Topic",
                    (
                        'KmsMasterKeyId is "arn:aws:kms:us-east-1:111122223333:key/other", not '
                        f'"arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}".'
                    ),
                )
            ],
            id="topic: another key",
        ),
        pytest.param(
            topic("Policy", policy()),
            [("TopicPolicy", f"{NOT_ALLOWED}no statement allows it.")],
            id="topic policy: no statement for CloudWatch",
        ),
        pytest.param(
            topic("Policy", policy(PUBLISH, DENY_ALL)),
            [("TopicPolicy", f'{NOT_ALLOWED}statement "Stop" denies it.')],
            id="topic policy: a Deny",
        ),
        pytest.param(
            topic("Policy", policy(PUBLISH, DENY_OTHERS)),
            [("TopicPolicy", f'{NOT_ALLOWED}statement "Stop" denies it.')],
            id="topic policy: a Deny with a condition that holds",
        ),
        pytest.param(
            topic("Policy", policy({**PUBLISH, "Condition": OTHER_ACCOUNT})),
            [
                (
                    "TopicPolicy",
                    f'{NOT_ALLOWED}the condition of statement "Alarms" does not hold.',
                )
            ],
            id="topic policy: the condition names another account",
        ),
        pytest.param(
            topic(
                "Policy",
                policy(
                    {
                        **PUBLISH,
                        "Condition": {
                            **ALARM_CONDITION,
                            "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:other-*"},
                        },
                    }
                ),
            ),
            [
                (
                    "TopicPolicy",
                    f'{NOT_ALLOWED}the condition of statement "Alarms" does not hold.',
                )
            ],
            id="topic policy: the condition names other alarms",
        ),
        pytest.param(
            topic("Policy", policy(PUBLISH, {**PUBLISH, "Sid": "All", "Principal": "*"})),
            [
                (
                    "TopicPolicy",
                    (
                        'The topic policy has the statement "All", which allows requests and is '
                        "not "
                        "in the template."
                    ),
                )
            ],
            id="topic policy: a statement that was added",
        ),
        pytest.param(
            change("GetTopicAttributes", LOW_TOPIC, "Attributes.Policy", policy()),
            [("LowTopic", f"{NOT_ALLOWED}no statement allows it.")],
            id="topic without a policy in the template: CloudWatch cannot publish",
        ),
        pytest.param(
            unsubscribed,
            [("Mail", "The subscription was deleted: a@example.com is not notified.")],
            id="subscription: deleted",
        ),
        pytest.param(
            subscription("SubscriptionArn", "Deleted"),
            [("Mail", "The subscription was deleted: a@example.com is not notified.")],
            id="subscription: deleted, and still in the list",
        ),
        pytest.param(
            subscription("SubscriptionArn", "PendingConfirmation"),
            [("Mail", TO_CONFIRM)],
            id="subscription: pending in the list",
        ),
        pytest.param(
            change("GetSubscriptionAttributes", MAIL_ARN, "Attributes.PendingConfirmation", "true"),
            [("Mail", TO_CONFIRM)],
            id="subscription: pending in its attributes",
        ),
        pytest.param(
            subscription("Endpoint", "b@example.com"),
            [("Mail", 'Endpoint is "b@example.com", not "a@example.com".')],
            id="subscription: another endpoint",
        ),
        pytest.param(
            change(
                "GetSubscriptionAttributes",
                MAIL_ARN,
                "Attributes.FilterPolicy",
                json.dumps({"x": ["y"]}),
            ),
            [("Mail", 'FilterPolicy is {"x": ["y"]}; the template does not set it.')],
            id="subscription: a filter policy",
        ),
        pytest.param(
            change("GetSubscriptionAttributes", PAGER_ARN, "Attributes.RawMessageDelivery", "true"),
            [
                (
                    "Pager",
                    (
                        "RawMessageDelivery is true: the endpoint may not understand the "
                        "notifications."
                    ),
                )
            ],
            id="subscription: raw messages",
        ),
        pytest.param(
            gone("GetPolicy", FUNCTION), [("Permission", DELETED)], id="permission: deleted"
        ),
        pytest.param(
            change(
                "GetPolicy",
                FUNCTION,
                "Policy",
                policy({**INVOKE, "Condition": {"ArnLike": {"AWS:SourceArn": LOW_TOPIC}}}),
            ),
            [
                (
                    "Permission",
                    (
                        "The policy of the function does not allow sns.amazonaws.com to call "
                        'lambda:InvokeFunction: the condition of statement "watch-Permission-ABC" '
                        "does not hold."
                    ),
                )
            ],
            id="permission: for another topic",
        ),
    ],
)
def test_a_breakage_of_a_topic_or_an_endpoint_is_reported(
    watched: Watched, breakage: Breakage, expected: Problems
) -> None:
    breakage(watched.account)
    assert watched.problems() == expected
