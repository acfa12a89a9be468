"""
Prepare a stack in any status for a change set.

In:    the name of a stack, and the options of the deployment.
Out:   the stack afterward (None: it does not exist), and what to do with it.
Never: the deletion of a stack that has resources, unless its name was typed or given.
"""

import uuid
from dataclasses import dataclass

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import Resource, Stack
from trailbell.aws.stack_status import StackStatus, StatusAction, StatusRule, rule_for
from trailbell.deploy import change_set
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.delete_stack import delete_stack
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.errors import DeploymentFailedError, PreconditionError


@dataclass(frozen=True)
class PreparedStack:
    """A stack on which no operation is in progress."""

    stack: Stack | None
    action: StatusAction


def prepare_stack(
    session: DeploySession, name: str, options: DeployOptions, ui: Ui, *, dry_run: bool
) -> PreparedStack:
    """Prepare a stack for a change set. A dry run waits if necessary, but changes nothing.

    Raises `PreconditionError` where a person must decide, `DeploymentFailedError` if a deletion
    fails.
    """
    prepared = None
    while prepared is None:
        stack = session.cloud.stack(name)
        if stack is None or stack.status is StackStatus.DELETE_COMPLETE:
            return PreparedStack(None, StatusAction.CREATE)
        prepared = _apply_rule(session, stack, options, ui, dry_run=dry_run)
    return prepared


def _apply_rule(
    session: DeploySession, stack: Stack, options: DeployOptions, ui: Ui, *, dry_run: bool
) -> PreparedStack | None:
    """Apply the rule for the current status; None: read the status again."""
    rule = rule_for(stack.status, stack.name)
    prepared = PreparedStack(stack, rule.action)
    match rule.action:
        case StatusAction.UPDATE | StatusAction.CREATE:
            return prepared
        case StatusAction.REVIEW:
            _check_foreign_change_sets(session, stack, rule, dry_run=dry_run)
            return prepared
        case StatusAction.RESUME:
            if dry_run or stack.name not in options.delete_failed:
                return prepared
            _delete(session, stack, ui)
        case StatusAction.WAIT:
            ui.info(f"{stack.name} is {stack.status}: {rule.reason} Waiting.")
            _wait(session, stack)
        case StatusAction.RECREATE:
            _recreate(session, stack, rule, options, ui, dry_run=dry_run)
        case StatusAction.ROLL_BACK:
            _roll_back(session, stack, rule, options, ui, dry_run=dry_run)
        case StatusAction.STOP:
            raise _blocked(stack, rule)
    return None


def _blocked(stack: Stack, rule: StatusRule, detail: str = "") -> PreconditionError:
    return PreconditionError(
        f"stack {stack.name} is {stack.status}", rule.reason + detail, rule.remedy
    )


def _wait(session: DeploySession, stack: Stack) -> None:
    """Wait until no operation is in progress, or the stack no longer exists."""

    def poll() -> bool | None:
        current = session.cloud.stack(stack.id)
        return None if current is not None and current.status.in_progress else True

    session.poller.wait_for("DescribeStacks", poll)


def _check_foreign_change_sets(
    session: DeploySession, stack: Stack, rule: StatusRule, *, dry_run: bool
) -> None:
    """Stop for change sets of others: executing a change set deletes all others of the stack."""
    foreign = change_set.foreign_change_sets(session.cloud, stack)
    if foreign and not dry_run:
        raise _blocked(stack, rule, f" Change sets: {', '.join(foreign)}")


def _remaining_resources(session: DeploySession, stack: Stack) -> tuple[Resource, ...]:
    return tuple(
        resource
        for resource in session.cloud.resources(stack.id)
        if resource.status != "DELETE_COMPLETE"
    )


def _recreate(
    session: DeploySession,
    stack: Stack,
    rule: StatusRule,
    options: DeployOptions,
    ui: Ui,
    *,
    dry_run: bool,
) -> None:
    """Delete a stack that cannot be updated. Unless it is empty, its name must be confirmed."""
    if dry_run:
        raise _blocked(stack, rule)
    remaining = _remaining_resources(session, stack)
    empty = stack.status is StackStatus.ROLLBACK_COMPLETE and not remaining
    if not empty and stack.name not in options.delete_failed:
        names = ", ".join(f"{r.logical_id} ({r.status})" for r in remaining) or "none"
        detail = f" Remaining resources: {names}"
        if not ui.confirm_name(
            stack.name, f"{stack.name} is {stack.status}: {rule.reason}{detail}"
        ):
            raise _blocked(stack, rule, detail)
    _delete(session, stack, ui)


def _delete(session: DeploySession, stack: Stack, ui: Ui) -> None:
    if stack.termination_protection:
        raise PreconditionError(
            f"stack {stack.name}",
            "Termination protection is enabled.",
            f"Use python build.py delete {stack.name} --unprotect, or disable it in the console.",
        )
    ui.info(f"Deleting {stack.name} ({stack.status})")
    deletion = delete_stack(session, stack, token=uuid.uuid4().hex, ui=ui)
    if not deletion.succeeded:
        raise DeploymentFailedError("DeleteStack", f"{stack.name} is {deletion.state}")


def _roll_back(
    session: DeploySession,
    stack: Stack,
    rule: StatusRule,
    options: DeployOptions,
    ui: Ui,
    *,
    dry_run: bool,
) -> None:
    if dry_run or not options.continue_rollback:
        raise _blocked(stack, rule)
    ui.info(f"Continuing the rollback of {stack.name}")
    token = uuid.uuid4().hex
    known = stack_events.latest_event_ids(session.cloud, stack.id)
    role = session.environment.options.service_role
    session.cloud.continue_rollback(stack.id, token=token, role=role)
    rollback = stack_events.follow_operation(
        session.cloud,
        stack.id,
        known=known,
        token=token,
        on_event=lambda event: ui.show_event(stack.name, event),
        poller=session.poller,
    )
    if rollback.state == StackStatus.UPDATE_ROLLBACK_FAILED:
        raise DeploymentFailedError(
            "ContinueUpdateRollback", f"{stack.name} is {rollback.state} again"
        )
