"""
A change set: made, waited for, removed.

In:    a `StackToDeploy`, and the stack as it is.
Out:   a `PendingChangeSet`: first asked for, then settled. Nothing runs yet.
Never: a trace after a plan: `remove` takes away the change set, and the empty stack that
       creating one leaves behind, if this run made it and nobody else waits there.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from trailbell.aws.client import AwsSession
from trailbell.aws.cloudformation import ChangeSet, CloudFormation, Stack
from trailbell.aws.stack_status import StackStatus, StatusAction
from trailbell.aws.template_upload import template_argument
from trailbell.aws.waiter import Poller
from trailbell.deploy import parameters, target
from trailbell.deploy.target import StackToDeploy
from trailbell.errors import AlreadyExistsError

RUN_PREFIX = "trailbell-run-"
REVIEW_PREFIX = "trailbell-review-"


@dataclass(frozen=True, kw_only=True)
class DeployOptions:
    """What the person asked for, beyond the settings."""

    revert_drift: bool = False
    import_existing: bool = False
    previous_parameters: bool = True
    continue_rollback: bool = False
    delete_failed: frozenset[str] = frozenset()
    review: bool = False


@dataclass(frozen=True, kw_only=True)
class PendingChangeSet:
    """A change set that this run made. ``placeholder``: the stack was made for it."""

    change_set: ChangeSet
    stack: Stack | None
    placeholder: bool
    token: str


def create(
    account: AwsSession,
    cloud: CloudFormation,
    wanted: StackToDeploy,
    stack: Stack | None,
    do: StatusAction,
    wishes: DeployOptions,
    outputs: Mapping[str, Mapping[str, str]],
) -> PendingChangeSet:
    """Ask for a change set; it is not settled yet.

    Parameters are checked first. Raises `SettingsError`, `PreconditionError`, `AwsError`.
    """
    creates = do in (StatusAction.CREATE, StatusAction.REVIEW)
    kept = frozenset(stack.parameters) if stack and wishes.previous_parameters else frozenset()
    given = target.resolve_parameters(wanted, outputs)
    parameters.validate_parameters(
        wanted.options.parameters, wanted.source.document, kept, wanted.options.defined_in
    )
    parameters.validate_parameters(given, wanted.source.document, kept, wanted.options.defined_in)
    request = target.change_set_request(
        wanted,
        kind="CREATE" if creates else "UPDATE",
        given=given,
        kept=kept,
        on_failure=_on_failure(wanted, do),
    )
    request |= template_argument(
        wanted.source,
        wanted.options.template_bucket,
        lambda: account.service("s3"),
        "--template-bucket BUCKET, or template_bucket in trailbell.toml",
    )
    token = uuid.uuid4().hex
    request["ChangeSetName"] = f"{REVIEW_PREFIX if wishes.review else RUN_PREFIX}{token}"
    request["ClientToken"] = token
    if wishes.revert_drift and not creates:
        request["DeploymentMode"] = "REVERT_DRIFT"
    if wishes.import_existing:
        request["ImportExistingResources"] = True
    arn, stack_id = _created(cloud, request)
    return PendingChangeSet(
        change_set=ChangeSet(
            id=arn,
            name=request["ChangeSetName"],
            stack_id=stack_id,
            stack_name=wanted.name,
            status="CREATE_PENDING",
            execution="UNAVAILABLE",
            reason="",
        ),
        stack=stack,
        placeholder=creates and (stack is None or stack.status is StackStatus.DELETE_COMPLETE),
        token=token,
    )


def _created(cloud: CloudFormation, request: Mapping[str, object]) -> tuple[str, str]:
    """The ARNs of change set and stack. If the first answer was lost, the retry hears that the
    name, which nobody else can have, is taken.
    """
    try:
        return cloud.create_change_set(request)
    except AlreadyExistsError:
        name, stack = str(request["ChangeSetName"]), str(request["StackName"])
        for each in cloud.change_sets(stack):
            if each.name == name:
                return each.id, cloud.describe_status(each.id).stack_id
        raise


def _on_failure(wanted: StackToDeploy, do: StatusAction) -> str:
    """DELETE is for creation only; what is resumed keeps what it holds whatever happens."""
    asked = wanted.options.on_failure
    match do:
        case StatusAction.RESUME:
            return "DO_NOTHING"
        case StatusAction.UPDATE:
            return "" if asked == "DELETE" else asked
        case _:
            return asked


def wait_until_created(
    cloud: CloudFormation, made: PendingChangeSet, pace: Poller
) -> PendingChangeSet:
    """The same once CloudFormation is done with it, well or not, with all its pages."""
    arn = made.change_set.id

    def look() -> ChangeSet | None:
        found = cloud.describe_status(arn)
        return found if found.is_finished else None

    found = pace.wait_for("DescribeChangeSet", look)
    return replace(made, change_set=found if found.has_no_changes else cloud.change_set(arn))


def remove(cloud: CloudFormation, made: PendingChangeSet) -> None:
    """Take the change set away, and the placeholder if it is ours and still empty."""
    cloud.delete_change_set(made.change_set.id)
    if made.placeholder:
        remove_placeholder(cloud, made.change_set.stack_id, made.change_set.id)


def remove_placeholder(cloud: CloudFormation, stack_id: str, own: str = "") -> None:
    """Delete a stack that holds nothing: REVIEW_IN_PROGRESS, and no other change set on it."""
    stack = cloud.stack(stack_id)
    if stack is None or stack.status is not StackStatus.REVIEW_IN_PROGRESS:
        return
    if any(each.id != own for each in cloud.change_sets(stack_id)):
        return
    cloud.delete_stack(stack_id, token=uuid.uuid4().hex)


def foreign_change_sets(cloud: CloudFormation, stack: Stack, own: str = "") -> tuple[str, ...]:
    """Names of change sets on a stack that no run of ours left behind."""
    return tuple(
        each.name
        for each in cloud.change_sets(stack.id)
        if each.id != own and not each.name.startswith(RUN_PREFIX)
    )
