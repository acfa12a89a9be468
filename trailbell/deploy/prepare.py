"""
Prepare a stack in any status for a change set: first decide, then do.

In:    the name of a stack, and the options of the deployment.
Out:   a `Preparation`: what has to happen to the stack first. `carry_out` makes it happen.
Never: an effect while deciding; the deletion of a stack that has resources, unless its name was
       typed or given.
"""

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum

from trailbell.aws.cloudformation import Resource, Stack
from trailbell.aws.stack_status import StackStatus, StatusAction, StatusRule, rule_for
from trailbell.deploy import change_set
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.delete_stack import delete_stack, wait_until_idle
from trailbell.deploy.run_rollback import RollbackCall, RollbackPlan, run_rollback
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.diff.model import ChangeAction, Notice, NoticeLevel, Replacement, StackPlan
from trailbell.errors import DeploymentFailedError, PreconditionError

STARTS = frozenset({"DeleteStack", "ContinueUpdateRollback"})
"""The operations that start a first step. Where one of them is denied, nothing runs."""


class FirstStep(StrEnum):
    """What happens to a stack before a change set can be created for it."""

    NONE = "nothing"
    DELETE = "the stack is deleted"
    CONTINUE_ROLLBACK = "its rollback is continued"


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """A stack on which no operation is in progress, and what has to happen to it first.

    ``stack`` is None if it does not exist. ``reason`` explains a step, in sentences. ``remaining``
    are the resources that a stack still has which is to be deleted.
    """

    stack: Stack | None
    action: StatusAction
    step: FirstStep = FirstStep.NONE
    reason: str = ""
    remaining: tuple[Resource, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether a change set can be created now."""
        return self.step is FirstStep.NONE


def plan_preparation(
    session: DeploySession, name: str, options: DeployOptions, ui: Ui, *, executes: bool
) -> Preparation:
    """Decide what a stack needs first. Waits for an operation in progress, and changes nothing.

    With ``executes``, a person is asked for the name of a stack that is to be deleted. Raises
    `PreconditionError` where a person must act first.
    """
    while True:
        stack = session.cloud.stack(name)
        if stack is None or stack.status is StackStatus.DELETE_COMPLETE:
            return Preparation(stack=None, action=StatusAction.CREATE)
        rule = rule_for(stack.status, stack.name)
        if rule.action is not StatusAction.WAIT:
            return _decide(session, stack, rule, options, ui, executes=executes)
        ui.info(f"{stack.name} is {stack.status}: {rule.reason} Waiting.")
        wait_until_idle(session, stack)


def _decide(
    session: DeploySession,
    stack: Stack,
    rule: StatusRule,
    options: DeployOptions,
    ui: Ui,
    *,
    executes: bool,
) -> Preparation:
    """Decide by the rule of the status. Raises `PreconditionError`."""
    ready = Preparation(stack=stack, action=rule.action)
    match rule.action:
        case StatusAction.REVIEW:
            if executes:
                _check_foreign_change_sets(session, stack, rule)
        case StatusAction.RESUME:
            if stack.name in options.delete_failed:
                return _deletion(session, stack, rule, options, ui, executes=executes)
        case StatusAction.RECREATE:
            return _deletion(session, stack, rule, options, ui, executes=executes)
        case StatusAction.ROLL_BACK:
            if not options.continue_rollback:
                raise _blocked(stack, rule)
            return Preparation(
                stack=stack,
                action=rule.action,
                step=FirstStep.CONTINUE_ROLLBACK,
                reason=f"{stack.name} is {stack.status}: {rule.reason}",
            )
        case StatusAction.STOP:
            raise _blocked(stack, rule)
        case _:
            pass
    return ready


def carry_out(session: DeploySession, preparation: Preparation, ui: Ui) -> Preparation:
    """Do what was decided. Returns a preparation that is ready.

    Raises `DeploymentFailedError` if the deletion or the rollback fails, and `AwsError`.
    """
    stack = preparation.stack
    if stack is None or preparation.ready:
        return preparation
    if preparation.step is FirstStep.DELETE:
        _delete(session, stack, ui)
        return Preparation(stack=None, action=StatusAction.CREATE)
    _continue_rollback(session, stack, ui)
    return Preparation(stack=session.cloud.stack(stack.id), action=StatusAction.UPDATE)


def check_replacements(preparation: Preparation, plan: StackPlan) -> StackPlan:
    """Add to the plan of a failed stack that AWS does not replace resources there.

    The update of a failed stack must preserve what was created, and "immutable update types are
    not supported" then: roll the stack back first.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    """
    stack = preparation.stack
    if stack is None or preparation.action is not StatusAction.RESUME:
        return plan
    notices = tuple(
        Notice(
            level=NoticeLevel.FAILURE
            if change.replacement is Replacement.YES
            else NoticeLevel.WARNING,
            logical_id=change.logical_id,
            text=f"{stack.name} is {stack.status}, and AWS does not replace resources of a failed "
            f"stack. Roll it back first with: trailbell rollback {stack.name}",
        )
        for change in plan.resource_changes
        if change.action is ChangeAction.MODIFY and change.replacement is not Replacement.NO
    )
    return replace(plan, notices=(*plan.notices, *notices))


def _blocked(stack: Stack, rule: StatusRule, detail: str = "") -> PreconditionError:
    return PreconditionError(
        f"stack {stack.name} is {stack.status}", rule.reason + detail, rule.remedy
    )


def _check_foreign_change_sets(session: DeploySession, stack: Stack, rule: StatusRule) -> None:
    """Stop for change sets of others: executing a change set deletes all others of the stack.

    A change set that failed cannot be executed, so its deletion costs nothing.
    """
    foreign = [
        f"{summary.name} ({summary.id})"
        for summary in change_set.foreign_change_sets(session.cloud, stack)
        if summary.status != "FAILED"
    ]
    if foreign:
        raise _blocked(stack, rule, f" Change sets: {', '.join(foreign)}")


def _remaining_resources(session: DeploySession, stack: Stack) -> tuple[Resource, ...]:
    return tuple(
        resource
        for resource in session.cloud.resources(stack.id)
        if resource.status != "DELETE_COMPLETE"
    )


def _deletion(
    session: DeploySession,
    stack: Stack,
    rule: StatusRule,
    options: DeployOptions,
    ui: Ui,
    *,
    executes: bool,
) -> Preparation:
    """Plan the deletion of a stack that cannot be updated.

    Unless the stack is empty, its name must be confirmed before it is deleted.
    """
    if stack.termination_protection:
        raise PreconditionError(
            f"stack {stack.name}",
            f"It is {stack.status} and has to be deleted, but its termination protection is "
            "enabled.",
            f"Use trailbell delete {stack.name} --disable-termination-protection, or disable "
            "it in the console.",
        )
    remaining = _remaining_resources(session, stack)
    names = ", ".join(f"{r.logical_id} ({r.status})" for r in remaining) or "none"
    detail = f" Remaining resources: {names}."
    reason = f"{stack.name} is {stack.status}: {rule.reason}{detail}"
    empty = stack.status is StackStatus.ROLLBACK_COMPLETE and not remaining
    consented = not executes or empty or stack.name in options.delete_failed
    if not consented and not ui.confirm_name(stack.name, reason):
        raise _blocked(stack, rule, detail)
    return Preparation(
        stack=stack,
        action=rule.action,
        step=FirstStep.DELETE,
        reason=reason,
        remaining=remaining,
    )


def _delete(session: DeploySession, stack: Stack, ui: Ui) -> None:
    ui.info(f"Deleting {stack.name} ({stack.status})")
    deletion = delete_stack(session, stack, token=uuid.uuid4().hex, ui=ui)
    if not deletion.succeeded:
        raise DeploymentFailedError("DeleteStack", f"{stack.name} is {deletion.state}")


def _continue_rollback(session: DeploySession, stack: Stack, ui: Ui) -> None:
    ui.info(f"Continuing the rollback of {stack.name}")
    plan = RollbackPlan(stack=stack, call=RollbackCall.CONTINUE)
    rollback = run_rollback(session, plan, ui)
    if rollback.state == StackStatus.UPDATE_ROLLBACK_FAILED:
        raise DeploymentFailedError(
            "ContinueUpdateRollback",
            f"{stack.name} is {rollback.state} again. To see why, and which resources can be "
            f"skipped: trailbell rollback {stack.name}",
        )
