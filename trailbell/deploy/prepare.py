"""
From whatever state a stack is in to one that a change set can be made for.

In:    a stack's name, and what the person allowed.
Out:   the stack as it is then (None: there is none), and what to do with it.
Never: a deletion of something that holds resources without its name typed or given.
"""

import uuid
from dataclasses import dataclass

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import Resource, Stack
from trailbell.aws.stack_status import RULES, StackStatus, StatusAction, StatusRule
from trailbell.deploy import change_set
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.delete_stack import delete_stack
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.errors import DeploymentFailedError, PreconditionError


@dataclass(frozen=True)
class PreparedStack:
    """A stack at rest."""

    stack: Stack | None
    do: StatusAction


def prepare_stack(
    desk: DeploySession, name: str, wishes: DeployOptions, voice: Ui, *, dry: bool
) -> PreparedStack:
    """Bring a stack to rest. ``dry``: wait if need be, but change nothing.

    Raises `PreconditionError` where a person must decide, `DeploymentFailedError` where deleting
    fails.
    """
    found = None
    while found is None:
        stack = desk.cloud.stack(name)
        if stack is None or stack.status is StackStatus.DELETE_COMPLETE:
            return PreparedStack(None, StatusAction.CREATE)
        found = _apply_rule(desk, stack, wishes, voice, dry=dry)
    return found


def _apply_rule(
    desk: DeploySession, stack: Stack, wishes: DeployOptions, voice: Ui, *, dry: bool
) -> PreparedStack | None:
    """Do the one thing for a state; None: look again."""
    step = RULES[stack.status]
    rest = PreparedStack(stack, step.do)
    match step.do:
        case StatusAction.UPDATE | StatusAction.CREATE:
            return rest
        case StatusAction.REVIEW:
            _review(desk, stack, step, dry=dry)
            return rest
        case StatusAction.RESUME:
            if dry or stack.name not in wishes.delete_failed:
                return rest
            _deleted(desk, stack, voice)
        case StatusAction.WAIT:
            voice.info(f"{stack.name} is {stack.status}: {step.why}; waiting")
            _wait(desk, stack)
        case StatusAction.REMAKE:
            _recreate(desk, stack, step, wishes, voice, dry=dry)
        case StatusAction.ROLL_BACK:
            _roll_back(desk, stack, step, wishes, voice, dry=dry)
        case StatusAction.REFUSE:
            raise _refused(stack, step)
    return None


def _refused(stack: Stack, step: StatusRule, more: str = "") -> PreconditionError:
    return PreconditionError(f"stack {stack.name} is {stack.status}", step.why + more, step.remedy)


def _wait(desk: DeploySession, stack: Stack) -> None:
    """Until nothing is under way; a stack that is being deleted may vanish."""

    def look() -> bool | None:
        now = desk.cloud.stack(stack.id)
        return None if now is not None and now.status.in_progress else True

    desk.pace.wait_for("DescribeStacks", look)


def _review(desk: DeploySession, stack: Stack, step: StatusRule, *, dry: bool) -> None:
    """Executing a change set deletes all others of the stack, so theirs come first."""
    theirs = change_set.foreign_change_sets(desk.cloud, stack)
    if theirs and not dry:
        raise _refused(stack, step, f": {', '.join(theirs)}")


def _remaining_resources(desk: DeploySession, stack: Stack) -> tuple[Resource, ...]:
    return tuple(r for r in desk.cloud.resources(stack.id) if r.status != "DELETE_COMPLETE")


def _recreate(
    desk: DeploySession,
    stack: Stack,
    step: StatusRule,
    wishes: DeployOptions,
    voice: Ui,
    *,
    dry: bool,
) -> None:
    """Delete what can only be deleted: unasked if it is empty, else by name."""
    if dry:
        raise _refused(stack, step)
    holds = _remaining_resources(desk, stack)
    empty = stack.status is StackStatus.ROLLBACK_COMPLETE and not holds
    if not empty and stack.name not in wishes.delete_failed:
        names = ", ".join(f"{r.logical_id} ({r.status})" for r in holds) or "nothing"
        why = f"{stack.name} is {stack.status}: {step.why}. It holds: {names}"
        if not voice.confirm_name(stack.name, why):
            raise _refused(stack, step, f"; it holds {names}")
    _deleted(desk, stack, voice)


def _deleted(desk: DeploySession, stack: Stack, voice: Ui) -> None:
    if stack.termination_protection:
        raise PreconditionError(
            f"stack {stack.name}",
            "termination protection is on",
            f"python build.py delete {stack.name} --unprotect, or switch it off in the console",
        )
    voice.info(f"deleting {stack.name} ({stack.status})")
    outcome = delete_stack(desk, stack, token=uuid.uuid4().hex, voice=voice)
    if not outcome.succeeded:
        raise DeploymentFailedError("DeleteStack", f"{stack.name} is {outcome.state}")


def _roll_back(
    desk: DeploySession,
    stack: Stack,
    step: StatusRule,
    wishes: DeployOptions,
    voice: Ui,
    *,
    dry: bool,
) -> None:
    if dry or not wishes.continue_rollback:
        raise _refused(stack, step)
    voice.info(f"continuing the rollback of {stack.name}")
    token = uuid.uuid4().hex
    known = stack_events.latest_event_ids(desk.cloud, stack.id)
    role = desk.environment.options.service_role
    desk.cloud.continue_rollback(stack.id, token=token, role=role)
    outcome = stack_events.follow_operation(
        desk.cloud,
        stack.id,
        known=known,
        token=token,
        tell=lambda event: voice.show_event(stack.name, event),
        pace=desk.pace,
    )
    if outcome.state == StackStatus.UPDATE_ROLLBACK_FAILED:
        raise DeploymentFailedError(
            "ContinueUpdateRollback", f"{stack.name} is {outcome.state} again"
        )
