"""
Create, await and delete a change set.

In:    a `StackToDeploy`, and the current stack.
Out:   a `PendingChangeSet`: just requested, and then created. Nothing is executed.
Never: a trace of a plan: `remove` deletes the change set, and also the empty stack that creating it
       leaves in REVIEW_IN_PROGRESS, if this run created the stack and it has no other change set.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from trailbell.aws.change_set import ChangeSet, ChangeSetSummary
from trailbell.aws.client import AwsSession
from trailbell.aws.cloudformation import CloudFormation, Stack
from trailbell.aws.stack_status import StackStatus, StatusAction
from trailbell.aws.template_upload import template_argument
from trailbell.aws.waiter import Poller
from trailbell.deploy import parameters
from trailbell.deploy.target import StackToDeploy, change_set_request, resolve_parameters
from trailbell.errors import AlreadyExistsError

RUN_PREFIX = "trailbell-run-"
REVIEW_PREFIX = "trailbell-review-"


@dataclass(frozen=True, kw_only=True)
class DeployOptions:
    """The options of one deployment, in addition to the settings of each stack."""

    revert_drift: bool = False
    import_existing: bool = False
    previous_parameters: bool = True
    continue_rollback: bool = False
    delete_failed: frozenset[str] = frozenset()
    review: bool = False


@dataclass(frozen=True, kw_only=True)
class PendingChangeSet:
    """A change set that this run requested.

    ``created_stack`` says that the request also created the stack, in REVIEW_IN_PROGRESS.
    """

    change_set: ChangeSet
    stack: Stack | None
    created_stack: bool
    token: str


def create(
    aws: AwsSession,
    cloud: CloudFormation,
    target: StackToDeploy,
    stack: Stack | None,
    action: StatusAction,
    options: DeployOptions,
    outputs: Mapping[str, Mapping[str, str]],
) -> PendingChangeSet:
    """Request a change set, without waiting until it is created.

    Parameters are validated first. Raises `SettingsError`, `PreconditionError`, `AwsError`.
    """
    creates = action in (StatusAction.CREATE, StatusAction.REVIEW)
    previous = frozenset(stack.parameters) if stack and options.previous_parameters else frozenset()
    values = resolve_parameters(target, outputs)
    document, origin = target.source.document, target.options.defined_in
    parameters.validate_parameters(target.options.parameters, document, previous, origin)
    parameters.validate_parameters(values, document, previous, origin)
    request = change_set_request(
        target,
        change_set_type="CREATE" if creates else "UPDATE",
        values=values,
        previous=previous,
        on_failure=_on_failure(target, action),
    )
    request |= template_argument(
        target.source,
        target.options.template_bucket,
        lambda: aws.service("s3"),
        "--template-bucket BUCKET, or template_bucket in trailbell.toml",
    )
    token = uuid.uuid4().hex
    request["ChangeSetName"] = f"{REVIEW_PREFIX if options.review else RUN_PREFIX}{token}"
    request["ClientToken"] = token
    if options.revert_drift and not creates:
        request["DeploymentMode"] = "REVERT_DRIFT"
    if options.import_existing:
        request["ImportExistingResources"] = True
    arn, stack_id = _request(cloud, request)
    return PendingChangeSet(
        change_set=ChangeSet(
            id=arn,
            name=request["ChangeSetName"],
            stack_id=stack_id,
            stack_name=target.name,
            status="CREATE_PENDING",
            execution="UNAVAILABLE",
            reason="",
        ),
        stack=stack,
        created_stack=creates and (stack is None or stack.status is StackStatus.DELETE_COMPLETE),
        token=token,
    )


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


def _on_failure(target: StackToDeploy, action: StatusAction) -> str:
    """DELETE is only valid for a creation. A resumed stack keeps its resources in any case."""
    on_failure = target.options.on_failure
    match action:
        case StatusAction.RESUME:
            return "DO_NOTHING"
        case StatusAction.UPDATE:
            return "" if on_failure == "DELETE" else on_failure
        case _:
            return on_failure


def wait_until_created(
    cloud: CloudFormation, pending: PendingChangeSet, poller: Poller
) -> PendingChangeSet:
    """Wait until CloudFormation has created the change set or failed; read all its pages."""
    arn = pending.change_set.id

    def poll() -> ChangeSet | None:
        described = cloud.describe_status(arn)
        return described if described.is_finished else None

    finished = poller.wait_for("DescribeChangeSet", poll)
    return replace(
        pending, change_set=finished if finished.has_no_changes else cloud.change_set(arn)
    )


def remove(cloud: CloudFormation, pending: PendingChangeSet) -> None:
    """Delete the change set, and the stack if the request created it and it is still empty."""
    cloud.delete_change_set(pending.change_set.id)
    if pending.created_stack:
        remove_placeholder(cloud, pending.change_set.stack_id, pending.change_set.id)


def remove_placeholder(cloud: CloudFormation, stack_id: str, exclude_id: str = "") -> None:
    """Delete a stack in REVIEW_IN_PROGRESS that has no other change set."""
    stack = cloud.stack(stack_id)
    if stack is None or stack.status is not StackStatus.REVIEW_IN_PROGRESS:
        return
    if any(summary.id != exclude_id for summary in cloud.change_sets(stack_id)):
        return
    cloud.delete_stack(stack_id, token=uuid.uuid4().hex)


def foreign_change_sets(
    cloud: CloudFormation, stack: Stack, exclude_id: str = ""
) -> tuple[ChangeSetSummary, ...]:
    """Return the change sets on a stack that no run of Trailbell created."""
    return tuple(
        summary
        for summary in cloud.change_sets(stack.id)
        if summary.id != exclude_id and not summary.name.startswith(RUN_PREFIX)
    )
