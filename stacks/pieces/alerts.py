"""
From log events to people: topic, metric filters, alarms.

In:    the catalogue, and the log group to watch.
Out:   a `Piece` for the topic, and one with a metric filter and an alarm for each detection.
"""

from typing import Any

from troposphere import (
    FindInMap,
    Output,
    Parameter,
    Ref,
    Sub,
    cloudwatch,
    logs,
    sns,
)

from policies.alert_topic import alert_topic
from stacks.pieces import arns
from stacks.pieces.encryption import KEY_ARN
from trailbell.detection import Catalogue, Detection
from trailbell.stack import Input, Piece, given

_GROUP = "Alerts"

EMAIL = Input(
    parameter=Parameter(
        "NotificationEmail",
        Type="String",
        Default="",
        AllowedPattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$",
        Description=(
            "Is told when an alarm rings, after confirming the e-mail that SNS sends first. "
            "Empty: subscribe later, on the page in the output SubscribeUrl."
        ),
        ConstraintDescription="empty, or an e-mail address",
    ),
    label="E-mail to notify (optional)",
    group=_GROUP,
)
NAMESPACE = Input(
    parameter=Parameter(
        "MetricNamespace",
        Type="String",
        Default="Trailbell",
        AllowedPattern="^[A-Za-z0-9][A-Za-z0-9._/#-]{0,254}$",
        Description="Where CloudWatch keeps the metrics that the filters count.",
        ConstraintDescription="1 to 255 letters, digits and any of . - _ / #",
    ),
    label="Metric namespace",
    group=_GROUP,
)
LOG_GROUP_NAME = Input(
    parameter=Parameter(
        "LogGroupName",
        Type="String",
        AllowedPattern="^[A-Za-z0-9._/#-]{1,512}$",
        Description=(
            "The existing log group of this account and Region to which CloudTrail writes. With "
            "Control Tower: the one that starts with aws-controltower/CloudTrailLogs."
        ),
        ConstraintDescription="the name of a log group: 1 to 512 letters, digits and . - _ / #",
    ),
    label="Log group to watch",
    group=_GROUP,
)

# https://docs.aws.amazon.com/general/latest/gr/sns.html and the console addresses of partitions
_CONSOLE = {
    "aws": {"Domain": "console.aws.amazon.com"},
    "aws-cn": {"Domain": "console.amazonaws.cn"},
    "aws-us-gov": {"Domain": "console.amazonaws-us-gov.com"},
}


def topic() -> Piece:
    """The topic that alarms ring, who may publish to it, and one e-mail subscription."""
    resource = sns.Topic("AlertTopic", DisplayName="Trailbell", KmsMasterKeyId=KEY_ARN)
    policy = sns.TopicPolicy(
        "AlertTopicPolicy",
        Topics=[Ref(resource)],
        PolicyDocument=alert_topic(
            topic_arn=Ref(resource), account=Ref("AWS::AccountId"), alarms_arn=arns.ALARMS
        ),
    )
    subscription = sns.SubscriptionResource(
        "EmailSubscription",
        Condition="HasEmail",
        TopicArn=Ref(resource),
        Protocol="email",
        Endpoint=Ref("NotificationEmail"),
    )
    return Piece(
        inputs=(EMAIL,),
        conditions={"HasEmail": given("NotificationEmail")},
        mappings={"Console": _CONSOLE},
        resources=(resource, policy, subscription),
        outputs=(
            Output("TopicArn", Description="The topic that alarms ring", Value=Ref(resource)),
            Output(
                "SubscribeUrl",
                Description="The console page on which to subscribe to the topic",
                Value=Sub(
                    "https://${AWS::Region}.${Domain}/sns/v3/home?region=${AWS::Region}"
                    "#/topic/${AlertTopic}",
                    Domain=FindInMap("Console", Ref("AWS::Partition"), "Domain"),
                ),
            ),
        ),
    )


def alarms(catalogue: Catalogue, *, log_group: Any) -> Piece:
    """For each detection, a metric filter on the log group and an alarm that rings the topic."""
    resources = []
    for detection in catalogue:
        resources += [_metric_filter(detection, log_group), _alarm(detection)]
    return Piece(inputs=(NAMESPACE,), resources=tuple(resources))


def _name(detection: Detection) -> Sub:
    return Sub(f"${{AWS::StackName}}-{detection.id}")


def _metric_filter(detection: Detection, log_group: Any) -> logs.MetricFilter:
    """The filter counts 1 for each match and 0 for each minute with other events.

    The 0 ends an alarm as soon as the log group is quiet about it, so that a second event can
    ring again: actions run only when the state changes.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
    """
    return logs.MetricFilter(
        f"{detection.logical_id}Filter",
        FilterName=_name(detection),
        LogGroupName=log_group,
        FilterPattern=detection.pattern,
        MetricTransformations=[
            logs.MetricTransformation(
                MetricNamespace=Ref("MetricNamespace"),
                MetricName=detection.logical_id,
                MetricValue="1",
                DefaultValue=0,
            )
        ],
    )


def _alarm(detection: Detection) -> cloudwatch.Alarm:
    timing = detection.timing
    return cloudwatch.Alarm(
        f"{detection.logical_id}Alarm",
        AlarmName=_name(detection),
        AlarmDescription=description(detection),
        Namespace=Ref("MetricNamespace"),
        MetricName=detection.logical_id,
        Statistic="Sum",
        Period=timing.period,
        EvaluationPeriods=timing.of,
        DatapointsToAlarm=timing.datapoints,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=timing.threshold,
        TreatMissingData="notBreaching",
        AlarmActions=[Ref("AlertTopic")],
    )


def description(detection: Detection) -> str:
    """What the person sees who is woken by it: what happened, why it matters, what to do."""
    steps = [f"{number}. {step}" for number, step in enumerate(detection.respond, 1)]
    return "\n".join([f"{detection.title} ({detection.severity})", "", detection.why, "", *steps])
