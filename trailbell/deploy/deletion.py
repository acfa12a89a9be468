"""
Delete a stack: show what is deleted, confirm, delete.

In:    the name of a stack.
Out:   a `DeletionPlan`: what is deleted and what is retained; then the `StackResult` of it.
Never: the deletion of a stack with termination protection, unless the same command disables it and
       the name is confirmed.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from trailbell.aws.cloudformation import Stack
from trailbell.aws.root_cause import find_root_cause
from trailbell.deploy.change_set_plan import deployed_template
from trailbell.deploy.delete_stack import delete_stack
from trailbell.deploy.execute import StackResult, StackResultStatus, console_url
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.diff.model import PolicyAction
from trailbell.diff.retention import removal_policy
from trailbell.dist.built_templates import StackReference
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.template.resources import resources
from trailbell.wording import pluralize


@dataclass(frozen=True, kw_only=True)
class ResourceOutcome:
    """What the deletion of the stack does to one resource."""

    logical_id: str
    type: str
    physical_id: str
    policy: PolicyAction


@dataclass(frozen=True, kw_only=True)
class DeletionPlan:
    """What the deletion of a stack does.

    ``known`` is False if the template could not be read: then the policies are not known.
    """

    stack: Stack
    outcomes: tuple[ResourceOutcome, ...]
    known: bool


def plan_deletion(session: DeploySession, name: str) -> DeletionPlan:
    """Plan the deletion of a stack. Raises `NotFoundError`."""
    stack = session.cloud.stack(name)
    if stack is None:
        raise NotFoundError("DescribeStacks", f"Stack {name} does not exist in {session.region}.")
    template = deployed_template(session.cloud, stack)
    declared = resources(template or {})
    outcomes = tuple(
        ResourceOutcome(
            logical_id=resource.logical_id,
            type=resource.type,
            physical_id=resource.physical_id,
            policy=removal_policy(declared.get(resource.logical_id, {"Type": resource.type})),
        )
        for resource in session.cloud.resources(stack.id)
        if resource.status != "DELETE_COMPLETE"
    )
    return DeletionPlan(stack=stack, outcomes=outcomes, known=template is not None or not outcomes)


def to_text(plan: DeletionPlan) -> str:
    """List the resources, and what the deletion does to each."""
    count = pluralize(len(plan.outcomes), "resource")
    lines = [f"{plan.stack.name} ({plan.stack.status}): {count}"]
    if not plan.known:
        lines.append("  The template could not be read. Deletion policies are not known.")
    width = max((len(outcome.logical_id) for outcome in plan.outcomes), default=0)
    for outcome in plan.outcomes:
        sign = "-" if outcome.policy is PolicyAction.DELETE else " "
        lines.append(
            f"  {sign} {outcome.logical_id:<{width}}  {outcome.type}  {outcome.policy.phrase}  "
            f"{outcome.physical_id}"
        )
    return "\n".join(lines)


def check_deletable(plan: DeletionPlan, *, unprotect: bool) -> None:
    """Check that the stack can be deleted now.

    Raises `PreconditionError` if an operation is in progress, or if termination protection is
    enabled and ``unprotect`` is not given.
    """
    stack = plan.stack
    if stack.status.in_progress:
        raise PreconditionError(
            f"stack {stack.name} is {stack.status}",
            "An operation is in progress.",
            f"Wait for it with: python build.py follow {stack.name}",
        )
    if stack.termination_protection and not unprotect:
        raise PreconditionError(
            f"stack {stack.name}",
            "Termination protection is enabled.",
            f"To disable it and delete the stack: python build.py delete {stack.name} --unprotect",
        )


def delete(
    session: DeploySession, plan: DeletionPlan, reference: StackReference, ui: Ui
) -> StackResult:
    """Delete a stack that passed `check_deletable`, and follow the deletion. Raises `AwsError`."""
    stack, source = plan.stack, reference.source
    if stack.termination_protection:
        session.cloud.set_termination_protection(stack.id, enabled=False)
    role = session.environment.settings_for(source.stack).service_role if source else ""
    operation = delete_stack(session, stack, token=uuid.uuid4().hex, ui=ui, role=role)
    root_cause = None
    if not operation.succeeded:
        root_cause = find_root_cause(
            session.cloud, stack.id, operation.events, reference.source_lines
        )
    return StackResult(
        stack=source.stack if source else stack.name,
        name=stack.name,
        status=StackResultStatus.DELETED if operation.succeeded else StackResultStatus.FAILED,
        state=operation.state,
        text=_retained(plan.outcomes) if operation.succeeded else "",
        console_url=console_url(stack.id) if root_cause else "",
        root_cause=root_cause,
    )


def _retained(outcomes: Sequence[ResourceOutcome]) -> str:
    retained = [
        f"{outcome.logical_id} ({outcome.physical_id})"
        for outcome in outcomes
        if outcome.policy is PolicyAction.RETAIN
    ]
    return f"retained: {', '.join(retained)}" if retained else ""
