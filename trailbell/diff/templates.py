"""
Plan a template from files only, without calling AWS.

In:    a template, and the one it is compared with.
Out:   a `StackPlan`: resource changes, impacts, predicted failures.
Never: certainty about values. What depends on a parameter or a condition "may" change.
"""

from dataclasses import replace

from trailbell.cost.change import change_between
from trailbell.diff import predicted_failures
from trailbell.diff.existence import existing_resources
from trailbell.diff.judge_changes import judge_changes
from trailbell.diff.judgment.detection_names import alarm_detections
from trailbell.diff.model import PlanBasis, PlanFingerprint, StackPlan
from trailbell.diff.resources import compare_resources
from trailbell.diff.value_changes import compare_defaults, compare_outputs
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.intrinsics import normalize_get_att


def plan_from_templates(
    source: BuiltTemplate,
    before: Template | None,
    compared_with: str,
    *,
    region: str = "",
    values: tuple[Evaluator, Evaluator] | None = None,
) -> StackPlan:
    """Plan the change from an old template (None: the stack does not exist yet).

    ``values`` evaluate both templates with the values of a deployment, if these are known: then
    resources that exist neither before nor after are left out.
    """
    source = replace(source, document=normalize_get_att(source.document))
    before = None if before is None else normalize_get_att(before)
    schema_region = region or "us-east-1"
    resource_changes = compare_resources(before or {}, source, schema_region)
    if values is not None:
        resource_changes = existing_resources(resource_changes, *values)
    judgment = judge_changes(before, source.document, resource_changes)
    values = values or (Evaluator(before or {}, Scope()), Evaluator(source.document, Scope()))
    old, new = alarm_detections(before or {}), alarm_detections(source.document)
    return StackPlan(
        stack=source.stack,
        name=source.stack,
        region=region,
        basis=PlanBasis.OFFLINE,
        compared_with=compared_with,
        created=before is None,
        resource_changes=resource_changes,
        impacts=judgment.impacts,
        notices=(
            *predicted_failures.predict_failures(
                before or {}, source.document, resource_changes, schema_region
            ),
            *judgment.notices,
        ),
        parameters=compare_defaults(before, source.document) if before is not None else (),
        outputs=compare_outputs(before or {}, source.document),
        added_detections=tuple(name for name in new if name not in old),
        removed_detections=tuple(name for name in old if name not in new),
        capabilities=source.capabilities,
        costs=change_between(values[0] if before is not None else None, values[1]),
        based_on=PlanFingerprint(template=source.sha256),
    )
