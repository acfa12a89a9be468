"""
The detections of a template: which alarm, rule and metric filters are a part of which one.

In:    a template.
Out:   the id and severity of the detection, by logical ID.
Never: the catalog: any template with metric filters and alarms has detections.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.diff.judgment.resource_diff import as_list
from trailbell.template import Template
from trailbell.template.intrinsics import strings
from trailbell.template.paths import to_text
from trailbell.template.resources import properties, resources, type_of

_ALARM = "AWS::CloudWatch::Alarm"
_LOG_ALARM = "AWS::CloudWatch::LogAlarm"
_FILTER = "AWS::Logs::MetricFilter"
_RULE = "AWS::Events::Rule"

_AFTER_VARIABLE = re.compile(r"^\$\{[^}]*\}-(.+)$")
_SEVERITY = re.compile(r"\((critical|high|medium|low)\)$")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class DetectionName:
    """The id of a detection, and the severity that its notification has; empty if unknown."""

    id: str
    severity: str


def name_detections(template: Template) -> Mapping[str, DetectionName]:
    """Name the detections of alarms, rules, and metric filters, by the alarm of their metric."""
    by_id: dict[str, DetectionName] = {}
    by_metric: dict[tuple[str, str], DetectionName] = {}
    for logical_id, resource in resources(template).items():
        if type_of(resource) == _LOG_ALARM:
            values = properties(resource)
            by_id[logical_id] = DetectionName(
                _name(logical_id, values.get("AlarmName"), "LogAlarm").removesuffix("-log"),
                _severity(values.get("AlarmDescription")),
            )
        if type_of(resource) == _ALARM:
            values = properties(resource)
            by_id[logical_id] = DetectionName(
                _name(logical_id, values.get("AlarmName"), "Alarm"),
                _severity(values.get("AlarmDescription")),
            )
            by_metric.setdefault(
                _metric(values.get("Namespace"), values.get("MetricName")), by_id[logical_id]
            )
        if type_of(resource) == _RULE:
            values = properties(resource)
            by_id[logical_id] = DetectionName(
                _name(logical_id, values.get("Name"), "Rule"), _severity(values.get("Description"))
            )
    for logical_id, resource in resources(template).items():
        if type_of(resource) == _FILTER:
            values = properties(resource)
            name = DetectionName(_name(logical_id, values.get("FilterName"), "Filter"), "")
            for transformation in as_list(values.get("MetricTransformations")):
                if isinstance(transformation, Mapping):
                    metric = _metric(
                        transformation.get("MetricNamespace"), transformation.get("MetricName")
                    )
                    name = by_metric.get(metric, name)
            by_id[logical_id] = name
    return by_id


def alarm_detections(template: Template) -> list[str]:
    """The ids of the detections that have an alarm, in the order of the template."""
    names = name_detections(template)
    return [
        names[logical_id].id
        for logical_id, resource in resources(template).items()
        if type_of(resource) in (_ALARM, _LOG_ALARM)
    ]


def _metric(namespace: Any, name: Any) -> tuple[str, str]:
    return to_text(namespace), to_text(name)


def _name(logical_id: str, name: Any, suffix: str) -> str:
    """``iam-changes`` for the name ``${AWS::StackName}-iam-changes``, or from the logical ID."""
    text = name if isinstance(name, str) else next((t for t, _ in strings(name)), "")
    if after_variable := _AFTER_VARIABLE.match(text):
        return after_variable[1]
    if isinstance(name, str):
        return name
    return _WORD_STARTS.sub("-", logical_id.rstrip("0123456789").removesuffix(suffix)).lower()


def _severity(description: Any) -> str:
    """The severity at the end of the first line of the description."""
    text = next((text for text, _ in strings(description)), "")
    severity = _SEVERITY.search(text.split("\n", 1)[0])
    return severity[1] if severity else ""
