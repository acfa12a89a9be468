"""
Create, await and delete a change set.

In:    a `StackToDeploy`, and the current stack.
Out:   a `PendingChangeSet`: just requested, and then created. Nothing is executed.
Never: a trace of a plan: `remove` deletes the change set, and also the empty stack that creating it
       leaves in REVIEW_IN_PROGRESS, if this run created the stack and it has no other change set.
       What cannot be deleted is named, with the command that deletes it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.aws.change_set import ChangeSet, ChangeSetSummary
from trailbell.aws.cloudformation import STACK_TYPE, CloudFormation
from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import StackStatus, StatusAction
from trailbell.aws.template_upload import template_argument
from trailbell.deploy.parameter_values import ParameterChoice
from trailbell.deploy.rollback_alarms import read_triggers
from trailbell.deploy.run_name import REVIEW_PREFIX, RUN_PREFIX, is_abandoned, run_name
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy, change_set_request
from trailbell.diff.model import Notice, NoticeLevel
from trailbell.errors import (
    AlreadyExistsError,
    AwsError,
    ChangeSetUnavailableError,
    NotFoundError,
)
from trailbell.template.resources import resources_of_type


@dataclass(frozen=True, kw_only=True)
class DeployOptions:
    """The options of one deployment, in addition to the settings of each stack."""

    revert_drift: bool = False
    import_existing: bool = False
    previous_parameters: bool = False
    nested_stacks: bool = True
    continue_rollback: bool = False
    delete_failed: frozenset[str] = frozenset()
    review: bool = False


@dataclass(frozen=True, kw_only=True)
class PendingChangeSet:
    """A change set that this run requested. Its ARN is empty until CloudFormation answered.

    ``created_stack`` says that the request also created the stack, in REVIEW_IN_PROGRESS.
    ``others`` are the names of the other change sets of the stack, which the execution deletes.
    ``abandoned`` are those that an earlier run on this machine left behind. ``triggers`` are the
    rollback triggers of the settings.
    """

    change_set: ChangeSet
    stack: Stack | None
    created_stack: bool = False
    others: tuple[str, ...] = ()
    abandoned: tuple[ChangeSetSummary, ...] = ()
    triggers: tuple[tuple[str, str], ...] = ()
    notices: tuple[Notice, ...] = ()


Register = Callable[[PendingChangeSet], None]
"""Called before the request and after the response, so that the change set can be removed."""


def create(
    session: DeploySession,
    target: StackToDeploy,
    stack: Stack | None,
    action: StatusAction,
    choice: ParameterChoice,
    options: DeployOptions,
    register: Register,
) -> PendingChangeSet:
    """Request a change set, without waiting until it is created.

    Raises `PreconditionError`, `AwsError`; `OperationInProgressError` if the stack is busy.
    """
    creates = action in (StatusAction.CREATE, StatusAction.REVIEW)
    alarms = target.options.rollback_alarms
    triggers, notices = (
        read_triggers(session.aws.service("cloudwatch"), alarms, stack) if alarms else ((), ())
    )
    request = change_set_request(
        target,
        change_set_type="CREATE" if creates else "UPDATE",
        values=choice.values,
        kept=choice.kept,
        triggers=triggers,
    )
    request |= template_argument(
        target.source,
        target.options.template_bucket,
        lambda: session.aws.service("s3"),
        "--template-bucket BUCKET, or template_bucket in trailbell.toml",
    )
    request |= _of_options(target, options, creates=creates)
    pending = PendingChangeSet(
        change_set=ChangeSet(
            id="",
            name=request["ChangeSetName"],
            stack_id=stack.id if stack else "",
            stack_name=target.name,
            status="CREATE_PENDING",
            execution="UNAVAILABLE",
            reason="",
        ),
        stack=stack,
        created_stack=stack is None,
        triggers=triggers,
        notices=notices,
    )
    register(pending)
    arn, stack_id = _request(session.cloud, request)
    pending = replace(pending, change_set=replace(pending.change_set, id=arn, stack_id=stack_id))
    register(pending)
    if stack is not None:
        pending = with_others(session.cloud, pending)
        register(pending)
    return pending


def _of_options(target: StackToDeploy, options: DeployOptions, *, creates: bool) -> dict[str, Any]:
    """The members of the request that do not come from the template or the settings."""
    token = uuid.uuid4().hex
    name = f"{REVIEW_PREFIX}{token}" if options.review else run_name(token)
    request: dict[str, Any] = {"ChangeSetName": name, "ClientToken": token}
    # For an update, ExecuteChangeSet says with DisableRollback what happens after a failure.
    if creates and target.options.on_failure:
        request["OnStackFailure"] = target.options.on_failure
    if options.revert_drift and not creates:
        request["DeploymentMode"] = "REVERT_DRIFT"
    if options.import_existing:
        request["ImportExistingResources"] = True
    if options.nested_stacks and any(resources_of_type(target.source.document, STACK_TYPE)):
        request["IncludeNestedStacks"] = True
    return request


def _request(cloud: CloudFormation, request: Mapping[str, object]) -> tuple[str, str]:
    """Return the ARNs of the new change set and its stack.

    If the response to the first request was lost, the retry fails because the name exists. No
    other process can have used this name.
    """
    try:
        return cloud.create_change_set(request)
    except AlreadyExistsError:
        name, stack = str(request["ChangeSetName"]), str(request["StackName"])
        for summary in cloud.change_sets(stack):
            if summary.name == name:
                return summary.id, cloud.describe_status(summary.id).stack_id
        raise


def with_others(cloud: CloudFormation, pending: PendingChangeSet) -> PendingChangeSet:
    """Read the other change sets of the stack."""
    try:
        others = other_change_sets(cloud, pending.change_set.stack_id, pending.change_set.id)
    except AwsError as error:
        text = (
            "The other change sets of the stack could not be listed; executing this one deletes "
            f"them: {error.reason}"
        )
        notice = Notice(level=NoticeLevel.WARNING, logical_id="", text=text)
        return replace(pending, notices=(*pending.notices, notice))
    return replace(
        pending,
        others=tuple(each.name for each in others if not is_abandoned(each.name)),
        abandoned=tuple(each for each in others if is_abandoned(each.name)),
    )


def wait_until_created(session: DeploySession, pending: PendingChangeSet) -> PendingChangeSet:
    """Wait until CloudFormation has created the change set or failed; read all its pages.

    Raises `ChangeSetUnavailableError` if another process deletes it before that.
    """
    arn, cloud = pending.change_set.id, session.cloud

    def poll() -> ChangeSet | None:
        described = cloud.describe_status(arn)
        return described if described.is_finished else None

    try:
        finished = session.poller.wait_for("DescribeChangeSet", poll)
        change_set = finished if finished.has_no_changes else cloud.change_set(arn)
    except NotFoundError as error:
        raise ChangeSetUnavailableError(
            "DescribeChangeSet",
            f"Change set {pending.change_set.name} of {pending.change_set.stack_name} was deleted "
            "by another process before it was created.",
        ) from error
    return replace(pending, change_set=change_set)


def remove(cloud: CloudFormation, pending: PendingChangeSet) -> tuple[str, ...]:
    """Delete the change set, and the stack if the request created it and it is still empty.

    What an earlier run on this machine left behind is deleted too. Returns what remains.
    """
    return tuple(_remove(cloud, pending))


def _remove(cloud: CloudFormation, pending: PendingChangeSet) -> Iterator[str]:
    change_set = pending.change_set
    stack = change_set.stack_id or change_set.stack_name
    abandoned = (summary.id for summary in pending.abandoned)
    for name in (change_set.id or change_set.name, *abandoned):
        try:
            cloud.delete_change_set(name, "" if name.startswith("arn:") else stack)
        except AwsError as error:
            yield left_behind(
                f"change set {name} of stack {change_set.stack_name}",
                "aws cloudformation delete-change-set "
                f"--change-set-name {name} --stack-name {stack}",
                error,
            )
    if pending.created_stack or pending.abandoned:
        try:
            remove_placeholder(cloud, stack, change_set.id)
        except AwsError as error:
            yield left_behind(
                f"the empty stack {change_set.stack_name} in REVIEW_IN_PROGRESS",
                f"trailbell delete {change_set.stack_name}",
                error,
            )


def left_behind(what: str, command: str, error: AwsError) -> str:
    """Say what remains in the account, why, and how to delete it."""
    return f"left behind: {what} ({error.operation}: {error.reason}). Delete it with: {command}"


def remove_placeholder(cloud: CloudFormation, stack_id: str, exclude_id: str = "") -> None:
    """Delete a stack in REVIEW_IN_PROGRESS that has no other change set."""
    stack = cloud.stack(stack_id)
    if stack is None or stack.status is not StackStatus.REVIEW_IN_PROGRESS:
        return
    if other_change_sets(cloud, stack_id, exclude_id):
        return
    cloud.delete_stack(stack_id, token=uuid.uuid4().hex)


def other_change_sets(
    cloud: CloudFormation, stack: str, exclude_id: str = ""
) -> tuple[ChangeSetSummary, ...]:
    """Return the change sets of a stack but one."""
    return tuple(summary for summary in cloud.change_sets(stack) if summary.id != exclude_id)


def foreign_change_sets(cloud: CloudFormation, stack: Stack) -> tuple[ChangeSetSummary, ...]:
    """Return the change sets on a stack that no run of Trailbell created."""
    return tuple(
        summary
        for summary in other_change_sets(cloud, stack.id)
        if not summary.name.startswith(RUN_PREFIX)
    )
