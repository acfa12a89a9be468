"""
Start an operation of a plan, create the StackSet, and delete it.

In:    a `PlannedOperation`, the members of its request, and the id under which it runs.
Out:   nothing: afterward AWS has accepted the operation.
Never: an operation started twice. Its id is chosen before the request is sent, so AWS rejects a
       second one, and a lost response is looked up by it.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from trailbell.aws.client import ServiceClient
from trailbell.errors import (
    AlreadyExistsError,
    AwsError,
    NotFoundError,
    OperationInProgressError,
)
from trailbell.rollout.apply.follow import wait_for_running_operations
from trailbell.rollout.apply.ui import RolloutUi
from trailbell.rollout.model.stack_set_request import StackSetRequest, to_api_overrides
from trailbell.rollout.model.stage import PlannedOperation, StackSetApi
from trailbell.rollout.session import RolloutSession


def create_stack_set(session: RolloutSession, request: Mapping[str, Any]) -> str:
    """Create the StackSet, without stack instances, and return its id.

    Raises `AlreadyExistsError` if another process created it in between.
    """
    name, token = session.stack_set.name, uuid.uuid4().hex
    try:
        response = session.poller.wait_for(
            "CreateStackSet",
            lambda: session.stack_set.call("CreateStackSet", **request, ClientRequestToken=token),
        )
    except AlreadyExistsError as error:
        raise AlreadyExistsError(
            error.operation,
            f'StackSet "{name}" was created by another process. Run the command again.',
        ) from error
    return str(response.get("StackSetId") or "")


def delete_stack_set(session: RolloutSession, ui: RolloutUi) -> None:
    """Delete the StackSet. Wait while an operation is in progress.

    A StackSet that does not exist counts as deleted: the response may have been lost.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackSet.html
    """

    def delete() -> bool | None:
        try:
            session.stack_set.call("DeleteStackSet")
        except NotFoundError:
            return True
        except OperationInProgressError:
            wait_for_running_operations(session, ui)
            return None
        return True

    session.poller.wait_for("DeleteStackSet", delete)


def start_operation(
    session: RolloutSession,
    operation: PlannedOperation,
    request: Mapping[str, Any],
    id_: str,
    ui: RolloutUi,
    check: Callable[[], None] = lambda: None,
) -> str:
    """Start an operation under this id, and return the id that AWS gave it: the same one.

    AWS does not start the same id twice, so the request is repeated after a lost response. If
    another operation is running, wait for it and try again; ``check`` raises if that operation
    changed what this one relies on. Raises `StaleRequestError` if AWS says that it did.
    """
    api = operation.api.operation

    def start() -> str | None:
        try:
            response = session.stack_set.call(api, **request, OperationId=id_)
        except AlreadyExistsError:
            return id_
        except OperationInProgressError:
            # It may be this one, whose response was lost.
            if _exists(session, id_):
                return id_
            wait_for_running_operations(session, ui)
            check()
            return None
        except AwsError:
            if _exists(session, id_):
                return id_
            raise
        return str(response.get("OperationId") or id_)

    return session.poller.wait_for(api, start)


def _exists(session: RolloutSession, id_: str) -> bool:
    """Whether AWS knows the operation. DescribeStackSetOperation is strongly consistent."""
    try:
        session.stack_set.operation(id_)
    except AwsError:
        return False
    return True


def operation_request(
    session: RolloutSession, stack_set: StackSetRequest | None, operation: PlannedOperation
) -> dict[str, Any]:
    """The members of a request, without the name of the StackSet.

    Uploads a template that is too long for a request, and reads the ARNs of the StackSets that
    automatic deployment depends on.
    """
    preferences = {"OperationPreferences": operation.preferences.request(operation.regions)}
    targets: dict[str, Any] = {}
    if operation.instance_count:
        targets = {**operation.targets.request(), "Regions": list(operation.regions)}

    def open_s3() -> ServiceClient:
        return session.account.service("s3")

    match operation.api, stack_set:
        case StackSetApi.CREATE_STACK_SET, StackSetRequest() as request:
            return request.create(open_s3, _arns(session, request.depends_on))
        case StackSetApi.UPDATE_STACK_SET, StackSetRequest() as request:
            return {**request.update(open_s3), **targets, **(preferences if targets else {})}
        case StackSetApi.UPDATE_MANAGED_EXECUTION, StackSetRequest() as request:
            return {**request.update_managed_execution(), **preferences}
        case StackSetApi.UPDATE_AUTO_DEPLOYMENT, StackSetRequest() as request:
            dependencies = _arns(session, request.depends_on)
            return {**request.update_auto_deployment(dependencies), **preferences}
        case StackSetApi.CREATE_INSTANCES | StackSetApi.UPDATE_INSTANCES, _:
            return {**targets, **_overrides(operation), **preferences}
        case StackSetApi.DELETE_INSTANCES, _:
            return {**targets, "RetainStacks": operation.retain, **preferences}
        case StackSetApi.DETECT_DRIFT, _:
            return preferences
        case _:
            return {}


def _arns(session: RolloutSession, names: Iterable[str]) -> list[str]:
    """The ARNs of StackSets of the same rollout. DescribeStackSet is strongly consistent.

    Raises `NotFoundError` for one that does not exist: it comes before, so it was deleted.
    """
    arns = []
    for name in names:
        definition = replace(session.stack_set, name=name).definition()
        if definition is None:
            raise NotFoundError("DescribeStackSet", f"StackSet {name} does not exist")
        arns.append(definition.arn)
    return [arn for arn in arns if arn]


def _overrides(operation: PlannedOperation) -> dict[str, Any]:
    if operation.parameter_overrides is None:
        return {}
    return {"ParameterOverrides": to_api_overrides(operation.parameter_overrides)}
