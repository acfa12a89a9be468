"""
What a template would change, without asking an account.

In:    a template, and the one it is compared with.
Out:   a `StackPlan`: what is added, changed and removed, what that means, what will be refused.
Never: certainty about values. What depends on a parameter or a condition is "perhaps".
"""

from dataclasses import replace

from trailbell.diff import impacts, predicted_failures
from trailbell.diff.model import PlanBasis, PlanFingerprint, StackPlan
from trailbell.diff.resources import changes, defaults, values
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.template import Template
from trailbell.template.intrinsics import normalize_get_att


def plan_from_templates(
    source: BuiltTemplate, before: Template | None, against: str, *, region: str = ""
) -> StackPlan:
    """What deploying this template does where the other one stands (None: nothing does)."""
    source = replace(source, document=normalize_get_att(source.document))
    before = None if before is None else normalize_get_att(before)
    where = region or "us-east-1"
    changed = changes(before or {}, source, where)
    return StackPlan(
        stack=source.stack,
        name=source.stack,
        region=region,
        basis=PlanBasis.OFFLINE,
        compared_with=against,
        created=before is None,
        resource_changes=changed,
        impacts=impacts.find_impacts(before, source.document, changed),
        notices=tuple(predicted_failures.remarks(before or {}, source.document, changed, where)),
        parameters=defaults(before or {}, source.document) if before is not None else (),
        outputs=values(before or {}, source.document, "Outputs", "Value"),
        capabilities=source.capabilities,
        based_on=PlanFingerprint(template=source.sha256),
    )
