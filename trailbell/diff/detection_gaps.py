"""
Detection gaps: changes during or after which events are not detected.

In:    two templates, the changes between them, the values of the parameters if they are known.
Out:   an `Impact` for each gap that a module of this package finds, a `Notice` for each change
       that could not be judged.
Never: a list of these modules kept by hand: each resource type is one module with ``TYPE`` and
       ``find_gaps``, ``JUDGES_ADDED`` if adding such a resource can cause a gap, and
       ``JUDGES_UNKNOWN``, the properties that it judges although a part of them is unknown.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from trailbell.diff import impacts
from trailbell.diff.judgment.cases import Case, TooManyCasesError, find_cases
from trailbell.diff.judgment.detection_names import DetectionName, name_detections
from trailbell.diff.judgment.evaluated_template import EvaluatedTemplate, has_unknown
from trailbell.diff.judgment.resource_diff import ResourceDiff, Unjudged
from trailbell.diff.model import (
    ChangeAction,
    Impact,
    Notice,
    NoticeLevel,
    ParameterValues,
    ResourceChange,
    Risk,
)
from trailbell.template import Template
from trailbell.template.intrinsics import strings
from trailbell.template.resources import resources, section

_TEXTS = ("Description", "AlarmDescription", "DisplayName", "Tags", "LogFilePrefix")
"""Properties that are text for people, and mean nothing for detection."""


@cache
def modules_by_type() -> Mapping[str, ModuleType]:
    """The modules of this package that are about one resource type, by that type."""
    names = sorted(module.name for module in iter_modules(impacts.__path__))
    modules = [import_module(f"{impacts.__name__}.{name}") for name in names]
    return {module.TYPE: module for module in modules if hasattr(module, "TYPE")}


def find_gaps(
    before: Template,
    after: Template,
    changes: tuple[ResourceChange, ...],
    values: ParameterValues | None = None,
) -> Iterator[Impact | Notice]:
    """Find the gaps that these changes cause, and what could not be judged, in their order."""
    detections: Mapping[str, DetectionName] | None = None
    for change in changes:
        for finding in _find_in_all_cases(before, after, change, values):
            if isinstance(finding, Unjudged):
                yield Notice(
                    level=NoticeLevel.UNKNOWN, logical_id=change.logical_id, text=finding.text
                )
                continue
            if detections is None:
                detections = name_detections(before)
            detection = detections.get(change.logical_id, DetectionName("", ""))
            yield Impact(
                risk=Risk.DETECTION_GAP,
                logical_id=change.logical_id,
                text=finding,
                detection=detection.id,
                severity=detection.severity,
            )


def _find_in_all_cases(
    before: Template, after: Template, change: ResourceChange, values: ParameterValues | None
) -> Iterator[str | Unjudged]:
    """The findings of all cases, each with the first case that has it."""
    old, new = resources(before).get(change.logical_id), resources(after).get(change.logical_id)
    if change.type not in modules_by_type():
        if old is None and new is None and _may_create_judged_types(before, after, change):
            yield Unjudged("What the macro or loop creates could not be judged.")
        return
    if old is None and not getattr(modules_by_type()[change.type], "JUDGES_ADDED", False):
        return
    try:
        cases = find_cases(before, after, (old or {}, new or {}), values)
    except TooManyCasesError:
        yield Unjudged("Its conditions depend on too many parameters to judge the change.")
        return
    reported: set[str | Unjudged] = set()
    for case in cases:
        diff = ResourceDiff(
            change,
            EvaluatedTemplate(before, case.before),
            EvaluatedTemplate(after, case.after),
        )
        for finding in _find_in_case(diff):
            if finding not in reported:
                reported.add(finding)
                yield finding if isinstance(finding, Unjudged) else _with_case(finding, case)


def _may_create_judged_types(before: Template, after: Template, change: ResourceChange) -> bool:
    """Whether a loop names a resource type that is judged. What other macros create is unknown."""
    if change.action is ChangeAction.ADD:
        return False
    if change.type != "Fn::ForEach":
        return change.type in ("Fn::Transform", "section")
    bodies = [section(template, "Resources").get(change.logical_id) for template in (before, after)]
    return any(text in modules_by_type() for text, _ in strings(bodies))


def _find_in_case(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    module = modules_by_type()[diff.change.type]
    if diff.added and (diff.removed or not getattr(module, "JUDGES_ADDED", False)):
        return
    if diff.new.exists(diff.change.logical_id) is None and _condition_changes(diff):
        yield Unjudged("Whether its condition is true is known only during the deployment.")
    yield from module.find_gaps(diff)
    judged = (*_TEXTS, *getattr(module, "JUDGES_UNKNOWN", ()))
    for name, value in diff.after.items():
        if name not in judged and diff.changed(name) and has_unknown(value):
            yield Unjudged(f"{name} is known only during the deployment.")


def _condition_changes(diff: ResourceDiff) -> bool:
    logical_id = diff.change.logical_id
    return diff.change.action is ChangeAction.DYNAMIC or (
        diff.old.exists(logical_id) is not diff.new.exists(logical_id)
    )


def _with_case(text: str, case: Case) -> str:
    return f"{text} This is so if {case.when}." if case.when else text
