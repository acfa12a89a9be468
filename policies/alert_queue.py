"""
The policies of the SQS queues that receive the notifications of topics.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
"""

from collections.abc import Sequence
from typing import Any

from awacs import sqs
from awacs.aws import (
    Allow,
    ArnEquals,
    Bool,
    Condition,
    Deny,
    Principal,
    Statement,
)

from policies.document import policy_document


def alert_queue_policy(
    *, queue_arn: Any, topic_arns: list[Any], optional_statements: Sequence[Any] = ()
) -> dict[str, Any]:
    """Allow topics to send messages, and deny requests without TLS.

    The statement for SNS is that of
    https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
    and for what SNS cannot deliver the same is needed for the dead-letter queue. SQS needs no
    permission to move messages from a queue to its dead-letter queue.
    https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html
    """
    send = Statement(
        Sid="AllowTopicsSend",
        Effect=Allow,
        Principal=Principal("Service", "sns.amazonaws.com"),
        Action=[sqs.SendMessage],
        Resource=[queue_arn],
        Condition=Condition([ArnEquals("aws:SourceArn", topic_arns)]),
    )
    return policy_document([send, deny_requests_without_tls(queue_arn), *optional_statements])


def allow_readers(*, queue_arn: Any, readers: Any) -> Statement:
    """Allow principals to receive and delete messages.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-cross-account-example.html
    """
    return Statement(
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


def deny_requests_without_tls(queue_arn: Any) -> Statement:
    """Deny requests to a queue without TLS, from anyone."""
    return Statement(
        Sid="DenyRequestsWithoutTls",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[sqs.Action("*")],
        Resource=[queue_arn],
        Condition=Condition([Bool("aws:SecureTransport", False)]),
    )
