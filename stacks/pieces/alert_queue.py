"""
An SQS queue for the notifications of topics, with a dead-letter queue and alarms on both.

In:    the topics of a base stack, and parameters.
Out:   `Piece`s. The dead-letter queue holds what SNS could not deliver to the queue, and what
       readers received `MaxReceiveCount` times without deleting it.
"""

from typing import Any

from troposphere import GetAtt, If, NoValue, Output, Ref, sns, sqs

from policies.alert_queue import alert_queue_policy, allow_readers
from stacks.pieces.base_refs import BaseRefs
from stacks.pieces.encryption import KEY_ARN
from stacks.pieces.installation import named
from stacks.pieces.queue_alarm import queue_alarm
from stacks.pieces.queue_inputs import CONDITIONS, INPUTS
from trailbell import Piece, Severity

_SUBSCRIBED_IF = {Severity.MEDIUM: "TakesMedium", Severity.LOW: "TakesLow"}

# The longest time that SQS keeps messages, so that there is time to look into them.
_14_DAYS = 14 * 24 * 3600

_DEAD_LETTERS_TEXT = """\
Notifications are in the dead-letter queue (high)

SNS could not deliver these notifications to the queue, or readers failed to process them.

1. Read the messages in the dead-letter queue: they are notifications of alarms.
2. Check the policies of queue and key, and the logs of the reader.
3. Repair the cause, and redrive the messages to the queue."""

_UNREAD_TEXT = """\
Notifications in the queue are not read (medium)

The oldest message is older than the parameter UnreadAlarmInSeconds.

1. Check that the reader runs, and that it deletes the messages it has processed.
2. Check whether policies of queue, key or reader were changed.
3. Review the alarms of the last hours in the CloudWatch console."""


def alert_queue(refs: BaseRefs) -> Piece:
    """The queues, their policies, and the subscriptions to the topics."""
    topic_arns = [*refs.topics.values()]
    dead_letters = sqs.Queue(
        "DeadLetterQueue",
        QueueName=named("alerts-dead-letters"),
        MessageRetentionPeriod=_14_DAYS,
        **_OF_BOTH,
    )
    queue = sqs.Queue(
        "Queue",
        QueueName=named("alerts"),
        MessageRetentionPeriod=Ref("MessageRetentionPeriod"),
        VisibilityTimeout=Ref("VisibilityTimeout"),
        RedrivePolicy=sqs.RedrivePolicy(
            deadLetterTargetArn=GetAtt(dead_letters, "Arn"), maxReceiveCount=Ref("MaxReceiveCount")
        ),
        **_OF_BOTH,
    )
    dead_letters_policy = sqs.QueuePolicy(
        "DeadLetterQueuePolicy",
        Queues=[Ref(dead_letters)],
        PolicyDocument=alert_queue_policy(
            queue_arn=GetAtt(dead_letters, "Arn"), topic_arns=topic_arns
        ),
    )
    queue_policy = sqs.QueuePolicy(
        "QueuePolicy",
        Queues=[Ref(queue)],
        PolicyDocument=alert_queue_policy(
            queue_arn=GetAtt(queue, "Arn"),
            topic_arns=topic_arns,
            optional_statements=[
                If(
                    "HasReaders",
                    allow_readers(queue_arn=GetAtt(queue, "Arn"), readers=Ref("ReaderArns")),
                    NoValue,
                )
            ],
        ),
    )
    subscriptions = (
        _subscription(severity, topic, policies=[queue_policy, dead_letters_policy])
        for severity, topic in refs.topics.items()
    )
    return Piece(
        inputs=INPUTS,
        conditions=CONDITIONS,
        resources=(dead_letters, dead_letters_policy, queue, queue_policy, *subscriptions),
        outputs=(
            Output("QueueUrl", Description="URL of the queue", Value=Ref(queue)),
            Output("QueueArn", Description="ARN of the queue", Value=GetAtt(queue, "Arn")),
            Output(
                "DeadLetterQueueUrl",
                Description="URL of the dead-letter queue",
                Value=Ref(dead_letters),
            ),
        ),
    )


# A retained queue would occupy its name. CloudWatch keeps the history of alarms, too.
# SSE-SQS costs nothing and needs no grant. A customer managed key allows SNS with a statement.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
_OF_BOTH: dict[str, Any] = {
    "DeletionPolicy": "Delete",
    "UpdateReplacePolicy": "Delete",
    "KmsMasterKeyId": KEY_ARN,
    "SqsManagedSseEnabled": If("Encrypts", NoValue, True),
}


def _subscription(
    severity: Severity, topic: Any, *, policies: list[sqs.QueuePolicy]
) -> sns.SubscriptionResource:
    """The subscription of the queue to a topic, once the queues allow the topic."""
    condition = _SUBSCRIBED_IF.get(severity)
    return sns.SubscriptionResource(
        f"{severity.capitalize()}Subscription",
        **({"Condition": condition} if condition else {}),
        DependsOn=[policy.title for policy in policies],
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=GetAtt("Queue", "Arn"),
        RawMessageDelivery=Ref("RawMessageDelivery"),
        RedrivePolicy={"deadLetterTargetArn": GetAtt("DeadLetterQueue", "Arn")},
    )


def queue_alarms(refs: BaseRefs) -> Piece:
    """Alarms on messages in the dead-letter queue, and on messages that no reader processes."""
    return Piece(
        resources=(
            queue_alarm(
                "DeadLettersAlarm",
                "queue-dead-letters",
                _DEAD_LETTERS_TEXT,
                queue="DeadLetterQueue",
                metric="ApproximateNumberOfMessagesVisible",
                threshold=1,
                topic=refs.topics[Severity.HIGH],
            ),
            queue_alarm(
                "UnreadAlarm",
                "queue-unread",
                _UNREAD_TEXT,
                queue="Queue",
                metric="ApproximateAgeOfOldestMessage",
                threshold=Ref("UnreadAlarmInSeconds"),
                topic=refs.topics[Severity.MEDIUM],
            ),
        )
    )
