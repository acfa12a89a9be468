"""
Which metric filters publish the metric of an alarm, and which alarms watch it.

In:    a template in one case.
Out:   the metrics of filters and alarms, and what they have in common.
Never: metrics of AWS services, which no filter publishes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.diff.judgment.evaluated_template import EvaluatedTemplate
from trailbell.diff.judgment.resource_diff import as_list
from trailbell.template.paths import to_text

_ALARM = "AWS::CloudWatch::Alarm"
_FILTER = "AWS::Logs::MetricFilter"


@dataclass(frozen=True)
class Metric:
    """What identifies the metric of an alarm."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    unit: str = ""


def alarm_metric(properties: Mapping[str, Any]) -> Metric:
    """The metric that an alarm watches."""
    dimensions = (
        (to_text(dimension.get("Name")), to_text(dimension.get("Value")))
        for dimension in as_list(properties.get("Dimensions"))
        if isinstance(dimension, Mapping)
    )
    return Metric(
        namespace=to_text(properties.get("Namespace", "")),
        name=to_text(properties.get("MetricName", "")),
        dimensions=tuple(sorted(dimensions)),
        unit=to_text(properties.get("Unit", "")),
    )


def transformations(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The metric transformations of a filter; the API accepts one."""
    entries = as_list(properties.get("MetricTransformations"))
    return [entry for entry in entries if isinstance(entry, Mapping)]


def is_published(transformation: Mapping[str, Any], metric: Metric) -> bool:
    """Whether a transformation publishes a metric without dimensions."""
    published = (
        to_text(transformation.get("MetricNamespace", "")),
        to_text(transformation.get("MetricName", "")),
    )
    same_unit = not metric.unit or transformation.get("Unit", "None") == metric.unit
    return (
        published == (metric.namespace, metric.name)
        and same_unit
        and (not transformation.get("Dimensions")) is (not metric.dimensions)
    )


def published_by(template: EvaluatedTemplate, metric: Metric) -> set[str]:
    """The filters that publish a metric, by logical ID."""
    return {
        logical_id
        for logical_id, properties in template.of_type(_FILTER)
        if any(is_published(entry, metric) for entry in transformations(properties))
    }


def watching_alarms(
    template: EvaluatedTemplate, properties: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """The alarms that watch a metric of a filter, given by its properties."""
    for _, alarm in template.of_type(_ALARM):
        metric = alarm_metric(alarm)
        if any(is_published(entry, metric) for entry in transformations(properties)):
            yield alarm
