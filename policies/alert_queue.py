"""
The policies of the SQS queues that receive the notifications of topics.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
"""

from typing import Any

from awacs import sqs
from awacs.aws import (
    Allow,
    ArnEquals,
    Bool,
    Condition,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
)


def alert_queue_policy(*, queue_arn: Any, topic_arns: list[Any], readers: Any) -> PolicyDocument:
    """Allow topics to send and ``readers`` to receive messages, and deny requests without TLS.

    The statement for SNS is that of
    https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
    """
    receive = Statement(
        Sid="AllowReadersReceive",
        Effect=Allow,
        Principal=Principal("AWS", readers),
        Action=[
            sqs.ChangeMessageVisibility,
            sqs.DeleteMessage,
            sqs.GetQueueAttributes,
            sqs.GetQueueUrl,
            sqs.ReceiveMessage,
        ],
        Resource=[queue_arn],
    )
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[*_delivery(queue_arn, topic_arns), receive],
    )


def dead_letter_queue_policy(*, queue_arn: Any, topic_arns: list[Any]) -> PolicyDocument:
    """Allow topics to send what they cannot deliver, and deny requests without TLS.

    SQS needs no permission to move messages from a queue to its dead-letter queue.
    https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html
    """
    return PolicyDocument(Version="2012-10-17", Statement=_delivery(queue_arn, topic_arns))


def _delivery(queue_arn: Any, topic_arns: list[Any]) -> list[Statement]:
    return [
        Statement(
            Sid="AllowTopicsSend",
            Effect=Allow,
            Principal=Principal("Service", "sns.amazonaws.com"),
            Action=[sqs.SendMessage],
            Resource=[queue_arn],
            Condition=Condition([ArnEquals("aws:SourceArn", topic_arns)]),
        ),
        deny_requests_without_tls(queue_arn),
    ]


def deny_requests_without_tls(queue_arn: Any) -> Statement:
    """Deny requests to a queue without TLS, from anyone."""
    return Statement(
        Sid="DenyRequestsWithoutTls",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[sqs.Action("*")],
        Resource=[queue_arn],
        Condition=Condition([Bool("aws:SecureTransport", "false")]),
    )
