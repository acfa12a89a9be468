"""
Detection gaps: changes during or after which events are not detected.

In:    two templates and the changes between them.
Out:   an `Impact` for each gap that a module of this package finds.
Never: a list of these modules kept by hand: each resource type is one module with ``TYPE`` and
       ``find_gaps``.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from trailbell.diff import impacts
from trailbell.diff.impacts.resource_diff import ResourceDiff, as_list
from trailbell.diff.model import Impact, ResourceChange, Risk
from trailbell.template import Template
from trailbell.template.paths import to_text
from trailbell.template.resources import properties, resources


@cache
def modules_by_type() -> Mapping[str, ModuleType]:
    """The modules of this package that are about one resource type, by that type."""
    names = sorted(module.name for module in iter_modules(impacts.__path__))
    modules = [import_module(f"{impacts.__name__}.{name}") for name in names]
    return {module.TYPE: module for module in modules if hasattr(module, "TYPE")}


def find_gaps(
    before: Template, after: Template, changes: tuple[ResourceChange, ...]
) -> Iterator[Impact]:
    """Find the gaps that these changes cause, in their order."""
    old, new = resources(before), resources(after)
    for change in changes:
        module = modules_by_type().get(change.type)
        if change.logical_id not in old or module is None:
            continue
        diff = ResourceDiff(
            change,
            properties(old[change.logical_id]),
            properties(new.get(change.logical_id, {})),
        )
        for text in module.find_gaps(diff):
            yield Impact(risk=Risk.DETECTION_GAP, logical_id=change.logical_id, text=text)
    yield from _metrics_without_alarm(old, new)


def _metrics_without_alarm(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> Iterator[Impact]:
    """Find filters whose metric had an alarm and has none now, while the filter still exists."""
    old_metrics, new_metrics = _alarm_metrics(old), _alarm_metrics(new)
    for logical_id, metrics in _filter_metrics(new).items():
        previous = _filter_metrics(old).get(logical_id, [])
        if any(m in old_metrics for m in previous) and not any(m in new_metrics for m in metrics):
            yield Impact(
                risk=Risk.DETECTION_GAP,
                logical_id=logical_id,
                text="No alarm uses the metric of this filter any more.",
            )


def _alarm_metrics(declared: Mapping[str, Mapping[str, Any]]) -> set[tuple[str, str]]:
    return {
        (
            to_text(properties(resource).get("Namespace")),
            to_text(properties(resource).get("MetricName")),
        )
        for resource in declared.values()
        if resource.get("Type") == "AWS::CloudWatch::Alarm"
    }


def _filter_metrics(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    return {
        logical_id: [
            (
                to_text(transformation.get("MetricNamespace")),
                to_text(transformation.get("MetricName")),
            )
            for transformation in as_list(properties(resource).get("MetricTransformations"))
            if isinstance(transformation, dict)
        ]
        for logical_id, resource in declared.items()
        if resource.get("Type") == "AWS::Logs::MetricFilter"
    }
