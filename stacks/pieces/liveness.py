"""
Alarms on the alarms: log events that stop arriving, notifications that do not get through.

In:    the site.
Out:   a `Piece`; its alarms watch metrics that AWS counts, so they cost no metric filter.
"""

from troposphere import Select, Split, Sub, cloudwatch

from stacks.pieces.site import Site
from trailbell.catalog.detection import Severity
from trailbell.compiler.stack import Piece

# Another topic than the one that fails has to say so.
_TELLS = {
    Severity.HIGH: Severity.MEDIUM,
    Severity.MEDIUM: Severity.HIGH,
    Severity.LOW: Severity.MEDIUM,
}

_SILENCE = """\
No log events arrived for an hour (high)

CloudTrail writes to this log group all day. If it stopped, no alarm can ring any more.

1. See whether the trail is logging and delivers: aws cloudtrail get-trail-status.
2. See who stopped or changed it: StopLogging, UpdateTrail, DeleteTrail, PutEventSelectors.
3. Check the role of the trail, the key policy, and that the log group is there."""

_UNDELIVERED = """\
Notifications of {severity} severity do not get through (high)

Alarms rang and SNS could not deliver. Somebody was not told.

1. See which subscription fails: delivery status of the topic, a full or deleted queue.
2. See whether somebody changed subscription, queue policy or key.
3. Look at the alarms of the last hours by hand."""


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
