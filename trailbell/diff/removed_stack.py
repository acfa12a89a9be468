"""
The plan of a stack that is no longer in ``dist/``.

In:    the template that it had.
Out:   a `StackPlan` without resource changes: a deployed copy stays as it is, until it is deleted.
Never: "no changes". Nothing creates the stack in a new account any more, and nothing updates it.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.detection_names import alarm_detections
from trailbell.diff.model import (
    Impact,
    Notice,
    NoticeLevel,
    PlanBasis,
    PlanFingerprint,
    Risk,
    StackPlan,
)
from trailbell.template import Template
from trailbell.template.resources import resources, type_of
from trailbell.wording import pluralize

_DETECTING = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::LogAlarm", "AWS::Events::Rule")


def plan_removed_stack(
    stack: str, before: Template, compared_with: str, *, region: str = ""
) -> StackPlan:
    """Plan the removal of a stack from ``dist/``."""
    return StackPlan(
        stack=stack,
        name=stack,
        region=region,
        basis=PlanBasis.OFFLINE,
        compared_with=compared_with,
        created=False,
        resource_changes=(),
        impacts=tuple(_impacts(before)),
        removed_detections=tuple(alarm_detections(before)),
        notices=(
            Notice(
                level=NoticeLevel.WARNING,
                logical_id="",
                text="The stack is no longer in dist/. Where it is deployed, it stays until it is "
                f"deleted: trailbell delete {stack}",
            ),
        ),
        based_on=PlanFingerprint(template=""),
    )


def _impacts(before: Template) -> Iterator[Impact]:
    yield Impact(
        risk=Risk.REMOVE,
        logical_id="",
        text="The stack is removed from dist/: it is no longer deployed or updated.",
    )
    count = sum(type_of(resource) in _DETECTING for resource in resources(before).values())
    if count:
        yield Impact(
            risk=Risk.DETECTION_GAP,
            logical_id="",
            text=f"{pluralize(count, 'alarm')} of this stack can no longer be deployed.",
        )
