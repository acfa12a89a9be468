"""
Rules that send the events which detections match to the event bus of another account.

In:    detections.
Out:   a `Piece` with the rules, their role, and a queue for what could not be sent.
"""

from collections.abc import Sequence
from typing import Any

from troposphere import Equals, GetAtt, Parameter, Ref, events, iam, sqs

from policies.event_bus import send_role_policy, send_role_trust
from policies.event_queue import event_queue_policy
from stacks.pieces.boundary import BOUNDARY, permissions_boundary
from stacks.pieces.installation import SHORT_INSTALLATION_NAME, named
from stacks.pieces.queue_alarm import queue_alarm
from stacks.pieces.realtime.inputs import ALLOW_DRILLS, ALLOWS_DRILLS
from stacks.pieces.realtime.refs import DEAD_LETTERS, rules_arn
from stacks.pieces.realtime.rules import accept_drills, rule_name, with_prefix
from trailbell import Catalog, ParameterInput, Piece, is_set, suppress, suppress_lint
from trailbell.catalog.forwarding import ForwardRule, forward_rules

_14_DAYS = 14 * 24 * 3600

_HUB_BUS = ParameterInput(
    parameter=Parameter(
        "HubBusArn",
        Type="String",
        AllowedPattern=r"^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]+$",
        Description="ARN of the event bus of realtime-hub: its output BusArn.",
        ConstraintDescription="must be the ARN of an event bus (arn:...:event-bus/...)",
    ),
    label="Event bus of realtime-hub",
    group="Real-time notifications",
)


_ALARM_TOPIC = ParameterInput(
    parameter=Parameter(
        "AlarmTopicArn",
        Type="String",
        Default="",
        AllowedPattern=r"^$|^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:\S+$",
        Description=(
            "Topic of this Region for an alarm on events that could not be sent; its policy must "
            "allow CloudWatch. Leave empty for no alarm."
        ),
        ConstraintDescription="must be empty or the ARN of a topic",
    ),
    label="Topic for the alarm (optional)",
    group="Real-time notifications",
)

_DEAD_LETTERS_TEXT = """\
Events are not forwarded (high)

EventBridge could not send events to the hub, so no rule notifies of them.

1. Read the messages in the dead-letter queue; their attributes name the rule and the error.
2. Check HubBusArn, the policy of that bus, and the role of the rules.
3. Review the events in the queue, and who changed what."""


def forwarding(catalog: Catalog) -> Piece:
    """Everything that sends events: each event that a detection matches is sent once."""
    role = iam.Role(
        "ForwardRole",
        Metadata=suppress_lint(
            "I9853",
            reason="Only rules of this account can use the role, and no source may stop events.",
        ),
        AssumeRolePolicyDocument=send_role_trust(),
        PermissionsBoundary=BOUNDARY,
        Policies=[
            iam.Policy(
                PolicyName="send-events",
                PolicyDocument=send_role_policy(bus_arn=Ref("HubBusArn")),
            )
        ],
    )
    queue = sqs.Queue(
        DEAD_LETTERS,
        Metadata=suppress(
            checkov={"CKV_AWS_27": "SQS encrypts the messages with a key that it manages."}
        ),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        QueueName=named("forward-dead-letters"),
        MessageRetentionPeriod=_14_DAYS,
        SqsManagedSseEnabled=True,
    )
    policy = sqs.QueuePolicy(
        "DeadLetterQueuePolicy",
        Queues=[Ref(queue)],
        PolicyDocument=event_queue_policy(queue_arn=GetAtt(queue, "Arn"), rule_arn=rules_arn()),
    )
    rules = (_rule(rule, role) for rule in forward_rules(catalog.detections))
    alarm = queue_alarm(
        "DeadLettersAlarm",
        "forward-dead-letters",
        _DEAD_LETTERS_TEXT,
        queue=DEAD_LETTERS,
        metric="ApproximateNumberOfMessagesVisible",
        threshold=1,
        topic=Ref("AlarmTopicArn"),
        Condition="HasAlarm",
    )
    boundary = permissions_boundary("Permissions")
    return Piece(
        inputs=(SHORT_INSTALLATION_NAME, _HUB_BUS, _ALARM_TOPIC, ALLOW_DRILLS, *boundary.inputs),
        conditions={
            ALLOWS_DRILLS: Equals(Ref("AllowDrills"), "yes"),
            "HasAlarm": is_set("AlarmTopicArn"),
            **boundary.conditions,
        },
        resources=(role, queue, policy, alarm, *rules),
    )


def _description(detections: Sequence[str]) -> str:
    count = len(detections)
    return f"Events for {detections[0] if count == 1 else f'{count} detections'}"


def _rule(rule: ForwardRule, role: Any) -> events.Rule:
    words = rule.name.split("-")
    return events.Rule(
        "Forward" + "".join(word.capitalize() for word in words) + "Rule",
        Name=named(rule_name("forward-", rule.name)),
        Description=_description(rule.detections),
        EventPattern=accept_drills(with_prefix(rule.pattern)),
        State=rule.state,
        Targets=[
            events.Target(
                Id="hub",
                Arn=Ref("HubBusArn"),
                RoleArn=GetAtt(role, "Arn"),
                DeadLetterConfig=events.DeadLetterConfig(Arn=GetAtt(DEAD_LETTERS, "Arn")),
            )
        ],
    )
