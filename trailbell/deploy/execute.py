"""
Execute one change set and follow the operation to its end.

In:    the change set that was shown, by its ARN, and the settings of its stack.
Out:   a `StackResult`.
Never: a change set that was not shown.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trailbell.aws import stack_events
from trailbell.aws.change_set import ChangeSet
from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.root_cause import find_root_cause
from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import StatusAction, rule_for
from trailbell.deploy.change_set_plan import EMPTY
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.result import StackResult, StackResultStatus, console_url
from trailbell.deploy.session import DeploySession
from trailbell.deploy.stack_settings import STACK_POLICY, UNREADABLE, apply_settings
from trailbell.deploy.ui import Ui
from trailbell.diff.model import ValueChange
from trailbell.dist.built_templates import BuiltTemplate, StackReference
from trailbell.errors import (
    AlreadyExistsError,
    AwsError,
    ChangeSetUnavailableError,
    NotFoundError,
)


@dataclass(frozen=True, kw_only=True)
class Execution:
    """An execution that has started. ``known`` are the ids of the events before it."""

    change_set: ChangeSet
    token: str
    known: frozenset[str]
    started: float


def start(
    session: DeploySession,
    change_set: ChangeSet,
    stack: Stack | None,
    options: StackSettings,
    settings: Sequence[ValueChange],
    ui: Ui,
) -> Execution:
    """Start the execution. ``stack`` is None if it is created.

    A stack policy that replaces another one is set just before, because the old one may deny the
    update; it is set back if the execution does not start. Raises `ChangeSetUnavailableError` if
    another process executed or deleted the change set, and `AwsError`.
    """
    cloud, began = session.cloud, time.monotonic()
    known = stack_events.latest_event_ids(cloud, change_set.stack_id)
    token = uuid.uuid4().hex
    policy = _replaced_policy(settings) if stack else None
    if policy is not None and policy.after:
        cloud.set_stack_policy(change_set.stack_id, policy.after)
    try:
        disable_rollback = _disable_rollback(change_set, stack, options)
        _start(cloud, change_set, token, disable_rollback=disable_rollback)
    except (AwsError, KeyboardInterrupt):
        if policy is not None and policy.before:
            restored = replace(policy, before=policy.after, after=policy.before)
            for warning in apply_settings(cloud, change_set.stack_id, [restored]):
                ui.info(f"The former stack policy was not set back. {warning}")
        raise
    return Execution(change_set=change_set, token=token, known=known, started=began)


def may_have_started(cloud: CloudFormation, change_set: ChangeSet) -> bool:
    """Whether AWS may have started an execution to which there was no response.

    A change set that is executed is no longer AVAILABLE, and deleted in the end.
    """
    try:
        return cloud.describe_status(change_set.id).execution != "AVAILABLE"
    except AwsError:
        return True


def _replaced_policy(settings: Sequence[ValueChange]) -> ValueChange | None:
    """The change of a stack policy that replaces a known one."""
    for change in settings:
        if change.name == STACK_POLICY and change.before not in (None, UNREADABLE):
            return change
    return None


def _disable_rollback(
    change_set: ChangeSet, stack: Stack | None, options: StackSettings
) -> bool | None:
    """Whether a failure leaves the resources as they are. None if OnStackFailure says it.

    AWS documents "Default: True" for ExecuteChangeSet and "Default: false" for UpdateStack, so it
    is always sent. An update of a failed stack cannot be rolled back:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    """
    creates = stack is None or stack.status in EMPTY
    if change_set.on_stack_failure or (creates and options.on_failure):
        return None
    failed = stack is not None and rule_for(stack.status, stack.name).action is StatusAction.RESUME
    return failed or options.on_failure == "DO_NOTHING"


def _start(
    cloud: CloudFormation, change_set: ChangeSet, token: str, *, disable_rollback: bool | None
) -> None:
    """Request the execution.

    If the response to the first request was lost, the retry fails. Then the token of the events
    shows whether the running operation is this one.
    """
    try:
        cloud.execute_change_set(change_set.id, token, disable_rollback=disable_rollback)
    except (ChangeSetUnavailableError, NotFoundError, AlreadyExistsError) as error:
        is_ours = any(
            event.token == token for event in cloud.events(change_set.stack_id, lambda _: False)
        )
        if not is_ours:
            raise ChangeSetUnavailableError(
                "ExecuteChangeSet",
                f"Change set {change_set.name} of {change_set.stack_name} was executed or deleted "
                f"by another process ({error.reason})",
            ) from error


def follow(
    session: DeploySession,
    execution: Execution,
    *,
    source: BuiltTemplate | None,
    settings: Sequence[ValueChange],
    ui: Ui,
) -> StackResult:
    """Follow the operation to its end. After a success, apply the settings that the plan names.

    A setting that cannot be applied is a warning: the stack is deployed. Raises `AwsError`.
    """
    cloud, change_set = session.cloud, execution.change_set
    named = StackReference(change_set.stack_name, source)
    operation = stack_events.follow_operation(
        cloud,
        change_set.stack_id,
        known=execution.known,
        token=execution.token,
        on_event=lambda event: ui.show_event(change_set.stack_name, event),
        poller=session.poller,
    )
    warnings: tuple[str, ...] = ()
    root_cause = None
    if operation.succeeded:
        already = _replaced_policy(settings)
        changes = [change for change in settings if change is not already]
        warnings = apply_settings(cloud, change_set.stack_id, changes)
    else:
        root_cause = find_root_cause(
            cloud, change_set.stack_id, operation.events, named.source_lines, named.stack
        )
    return StackResult(
        stack=named.stack,
        name=change_set.stack_name,
        status=StackResultStatus.DEPLOYED if operation.succeeded else StackResultStatus.FAILED,
        state=operation.state,
        text=operation.stack.reason if operation.stack else "",
        outputs=operation.stack.outputs if operation.stack else {},
        change_set=change_set.id,
        console_url=console_url(change_set.stack_id),
        root_cause=root_cause,
        seconds=time.monotonic() - execution.started,
        warnings=warnings,
    )
