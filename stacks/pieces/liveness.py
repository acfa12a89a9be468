"""
Alarms on the alarms: log events that stop arriving, notifications that do not get through.

In:    the site.
Out:   a `Piece`; its alarms watch metrics that AWS counts, so they cost no metric filter.
"""

from troposphere import Select, Split, Sub, cloudwatch

from stacks.pieces.site import Site
from trailbell.detection import Severity
from trailbell.stack import Piece

# Another topic than the one that fails has to say so.
_TELLS = {
    Severity.HIGH: Severity.MEDIUM,
    Severity.MEDIUM: Severity.HIGH,
    Severity.LOW: Severity.MEDIUM,
}

_SILENCE = """\
No log events arrived for an hour (high)

CloudTrail writes to this log group continuously. If it has stopped, no alarm can trigger.

1. Check that the trail is logging and delivers events: aws cloudtrail get-trail-status.
2. Identify who changed it: StopLogging, UpdateTrail, DeleteTrail, PutEventSelectors.
3. Check the role of the trail, the key policy, and that the log group exists."""

_UNDELIVERED = """\
Notifications for {severity}-severity alarms are not delivered (high)

Alarms triggered, but SNS could not deliver the notifications.

1. Identify the subscription: delivery status of the topic, a full or deleted queue.
2. Check whether the subscription, queue policy or key was changed.
3. Review the alarms of the last hours in the CloudWatch console."""


def heartbeat(site: Site) -> Piece:
    """Rings when the log group takes in nothing for an hour; missing data is what it waits for.

    CloudTrail delivers within about five minutes, and even a quiet account has events of AWS
    services in every hour.
    """
    return Piece(
        resources=(
            cloudwatch.Alarm(
                "HeartbeatAlarm",
                AlarmName=Sub(f"{site.prefix}-heartbeat"),
                AlarmDescription=_SILENCE,
                Namespace="AWS/Logs",
                MetricName="IncomingLogEvents",
                Dimensions=[cloudwatch.MetricDimension(Name="LogGroupName", Value=site.log_group)],
                Statistic="Sum",
                Period=3600,
                EvaluationPeriods=1,
                ComparisonOperator="LessThanThreshold",
                Threshold=1,
                TreatMissingData="breaching",
                AlarmActions=[site.topics[Severity.HIGH]],
            ),
        )
    )


def undelivered(site: Site) -> Piece:
    """For each topic an alarm on notifications that failed, which rings another topic."""
    return Piece(resources=tuple(_undelivered(severity, site) for severity in Severity))


def _undelivered(severity: Severity, site: Site) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        f"{severity.capitalize()}UndeliveredAlarm",
        AlarmName=Sub(f"{site.prefix}-{severity}-undelivered"),
        AlarmDescription=_UNDELIVERED.format(severity=severity),
        Namespace="AWS/SNS",
        MetricName="NumberOfNotificationsFailed",
        Dimensions=[
            cloudwatch.MetricDimension(
                Name="TopicName", Value=Select(5, Split(":", site.topics[severity]))
            )
        ],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=1,
        TreatMissingData="notBreaching",
        AlarmActions=[site.topics[_TELLS[severity]]],
    )
