"""The queue policies, as whole documents."""

from typing import Any

from troposphere import encode_to_dict

from policies.alert_queue import alert_queue_policy, allow_readers

_DELIVERY: list[dict[str, Any]] = [
    {
        "Sid": "AllowTopicsSend",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": ["QUEUE"],
        "Condition": {"ArnEquals": {"aws:SourceArn": ["HIGH", "LOW"]}},
    },
    {
        "Sid": "DenyRequestsWithoutTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["sqs:*"],
        "Resource": ["QUEUE"],
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    },
]


def test_only_the_topics_send_to_a_queue() -> None:
    policy = alert_queue_policy(queue_arn="QUEUE", topic_arns=["HIGH", "LOW"])
    assert encode_to_dict(policy) == {"Version": "2012-10-17", "Statement": _DELIVERY}


def test_optional_statements_are_added() -> None:
    policy = alert_queue_policy(
        queue_arn="QUEUE", topic_arns=["HIGH", "LOW"], optional_statements=["OPTIONAL"]
    )
    assert encode_to_dict(policy)["Statement"] == [*_DELIVERY, "OPTIONAL"]


def test_readers_receive_and_delete_messages() -> None:
    assert encode_to_dict(allow_readers(queue_arn="QUEUE", readers="READERS")) == {
        "Sid": "AllowReadersReceive",
        "Effect": "Allow",
        "Principal": {"AWS": "READERS"},
        "Action": [
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ReceiveMessage",
        ],
        "Resource": ["QUEUE"],
    }
