"""
A queue with a message for each log file that CloudTrail delivers to the log bucket.

In:    the log bucket, which sends its events to EventBridge, and the topic for alarms.
Out:   a `Piece`. The dead-letter queue holds what the pipeline could not process.
"""

from typing import Any

from troposphere import GetAtt, Ref, events, sqs

from policies.event_queue import event_queue_policy
from stacks.pieces.installation import named
from stacks.pieces.queue_alarm import queue_alarm
from trailbell import Piece, suppress

_DEAD_LETTERS_TEXT = """\
Log files are not indexed (medium)

The pipeline could not process these log files, or EventBridge could not send their events.

1. Read the messages in the dead-letter queue: they name the log files.
2. Check the log group of the pipeline, and whether its role may read bucket and key.
3. Repair the cause, and redrive the messages to the queue."""

_DELAYED_TEXT = """\
Log files are indexed with a delay (medium)

The oldest message has been in the queue for an hour.

1. Check whether the pipeline runs, and its log group for errors.
2. Check whether the domain or collection rejects requests, or has no space left.
3. If the pipeline uses its maximum capacity, raise MaxUnits."""

# checkov knows no encryption of queues but KMS.
_ACCEPTED = {"CKV_AWS_27": "SQS encrypts the messages. They name log files and hold no events."}
_14_DAYS = 14 * 24 * 3600


def log_file_events(bucket: Any, topic: Any) -> Piece:
    """The rule, the queues with their policies, and the alarms."""
    dead_letters = _queue("DeadLetterQueue", "log-files-dead-letters")
    queue = _queue(
        "Queue",
        "log-files",
        VisibilityTimeout=300,
        RedrivePolicy=sqs.RedrivePolicy(
            deadLetterTargetArn=GetAtt(dead_letters, "Arn"), maxReceiveCount=5
        ),
    )
    rule = events.Rule(
        "Rule",
        Name=named("log-files"),
        Description="Log files that CloudTrail delivers, without digest and Insights files",
        EventPattern=_event_pattern(bucket),
        Targets=[
            events.Target(
                Id="queue",
                Arn=GetAtt(queue, "Arn"),
                DeadLetterConfig=events.DeadLetterConfig(Arn=GetAtt(dead_letters, "Arn")),
            )
        ],
    )
    alarm = {"Condition": "HasAlarms", "topic": topic}
    return Piece(
        resources=(
            dead_letters,
            _policy("DeadLetterQueuePolicy", dead_letters),
            queue,
            _policy("QueuePolicy", queue),
            rule,
            queue_alarm(
                "DeadLettersAlarm",
                "search-dead-letters",
                _DEAD_LETTERS_TEXT,
                queue="DeadLetterQueue",
                metric="ApproximateNumberOfMessagesVisible",
                threshold=1,
                **alarm,
            ),
            queue_alarm(
                "DelayAlarm",
                "search-delay",
                _DELAYED_TEXT,
                queue="Queue",
                metric="ApproximateAgeOfOldestMessage",
                threshold=3600,
                **alarm,
            ),
        )
    )


def _event_pattern(bucket: Any) -> dict[str, Any]:
    """Objects below ``CloudTrail/``. Others are below ``CloudTrail-Digest/`` and so on.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
    """
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": [bucket]},
            "object": {"key": [{"wildcard": "*AWSLogs/*/CloudTrail/*.json.gz"}]},
        },
    }


def _queue(title: str, name: str, **properties: Any) -> sqs.Queue:
    """A queue. Messages are lost with the stack, log files are not."""
    return sqs.Queue(
        title,
        Metadata=suppress(checkov=_ACCEPTED),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        QueueName=named(name),
        MessageRetentionPeriod=_14_DAYS,
        SqsManagedSseEnabled=True,
        **properties,
    )


def _policy(title: str, queue: sqs.Queue) -> sqs.QueuePolicy:
    return sqs.QueuePolicy(
        title,
        Queues=[Ref(queue)],
        PolicyDocument=event_queue_policy(
            queue_arn=GetAtt(queue, "Arn"), rule_arn=GetAtt("Rule", "Arn")
        ),
    )
