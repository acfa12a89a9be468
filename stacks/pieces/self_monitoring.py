"""
Alarms on the alarms: log events that stop arriving, and notifications that are not delivered.

In:    the references to the base stack.
Out:   a `Piece`. Its alarms use metrics that AWS publishes, so they need no metric filter.
"""

from typing import Any

from troposphere import Select, Split, cloudwatch

from stacks.pieces.base_refs import BaseRefs
from stacks.pieces.installation import named
from trailbell import Piece, Severity

# The topic that reports the delivery failures of another topic.
_FALLBACK_TOPIC = {
    Severity.HIGH: Severity.MEDIUM,
    Severity.MEDIUM: Severity.HIGH,
    Severity.LOW: Severity.MEDIUM,
}

_HEARTBEAT_TEXT = """\
No log events arrived for an hour (high)

CloudTrail writes to this log group continuously. If it has stopped, no alarm can trigger.

1. Check that the trail is logging and delivers events: aws cloudtrail get-trail-status.
2. Identify who changed it: StopLogging, UpdateTrail, DeleteTrail, PutEventSelectors.
3. Check the role of the trail, the key policy, and that the log group exists."""

_DELIVERY_FAILURE_TEXT = """\
Notifications for {severity}-severity alarms are not delivered (high)

Alarms triggered, but SNS could not deliver the notifications.

1. Identify the subscription: delivery status of the topic, a full or deleted queue.
2. Check whether the subscription, queue policy or key was changed.
3. Review the alarms of the last hours in the CloudWatch console."""


def heartbeat(refs: BaseRefs) -> Piece:
    """An alarm that notifies when the log group has received no events for an hour.

    The metric has no data then, so the alarm changes from OK to INSUFFICIENT_DATA. A new alarm
    is in this state until the first delivery, and an action runs only when an alarm "transitions
    to the INSUFFICIENT_DATA state from any other state". If missing data were breaching, a new
    base stack would notify before CloudTrail had delivered anything. After that, CloudTrail
    delivers within about five minutes, and even an unused account has events of AWS services in
    every hour.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    topic = refs.topics[Severity.HIGH]
    return Piece(
        resources=(
            cloudwatch.Alarm(
                "HeartbeatAlarm",
                AlarmName=named("heartbeat"),
                AlarmDescription=_HEARTBEAT_TEXT,
                Namespace="AWS/Logs",
                MetricName="IncomingLogEvents",
                Dimensions=[cloudwatch.MetricDimension(Name="LogGroupName", Value=refs.log_group)],
                Statistic="Sum",
                Period=3600,
                EvaluationPeriods=1,
                ComparisonOperator="LessThanThreshold",
                Threshold=1,
                TreatMissingData="missing",
                AlarmActions=[topic],
                InsufficientDataActions=[topic],
            ),
        )
    )


def delivery_failure_alarms(refs: BaseRefs) -> Piece:
    """For each topic an alarm on failed notifications, which notifies another topic."""
    return Piece(
        resources=tuple(
            delivery_failure_alarm(
                f"{severity.capitalize()}UndeliveredAlarm",
                f"{severity}-undelivered",
                _DELIVERY_FAILURE_TEXT.format(severity=severity),
                topic=refs.topics[severity],
                notifies=refs.topics[_FALLBACK_TOPIC[severity]],
            )
            for severity in Severity
        )
    )


def delivery_failure_alarm(
    title: str, name: str, text: str, *, topic: Any, notifies: Any
) -> cloudwatch.Alarm:
    """An alarm on failed notifications of a topic, which notifies another topic.

    https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
    """
    return cloudwatch.Alarm(
        title,
        AlarmName=named(name),
        AlarmDescription=text,
        Namespace="AWS/SNS",
        MetricName="NumberOfNotificationsFailed",
        Dimensions=[
            cloudwatch.MetricDimension(Name="TopicName", Value=Select(5, Split(":", topic)))
        ],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=1,
        TreatMissingData="notBreaching",
        AlarmActions=[notifies],
    )
