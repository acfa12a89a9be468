"""
What the policies of topics and queues promise.

In:    nothing; each promise is written once, independently of the policies.
Out:   the promises on who publishes and sends.
Never: a promise on subscriptions.
"""

from trailbell.proof.promise import Claim, Promise, Where
from trailbell.proof.promise_parts import (
    ALARMS,
    QUEUES,
    SECURE,
    TOPICS,
    at,
    if_,
    service,
    sub,
)

TOPIC_PROMISES = (
    Promise(
        name="topic-publishers",
        sentence="Topics let no one publish but EventBridge and the CloudWatch alarms of this "
        "account. (SNS evaluates no conditions for EventBridge.)",
        where=TOPICS,
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {"Principal": service("events"), "Action": "sns:Publish", "Resource": sub("${Own}")},
            {
                "Principal": service("cloudwatch"),
                "Action": "sns:Publish",
                "Resource": sub("${Own}"),
                "Condition": ALARMS,
            },
        ),
    ),
    Promise(
        name="alarms-can-publish",
        sentence="Topics of notifications accept messages of the alarms of this account.",
        where=tuple(
            Where(
                resource_type="AWS::SNS::TopicPolicy",
                property="PolicyDocument",
                logical_id=f"{name}TopicPolicy",
            )
            for name in ("High", "Medium", "Low", "Events", "Chat")
        ),
        claim=Claim.ALLOWS,
        requests=(
            {
                "Principal": service("cloudwatch"),
                "Action": "sns:Publish",
                "Resource": sub("${Own}"),
                "Condition": ALARMS,
            },
        ),
    ),
    Promise(
        name="rules-can-publish",
        sentence="Topics of messages for each event accept messages of EventBridge.",
        where=at(TOPICS, "realtime*"),
        claim=Claim.ALLOWS,
        requests=(
            {"Principal": service("events"), "Action": "sns:Publish", "Resource": sub("${Own}")},
        ),
    ),
)

QUEUE_PROMISES = (
    Promise(
        name="queue-senders",
        sentence="Queues let no one send but rules and topics of this account, and no one receive "
        "but the readers.",
        where=tuple(
            Where(resource_type="AWS::SQS::QueuePolicy", property="PolicyDocument", stack=stack)
            for stack in ("realtime", "realtime-hub", "realtime-forward", "search")
        ),
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Principal": service("events"),
                "Action": "sqs:SendMessage",
                "Resource": sub("${Own}"),
                "Condition": {
                    "ArnLike": {
                        "aws:SourceArn": sub(
                            "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*"
                        )
                    }
                },
            },
        ),
    ),
    Promise(
        name="alert-queue-senders",
        sentence="The queues of notifications let no one send but the topics of the installation, "
        "and no one receive but the readers.",
        where=at(QUEUES, "queue"),
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Principal": service("sns"),
                "Action": "sqs:SendMessage",
                "Resource": sub("${Own}"),
                "Condition": {
                    "ArnLike": {
                        "aws:SourceArn": [
                            {"Fn::ImportValue": sub(f"${{InstallationName}}-{severity}TopicArn")}
                            for severity in ("High", "Medium", "Low")
                        ]
                    }
                },
            },
            if_(
                "HasReaders",
                {
                    "Principal": {"AWS": {"Ref": "ReaderArns"}},
                    "Action": [
                        *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage"),
                        *("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"),
                    ],
                },
            ),
        ),
    ),
    Promise(
        name="queues-require-tls",
        sentence="Queues deny requests without TLS, whatever other policies allow.",
        where=QUEUES,
        claim=Claim.DENIES,
        requests=({"Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},),
    ),
    Promise(
        name="queues-accept-tls",
        sentence="Queues do not deny requests with TLS.",
        where=QUEUES,
        claim=Claim.DOES_NOT_DENY,
        requests=({"Action": "sqs:*", "Condition": SECURE},),
    ),
)
