"""
The topics of rules, and the queue for what EventBridge could not deliver, with its alarms.

In:    the references to these topics.
Out:   `Piece`s.
"""

from troposphere import GetAtt, If, NoValue, Output, Ref, sqs

from policies.event_queue import event_queue_policy
from policies.event_topic import event_topic_policy
from policies.key import event_statements, topic_statements
from stacks.pieces import arns
from stacks.pieces.encryption import KEY_ARN, encryption
from stacks.pieces.installation import SHORT_INSTALLATION_NAME, named
from stacks.pieces.queue_alarm import queue_alarm
from stacks.pieces.realtime.refs import DEAD_LETTERS, RealtimeRefs, rules_arn
from stacks.pieces.self_monitoring import delivery_failure_alarm
from stacks.pieces.topics import topic_with_endpoint, topics
from trailbell import Piece, Severity

_14_DAYS = 14 * 24 * 3600

_DEAD_LETTERS_TEXT = """\
Real-time messages are not delivered (high)

EventBridge could not send messages of rules to a topic. Alarms do not depend on it.

1. Read the messages in the dead-letter queue; their attributes name the rule and the error.
2. Check whether a topic, its policy or the key was changed, and who did it.
3. Review the events in the queue: no rule notified of them."""

_UNDELIVERED_TEXT = """\
Real-time notifications are not delivered (high)

SNS could not deliver messages of {topic} to a subscription.

1. Identify the subscription: delivery status of the topics, a full or deleted queue.
2. Check whether the subscription, queue policy or key was changed.
3. Review the latest events in CloudTrail."""


def realtime_topics() -> Piece:
    """Topics for people, by severity, and a topic for programs."""
    by_severity = topics(event_topic_policy)
    json_topic = topic_with_endpoint(
        "Events",
        display_name="Trailbell events",
        label="Endpoint for JSON (optional)",
        policy=event_topic_policy,
        takes_email=False,
    )
    return Piece(
        inputs=(*by_severity.inputs, *json_topic.inputs),
        rules=by_severity.rules,
        conditions=by_severity.conditions | json_topic.conditions,
        mappings=by_severity.mappings,
        resources=(*by_severity.resources, *json_topic.resources),
        outputs=by_severity.outputs,
    )


def realtime_key() -> Piece:
    """The key of topics and queue, which EventBridge and the alarms may use."""
    return encryption(
        key_statements=[
            *event_statements(),
            *topic_statements(account=Ref("AWS::AccountId"), alarms_arn=arns.ALARMS),
        ],
        users="EventBridge and CloudWatch",
        installation_name=SHORT_INSTALLATION_NAME,
    )


def dead_letters(refs: RealtimeRefs) -> Piece:
    """The queue for messages that EventBridge could not deliver, and the alarms."""
    queue = sqs.Queue(
        DEAD_LETTERS,
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        QueueName=named("realtime-dead-letters"),
        MessageRetentionPeriod=_14_DAYS,
        KmsMasterKeyId=KEY_ARN,
        SqsManagedSseEnabled=If("Encrypts", NoValue, True),
    )
    policy = sqs.QueuePolicy(
        "DeadLetterQueuePolicy",
        Queues=[Ref(queue)],
        PolicyDocument=event_queue_policy(queue_arn=GetAtt(queue, "Arn"), rule_arn=rules_arn()),
    )
    topic = refs.topics[Severity.HIGH]
    return Piece(
        inputs=(SHORT_INSTALLATION_NAME,),
        resources=(
            queue,
            policy,
            queue_alarm(
                "DeadLettersAlarm",
                "realtime-dead-letters",
                _DEAD_LETTERS_TEXT,
                queue=DEAD_LETTERS,
                metric="ApproximateNumberOfMessagesVisible",
                threshold=1,
                topic=topic,
            ),
        ),
        outputs=(
            Output(
                "DeadLetterQueueUrl",
                Description="URL of the queue for undelivered messages",
                Value=Ref(queue),
            ),
        ),
    )


def delivery_failure_alarms(refs: RealtimeRefs) -> Piece:
    """For each topic an alarm on failed notifications, which notifies another topic."""
    high, medium = refs.topics[Severity.HIGH], refs.topics[Severity.MEDIUM]
    topics_by_name = {
        **{str(severity): topic for severity, topic in refs.topics.items()},
        "events": refs.events_topic,
    }
    return Piece(
        resources=tuple(
            delivery_failure_alarm(
                f"Realtime{name.capitalize()}UndeliveredAlarm",
                f"realtime-{name}-undelivered",
                _UNDELIVERED_TEXT.format(topic=f"{name.capitalize()}Topic"),
                topic=topic,
                notifies=medium if topic is high else high,
            )
            for name, topic in topics_by_name.items()
        )
    )
