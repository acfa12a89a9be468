"""
Start an operation of a plan.

In:    a `PlannedOperation`.
Out:   the id of the operation in AWS.
Never: an operation started twice. Its id is chosen before the request is sent.
"""

import uuid
from typing import Any

from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import AlreadyExistsError, OperationInProgressError
from trailbell.rollout import stack_set_definition
from trailbell.rollout.follow import wait_for_running_operations
from trailbell.rollout.plan import PlannedOperation, RolloutPlan, StackSetApi
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.ui import RolloutUi


def create_stack_set(session: RolloutSession, template: BuiltTemplate) -> None:
    """Create the StackSet, without stack instances.

    Raises `AlreadyExistsError` if another process created it in between.
    """
    rollout = session.rollout
    try:
        session.stack_set.call(
            "CreateStackSet",
            **stack_set_definition.common_request(rollout, template, None),
            **stack_set_definition.template_request(
                rollout, template, lambda: session.account.service("s3")
            ),
            **stack_set_definition.settings_request(rollout, creates=True),
            ClientRequestToken=uuid.uuid4().hex,
        )
    except AlreadyExistsError as error:
        raise AlreadyExistsError(
            error.operation,
            f'StackSet "{rollout.stack_set_name}" was created by another process. Run the command '
            "again.",
        ) from error


def start_operation(
    session: RolloutSession, operation: PlannedOperation, request: dict[str, Any], ui: RolloutUi
) -> str:
    """Start an operation, and return its id.

    The id is part of the request, so a retry after a lost response starts nothing twice. If another
    operation is running, wait for it and try again.
    """
    id_ = uuid.uuid4().hex
    is_settings = operation.api is StackSetApi.UPDATE_SETTINGS
    api = "UpdateStackSet" if is_settings else operation.api.value

    def start() -> str | None:
        try:
            response = session.stack_set.call(api, **request, OperationId=id_)
        except AlreadyExistsError:
            return id_
        except OperationInProgressError:
            wait_for_running_operations(session, ui)
            return None
        return str(response.get("OperationId") or id_)

    return session.poller.wait_for(api, start)


def operation_request(
    session: RolloutSession,
    plan: RolloutPlan,
    operation: PlannedOperation,
    template: BuiltTemplate,
) -> dict[str, Any]:
    """The members of a request, without the name of the StackSet.

    UpdateStackSet always has the template, even if only tags change: it makes CloudFormation mark
    the other stack instances OUTDATED, and later waves and runs rely on that.
    """
    rollout = session.rollout
    preferences = {"OperationPreferences": operation.preferences.request(operation.regions)}
    has_targets = operation.instance_count > 0
    targets = (
        {**operation.targets.request(), "Regions": list(operation.regions)} if has_targets else {}
    )
    match operation.api:
        case StackSetApi.UPDATE_STACK_SET:
            return {
                **stack_set_definition.common_request(rollout, template, plan.definition),
                **stack_set_definition.template_request(
                    rollout, template, lambda: session.account.service("s3")
                ),
                **targets,
                **(preferences if has_targets else {}),
            }
        case StackSetApi.CREATE_INSTANCES | StackSetApi.UPDATE_INSTANCES:
            return {**targets, **_overrides(operation), **preferences}
        case StackSetApi.DELETE_INSTANCES:
            return {**targets, "RetainStacks": operation.retain, **preferences}
        case StackSetApi.UPDATE_SETTINGS:
            return {
                **stack_set_definition.common_request(rollout, template, plan.definition),
                "UsePreviousTemplate": True,
                **stack_set_definition.settings_request(rollout, creates=False),
                **preferences,
            }
        case StackSetApi.DETECT_DRIFT:
            return preferences
        case StackSetApi.CREATE_STACK_SET | StackSetApi.DELETE_STACK_SET:
            return {}


def _overrides(operation: PlannedOperation) -> dict[str, Any]:
    if operation.parameter_overrides is None:
        return {}
    overrides = stack_set_definition.to_api_overrides(operation.parameter_overrides)
    return {"ParameterOverrides": overrides}
