"""
Metrics that a template produces and metrics that it watches.

In:    a template's document.
Out:   for each metric filter and alarm, the metrics they name, as comparable values.
Never: a judgement. Rules judge.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, entries, is_intrinsic
from trailbell.template.resources import resources_of_type


@dataclass(frozen=True)
class Metric:
    """Namespace and name as canonical text, so that intrinsics compare; ``path`` is where."""

    namespace: str
    name: str
    path: TemplatePath = field(compare=False)

    @property
    def shown(self) -> str:
        """Namespace and name as people write them, a reference as ``${Name}``."""
        return f"{_shown(self.namespace)}/{_shown(self.name)}"

    def may_be(self, other: "Metric") -> bool:
        """Whether both can be one metric: nobody knows before deployment what a function gives."""
        return _may_be(self.namespace, other.namespace) and _may_be(self.name, other.name)


def _shown(part: str) -> str:
    match json.loads(part):
        case str(text) | {"Fn::Sub": str(text)}:
            return text
        case {"Ref": name}:
            return f"${{{name}}}"
        case _:
            return part


def _may_be(one: str, other: str) -> bool:
    return one == other or is_intrinsic(json.loads(one)) or is_intrinsic(json.loads(other))


def _metrics(holder: Any, namespace: str, path: TemplatePath) -> Iterator[Metric]:
    for space, _ in branches(holder.get(namespace)):
        for name, at in branches(holder.get("MetricName"), (*path, "MetricName")):
            if space is not None and name is not None:
                yield Metric(
                    json.dumps(space, sort_keys=True), json.dumps(name, sort_keys=True), at
                )


def emitted_metrics(document: Any) -> Iterator[Metric]:
    """The metrics of every metric filter."""
    for logical_id, properties in resources_of_type(document, "AWS::Logs::MetricFilter"):
        path: TemplatePath = ("Resources", logical_id, "Properties", "MetricTransformations")
        for transformation, at in entries(properties.get("MetricTransformations"), path):
            if isinstance(transformation, dict):
                yield from _metrics(transformation, "MetricNamespace", at)


def alarmed_metrics(document: Any) -> Iterator[Metric]:
    """The metrics of every alarm, those in metric math too."""
    for logical_id, properties in resources_of_type(document, "AWS::CloudWatch::Alarm"):
        path: TemplatePath = ("Resources", logical_id, "Properties")
        yield from _metrics(properties, "Namespace", path)
        for query, at in entries(properties.get("Metrics"), (*path, "Metrics")):
            match query:
                case {"MetricStat": {"Metric": dict(metric)}}:
                    yield from _metrics(metric, "Namespace", (*at, "MetricStat", "Metric"))
