"""
From log events to alarms: a metric filter and an alarm for each detection.

In:    detections, and the site they are deployed on.
Out:   a `Piece`.
Never: a topic or a log group. The site has them.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from troposphere import Parameter, Sub, cloudwatch, logs

from stacks.pieces.site import Site, only_where
from trailbell.answer import description
from trailbell.detection import Detection
from trailbell.stack import Input, Piece

NAMESPACE = Input(
    parameter=Parameter(
        "MetricNamespace",
        Type="String",
        Default="Trailbell",
        AllowedPattern="^[A-Za-z0-9][A-Za-z0-9._/#-]{0,200}$",
        Description="Metric namespace. The stack name is appended: Namespace/StackName.",
        ConstraintDescription=(
            "must have 1 to 201 letters, digits and . - _ / # and start with a letter or digit"
        ),
    ),
    label="Metric namespace",
    group="Alerts",
)
LOG_GROUP_NAME = Input(
    parameter=Parameter(
        "LogGroupName",
        Type="String",
        AllowedPattern="^[A-Za-z0-9._/#-]{1,128}$",
        Description=(
            "Name of the existing CloudTrail log group in this account and Region. With Control "
            "Tower, its name starts with aws-controltower/CloudTrailLogs."
        ),
        ConstraintDescription="must be a log group name: 1 to 128 letters, digits and . - _ / #",
    ),
    label="CloudTrail log group",
    group="Alerts",
)


def alarms(detections: Iterable[Detection], site: Site, *, room: int) -> Piece:
    """For each detection a metric filter on the log group and an alarm that rings a topic.

    Exclusions make patterns long. Where all would take more than ``room`` bytes of a template,
    the descriptions of alarms name their saved query instead of holding it.
    """
    watched = tuple(detections)
    whole = _alarms(watched, site, brief=False)
    size = sum(len(json.dumps(resource.to_dict())) for resource in whole.resources)
    return whole if size <= room else _alarms(watched, site, brief=True)


def _alarms(detections: tuple[Detection, ...], site: Site, *, brief: bool) -> Piece:
    resources = []
    for detection in detections:
        resources += [*_metric_filters(detection, site), _alarm(detection, site, brief=brief)]
    return Piece(resources=tuple(resources))


def _metric_filters(detection: Detection, site: Site) -> Iterator[logs.MetricFilter]:
    """Filters that count 1 for each match, and 0 for each minute with other events.

    The 0 ends an alarm as soon as the log group is quiet about it, so that a second event can
    ring again: actions run only when the state changes. It is one filter unless the pattern is
    too long for one.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
    """
    for number, part in enumerate(detection.parts.patterns, 1):
        suffix = str(number) if number > 1 else ""
        yield logs.MetricFilter(
            f"{detection.logical_id}Filter{suffix}",
            FilterName=Sub(f"{site.prefix}-{detection.id}{suffix and '-' + suffix}"),
            LogGroupName=site.log_group,
            FilterPattern=site.filled(detection, part.text),
            **only_where(detection),
            **_accepted(detection),
            MetricTransformations=[
                logs.MetricTransformation(
                    MetricNamespace=site.namespace,
                    MetricName=detection.logical_id,
                    MetricValue="1",
                    DefaultValue=0,
                )
            ],
        )


def _accepted(detection: Detection) -> dict[str, Any]:
    """What keeps our rules silent about findings that a detection accepts with a reason."""
    if not detection.accepts:
        return {}
    reason = " ".join(dict.fromkeys(detection.accepts.values()))
    ignored = {"config": {"ignore_checks": ["W9816"]}, "reason": reason}
    return {"Metadata": {"cfn-lint": ignored}}


def _alarm(detection: Detection, site: Site, *, brief: bool) -> cloudwatch.Alarm:
    timing = detection.timing
    return cloudwatch.Alarm(
        f"{detection.logical_id}Alarm",
        **only_where(detection),
        AlarmName=site.name(detection),
        AlarmDescription=site.filled(detection, description(detection, brief=brief)),
        Namespace=site.namespace,
        MetricName=detection.logical_id,
        Statistic="Sum",
        Period=timing.period,
        EvaluationPeriods=timing.of,
        DatapointsToAlarm=timing.datapoints,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=timing.threshold,
        TreatMissingData="notBreaching",
        AlarmActions=[site.topics[detection.severity]],
    )
