"""
One change set, executed and followed to its end.

In:    the change set that was shown, by its ARN, and the options of its stack.
Out:   a `StackResult`.
Never: another change set than the one that was shown.
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
    """How a stack fared in a run."""

    DEPLOYED = "deployed"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    WAITING = "waiting for review"
    DECLINED = "declined"
    BLOCKED = "blocked"
    REFUSED = "refused"  # a person must say or mend something first
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def succeeded(self) -> bool:
        """Whether what depends on it may go on, and the exit code be 0."""
        return self in (
            StackResultStatus.DEPLOYED,
            StackResultStatus.UNCHANGED,
            StackResultStatus.DELETED,
            StackResultStatus.WAITING,
        )


def exit_code(results: Iterable["StackResult"]) -> int:
    """0: all well; 2: nothing went wrong but the input; 1: everything else."""
    bad = {result.status for result in results if not result.status.succeeded} - {
        StackResultStatus.SKIPPED
    }
    if not bad:
        return 0
    return 2 if bad == {StackResultStatus.REFUSED} else 1


@dataclass(frozen=True, kw_only=True)
class StackResult:
    """What became of one stack. ``read_text`` is for people; ``cause`` is there after a failure."""

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
    desk: DeploySession,
    found: ChangeSet,
    *,
    stack: Stack | None,
    options: StackSettings,
    source: BuiltTemplate | None,
    voice: Ui,
) -> StackResult:
    """Execute a change set and follow it. ``stack`` is None if it is being created.

    Raises `ChangeSetUnavailableError` if it was executed or removed by somebody else, and
    `AwsError`.
    """
    began = time.monotonic()
    cloud = desk.cloud
    if stack is not None:
        apply_stack_policy(cloud, stack, options)
    known = stack_events.latest_event_ids(cloud, found.stack_id)
    token = uuid.uuid4().hex
    _start(cloud, found, token)
    outcome = stack_events.follow_operation(
        cloud,
        found.stack_id,
        known=known,
        token=token,
        tell=lambda event: voice.show_event(found.stack_name, event),
        pace=desk.pace,
    )
    if outcome.succeeded and outcome.stack is not None:
        if stack is None:
            apply_stack_policy(cloud, outcome.stack, options)
        apply_termination_protection(cloud, outcome.stack, options)
    places = source.source_lines if source else {}
    why = (
        None
        if outcome.succeeded
        else find_root_cause(cloud, found.stack_id, outcome.events, places)
    )
    return StackResult(
        stack=source.stack if source else found.stack_name,
        name=found.stack_name,
        status=StackResultStatus.DEPLOYED if outcome.succeeded else StackResultStatus.FAILED,
        state=outcome.state,
        text=outcome.stack.reason if outcome.stack else "",
        outputs=outcome.stack.outputs if outcome.stack else {},
        change_set=found.id,
        console_url=console_url(found.stack_id),
        root_cause=why,
        seconds=time.monotonic() - began,
    )


def _start(cloud: CloudFormation, found: ChangeSet, token: str) -> None:
    """Execute. If the answer to the first try was lost, the retry is refused: then the events
    tell whether what runs is ours.
    """
    try:
        cloud.execute_change_set(found.id, token)
    except (ChangeSetUnavailableError, NotFoundError, AlreadyExistsError) as error:
        ours = any(event.token == token for event in cloud.events(found.stack_id, lambda _: False))
        if not ours:
            raise ChangeSetUnavailableError(
                "ExecuteChangeSet",
                f"{found.name} on {found.stack_name} was executed or removed meanwhile "
                f"({error.reason})",
            ) from error


def apply_stack_policy(cloud: CloudFormation, stack: Stack, options: StackSettings) -> None:
    """Put the stack policy, if it is not the one that is there."""
    if options.stack_policy and not _same(cloud.stack_policy(stack.id), options.stack_policy):
        cloud.set_stack_policy(stack.id, options.stack_policy)


def _same(one: str, other: str) -> bool:
    return bool(one) and json.loads(one) == json.loads(other)


def apply_termination_protection(
    cloud: CloudFormation, stack: Stack, options: StackSettings
) -> bool:
    """Make termination protection what the settings say. True if it was not."""
    if stack.termination_protection == options.termination_protection:
        return False
    cloud.set_termination_protection(stack.id, enabled=options.termination_protection)
    return True


def console_url(stack_id: str, change_set: str = "") -> str:
    """The address in the AWS console."""
    _, partition, _, region, *_ = stack_id.split(":")
    page = "changesets/changes" if change_set else "events"
    query = f"stackId={quote(stack_id, safe='')}"
    if change_set:
        query += f"&changeSetId={quote(change_set, safe='')}"
    domain = CONSOLE_DOMAINS.get(partition, CONSOLE_DOMAINS["aws"])
    return f"https://{region}.{domain}/cloudformation/home?region={region}#/stacks/{page}?{query}"
