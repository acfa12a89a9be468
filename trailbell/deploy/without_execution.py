"""
The results of stacks whose change set is not executed.

In:    a `PlannedStack`.
Out:   a `StackResult`: unchanged, still failed, left for review, or only settings were changed.
Never: an effect, but for the settings that were confirmed.
"""

from trailbell.aws.stack_status import StatusAction, rule_for
from trailbell.deploy.planned_stack import PlannedStack
from trailbell.deploy.result import StackResult, StackResultStatus, console_url
from trailbell.deploy.session import DeploySession
from trailbell.deploy.stack_settings import apply_settings
from trailbell.errors import NotFoundError


def unchanged_result(planned: PlannedStack) -> StackResult:
    """The result of a stack without changes. A failed stack stays failed then.

    Settings differ only if the deployment leaves its change sets for review.
    """
    stack, plan = planned.preparation.stack, planned.plan
    status, text = StackResultStatus.UNCHANGED, "no changes"
    if plan.settings:
        names = ", ".join(change.name for change in plan.settings)
        text += f" of resources; a deployment would change the settings: {names}"
    if stack and planned.preparation.action is StatusAction.RESUME:
        status = StackResultStatus.FAILED
        remedy = rule_for(stack.status, stack.name).remedy
        text += f"; the stack stays {stack.status}, because no update continues it.\n{remedy}"
    return StackResult(
        stack=planned.target.stack,
        name=planned.target.name,
        status=status,
        state=stack.status if stack else "",
        text=text,
        outputs=stack.outputs if stack else {},
        warnings=(*(str(notice) for notice in plan.notices), *planned.left),
    )


def review_result(planned: PlannedStack) -> StackResult:
    """The result of a stack left for review. A stack to prepare first has no change set yet."""
    target = planned.target
    if planned.pending is None:
        text = (
            f"No change set can be created yet: {planned.preparation.reason}\n"
            "Deploy the stack without --no-execute-changeset."
        )
        status = StackResultStatus.REFUSED
        return StackResult(stack=target.stack, name=target.name, status=status, text=text)
    created = planned.pending.change_set
    return StackResult(
        stack=target.stack,
        name=target.name,
        status=StackResultStatus.WAITING,
        change_set=created.id,
        console_url=console_url(created.stack_id, created.id),
        text=f"trailbell deploy --execute-change-set {created.id}",
    )


def settings_result(session: DeploySession, planned: PlannedStack) -> StackResult:
    """Apply the settings of a stack whose resources do not change. Raises `NotFoundError`."""
    stack, target, changes = planned.preparation.stack, planned.target, planned.plan.settings
    if stack is None:
        raise NotFoundError("DescribeStacks", f"Stack {target.name} does not exist.")
    failures = apply_settings(session.cloud, stack.id, changes)
    return StackResult(
        stack=target.stack,
        name=target.name,
        status=StackResultStatus.FAILED if failures else StackResultStatus.DEPLOYED,
        state=stack.status,
        text=f"no changes of resources; settings: {', '.join(change.name for change in changes)}",
        outputs=stack.outputs,
        warnings=(*failures, *planned.left),
    )
