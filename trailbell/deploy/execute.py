"""
Execute one change set and follow the operation to its end.

In:    the change set that was shown, by its ARN, and the settings of its stack.
Out:   a `StackResult`.
Never: a change set that was not shown.
"""

import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import ChangeSet, CloudFormation, Stack
from trailbell.aws.root_cause import RootCause, find_root_cause
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import AlreadyExistsError, ChangeSetUnavailableError, NotFoundError
from trailbell.template.partitions import CONSOLE_DOMAINS


class StackResultStatus(StrEnum):
    """The result of a stack in a deployment."""

    DEPLOYED = "deployed"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    ROLLED_BACK = "rolled back"
    WAITING = "waiting for review"
    DECLINED = "declined"
    BLOCKED = "blocked"
    REFUSED = "refused"  # a person must decide or correct something first
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def succeeded(self) -> bool:
        """Whether dependent stacks are deployed, and the exit code can be 0."""
        return self in (
            StackResultStatus.DEPLOYED,
            StackResultStatus.UNCHANGED,
            StackResultStatus.DELETED,
            StackResultStatus.ROLLED_BACK,
            StackResultStatus.WAITING,
        )


def exit_code(results: Iterable["StackResult"]) -> int:
    """Return 0 for success, 2 if only the input was wrong, and 1 for any other failure."""
    failures = {result.status for result in results if not result.status.succeeded} - {
        StackResultStatus.SKIPPED
    }
    if not failures:
        return 0
    return 2 if failures == {StackResultStatus.REFUSED} else 1


@dataclass(frozen=True, kw_only=True)
class StackResult:
    """The result of one stack. ``root_cause`` is set after a failure, if events show it."""

    stack: str
    name: str
    status: StackResultStatus
    text: str = ""
    state: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    change_set: str = ""
    console_url: str = ""
    root_cause: RootCause | None = None
    seconds: float = 0.0


def execute(
    session: DeploySession,
    change_set: ChangeSet,
    *,
    stack: Stack | None,
    options: StackSettings,
    source: BuiltTemplate | None,
    ui: Ui,
) -> StackResult:
    """Execute a change set and follow the operation. ``stack`` is None if it is created.

    Raises `ChangeSetUnavailableError` if another process executed or deleted the change set, and
    `AwsError`.
    """
    started = time.monotonic()
    cloud = session.cloud
    if stack is not None:
        apply_stack_policy(cloud, stack, options)
    known = stack_events.latest_event_ids(cloud, change_set.stack_id)
    token = uuid.uuid4().hex
    _start(cloud, change_set, token)
    operation = stack_events.follow_operation(
        cloud,
        change_set.stack_id,
        known=known,
        token=token,
        on_event=lambda event: ui.show_event(change_set.stack_name, event),
        poller=session.poller,
    )
    if operation.succeeded and operation.stack is not None:
        if stack is None:
            apply_stack_policy(cloud, operation.stack, options)
        apply_termination_protection(cloud, operation.stack, options)
    source_lines = source.source_lines if source else {}
    root_cause = (
        None
        if operation.succeeded
        else find_root_cause(cloud, change_set.stack_id, operation.events, source_lines)
    )
    return StackResult(
        stack=source.stack if source else change_set.stack_name,
        name=change_set.stack_name,
        status=StackResultStatus.DEPLOYED if operation.succeeded else StackResultStatus.FAILED,
        state=operation.state,
        text=operation.stack.reason if operation.stack else "",
        outputs=operation.stack.outputs if operation.stack else {},
        change_set=change_set.id,
        console_url=console_url(change_set.stack_id),
        root_cause=root_cause,
        seconds=time.monotonic() - started,
    )


def _start(cloud: CloudFormation, change_set: ChangeSet, token: str) -> None:
    """Start the execution.

    If the response to the first request was lost, the retry fails. Then the token of the events
    shows whether the running operation is this one.
    """
    try:
        cloud.execute_change_set(change_set.id, token)
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


def apply_stack_policy(cloud: CloudFormation, stack: Stack, options: StackSettings) -> None:
    """Set the stack policy of the settings, unless the stack has it already."""
    if options.stack_policy and not _same_policy(
        cloud.stack_policy(stack.id), options.stack_policy
    ):
        cloud.set_stack_policy(stack.id, options.stack_policy)


def _same_policy(current: str, desired: str) -> bool:
    return bool(current) and json.loads(current) == json.loads(desired)


def apply_termination_protection(
    cloud: CloudFormation, stack: Stack, options: StackSettings
) -> bool:
    """Set termination protection as the settings say. True if it was different."""
    if stack.termination_protection == options.termination_protection:
        return False
    cloud.set_termination_protection(stack.id, enabled=options.termination_protection)
    return True


def console_url(stack_id: str, change_set: str = "") -> str:
    """Return the URL of a stack, or of a change set, in the AWS console."""
    _, partition, _, region, *_ = stack_id.split(":")
    page = "changesets/changes" if change_set else "events"
    query = f"stackId={quote(stack_id, safe='')}"
    if change_set:
        query += f"&changeSetId={quote(change_set, safe='')}"
    domain = CONSOLE_DOMAINS.get(partition, CONSOLE_DOMAINS["aws"])
    return f"https://{region}.{domain}/cloudformation/home?region={region}#/stacks/{page}?{query}"
