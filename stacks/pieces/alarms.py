"""
Metric filters and alarms for detections, or log alarms.

In:    detections, and the references to log group, topics and namespace.
Out:   a `Piece`.
Never: a topic or a log group. The base stack has them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from troposphere import Parameter, cloudwatch, logs

from stacks.pieces.base_refs import BaseRefs, bucket_condition
from stacks.pieces.installation import named
from stacks.pieces.log_alarms import log_alarm_resource, log_alarm_role
from trailbell import Detection, ParameterInput, Piece, suppress_lint
from trailbell.catalog.accepted_issues import reasons_for_findings
from trailbell.catalog.alarm_text import QueryText, alarm_description

NAMESPACE = ParameterInput(
    parameter=Parameter(
        "MetricNamespace",
        Type="String",
        Default="Trailbell",
        # AWS/ is reserved: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
        AllowedPattern="^(?!AWS(/|$))[A-Za-z0-9][A-Za-z0-9._/#-]{0,200}$",
        Description="First part of the metric namespace: MetricNamespace/InstallationName.",
        ConstraintDescription=(
            "must have 1 to 201 letters, digits and . - _ / #, start with a letter or digit, and "
            "not with AWS/"
        ),
    ),
    label="Metric namespace",
    group="Alerts",
)
LOG_GROUP_NAME = ParameterInput(
    parameter=Parameter(
        "LogGroupName",
        Type="String",
        # CloudWatch Logs accepts 512 characters. But a filter pattern has 1,024 at most, and that
        # of detection log-group-tampering contains the name three times.
        AllowedPattern="^[A-Za-z0-9._/#-]{1,128}$",
        Description=(
            "Name of the existing CloudTrail log group in this account and Region, of at most 128 "
            "characters, as filter patterns contain it. With Control Tower: "
            "aws-controltower/CloudTrailLogs."
        ),
        ConstraintDescription="must be a log group name: 1 to 128 letters, digits and . - _ / #",
    ),
    label="CloudTrail log group",
    group="Alerts",
)


def alarms(
    detections: Iterable[Detection], refs: BaseRefs, *, max_bytes: int, role_group: str = "Alerts"
) -> Piece:
    """For each detection a metric filter on the log group, and an alarm that notifies a topic.

    A detection with a log alarm has no metric filter. Exclusions make patterns long. If the
    resources would need more than ``max_bytes`` of JSON, the alarm descriptions have less of their
    query, or name the saved one. ``role_group`` is the group of the parameter of their role.
    """
    detections = tuple(detections)
    for query_text in QueryText:
        piece = _alarms(detections, refs, role_group, query_text)
        size = sum(len(json.dumps(resource.to_dict())) for resource in piece.resources)
        if size <= max_bytes:
            break
    return piece


def _alarms(
    detections: tuple[Detection, ...], refs: BaseRefs, role_group: str, query_text: QueryText
) -> Piece:
    resources: list[Any] = []
    for detection in detections:
        if detection.log_alarm:
            resources.append(log_alarm_resource(detection, refs))
        else:
            resources += [*_metric_filters(detection, refs), _alarm(detection, refs, query_text)]
    if not any(detection.log_alarm for detection in detections):
        return Piece(resources=tuple(resources))
    role = log_alarm_role(refs, role_group)
    return replace(role, resources=(*role.resources, *resources))


_PART = "This is one of the parts of a long pattern, which was checked as a whole."


def _metric_filters(detection: Detection, refs: BaseRefs) -> Iterator[logs.MetricFilter]:
    """Metric filters that publish 1 for each match, and usually the default value 0 otherwise.

    With the 0 the alarm returns to OK soon after the last match, so that it can go into ALARM
    again: actions run only when the state changes. But CloudWatch bills a metric for each hour in
    which it has a value, so that the settings can leave it out. There is one filter unless the
    pattern is too long for one.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
    """
    default_value = {"DefaultValue": 0} if detection.timing.default_value else {}
    for number, part in enumerate(detection.filters.patterns, 1):
        suffix = str(number) if number > 1 else ""
        yield logs.MetricFilter(
            f"{detection.logical_id}Filter{suffix}",
            FilterName=named(f"{detection.id}{suffix and '-' + suffix}"),
            LogGroupName=refs.log_group,
            FilterPattern=refs.substitute(detection, part.text),
            **bucket_condition(detection),
            **_accepted_issues(detection),
            MetricTransformations=[
                logs.MetricTransformation(
                    MetricNamespace=refs.namespace,
                    MetricName=detection.logical_id,
                    MetricValue="1",
                    **default_value,
                )
            ],
        )


def _accepted_issues(detection: Detection) -> dict[str, Any]:
    """The metadata that suppresses findings which a detection accepts with a reason.

    A part of a pattern has findings that the whole one does not have, such as ``!=`` without the
    alternative for events that lack the field.
    """
    reasons = [*reasons_for_findings(detection)]
    if len(detection.filters.patterns) > 1:
        reasons.append(_PART)
    return {"Metadata": suppress_lint("W9816", reason=" ".join(reasons))} if reasons else {}


def _alarm(detection: Detection, refs: BaseRefs, query_text: QueryText) -> cloudwatch.Alarm:
    timing = detection.timing
    return cloudwatch.Alarm(
        f"{detection.logical_id}Alarm",
        **bucket_condition(detection),
        AlarmName=named(detection.alarm_id),
        AlarmDescription=refs.substitute(detection, alarm_description(detection, query_text)),
        Namespace=refs.namespace,
        MetricName=detection.logical_id,
        Statistic="Sum",
        Period=timing.period,
        EvaluationPeriods=timing.evaluation_periods,
        DatapointsToAlarm=timing.datapoints_to_alarm,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=timing.threshold,
        TreatMissingData="notBreaching",
        AlarmActions=[refs.topics[detection.severity]],
    )
