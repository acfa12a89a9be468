"""The queue policies, as whole documents."""

from typing import Any

from troposphere import encode_to_dict

from policies.alert_queue import alert_queue_policy, dead_letter_queue_policy

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
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    },
]


def test_only_the_topics_send_to_the_dead_letter_queue_and_no_one_is_named_to_read_it() -> None:
    policy = dead_letter_queue_policy(queue_arn="QUEUE", topic_arns=["HIGH", "LOW"])
    assert encode_to_dict(policy) == {"Version": "2012-10-17", "Statement": _DELIVERY}


def test_only_the_topics_send_to_the_queue_and_readers_receive_from_it() -> None:
    policy = alert_queue_policy(queue_arn="QUEUE", topic_arns=["HIGH", "LOW"], readers="READERS")
    assert encode_to_dict(policy) == {
        "Version": "2012-10-17",
        "Statement": [
            *_DELIVERY,
            {
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
            },
        ],
    }
