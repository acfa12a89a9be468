"""
The metrics of metric filters and of alarms.

In:    a template.
Out:   the metrics that metric filters emit and that alarms monitor, as comparable values.
Never: a finding. `trailbell.validate.rules` compares them.
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
    """A namespace and a name, both as JSON, so that intrinsic functions can be compared."""

    namespace: str
    name: str
    path: TemplatePath = field(compare=False)

    @property
    def display_name(self) -> str:
        """Namespace and name, with a reference as ``${Name}``."""
        return f"{_display(self.namespace)}/{_display(self.name)}"

    def may_be(self, other: "Metric") -> bool:
        """Whether both may be the same metric; the result of a function may be any text."""
        return _may_be(self.namespace, other.namespace) and _may_be(self.name, other.name)


def _display(part: str) -> str:
    match json.loads(part):
        case str(text) | {"Fn::Sub": str(text)}:
            return text
        case {"Ref": name}:
            return f"${{{name}}}"
        case _:
            return part


def _may_be(text: str, other: str) -> bool:
    return text == other or is_intrinsic(json.loads(text)) or is_intrinsic(json.loads(other))


def _metrics(properties: Any, namespace_key: str, path: TemplatePath) -> Iterator[Metric]:
    for namespace, _ in branches(properties.get(namespace_key)):
        for name, name_path in branches(properties.get("MetricName"), (*path, "MetricName")):
            if namespace is not None and name is not None:
                yield Metric(
                    json.dumps(namespace, sort_keys=True),
                    json.dumps(name, sort_keys=True),
                    name_path,
                )


def emitted_metrics(document: Any) -> Iterator[Metric]:
    """The metrics of every metric filter."""
    for logical_id, properties in resources_of_type(document, "AWS::Logs::MetricFilter"):
        path: TemplatePath = ("Resources", logical_id, "Properties", "MetricTransformations")
        for transformation, entry_path in entries(properties.get("MetricTransformations"), path):
            if isinstance(transformation, dict):
                yield from _metrics(transformation, "MetricNamespace", entry_path)


def alarmed_metrics(document: Any) -> Iterator[Metric]:
    """The metrics of every alarm, including those in metric math."""
    for logical_id, properties in resources_of_type(document, "AWS::CloudWatch::Alarm"):
        path: TemplatePath = ("Resources", logical_id, "Properties")
        yield from _metrics(properties, "Namespace", path)
        for query, query_path in entries(properties.get("Metrics"), (*path, "Metrics")):
            match query:
                case {"MetricStat": {"Metric": dict(metric)}}:
                    yield from _metrics(metric, "Namespace", (*query_path, "MetricStat", "Metric"))
