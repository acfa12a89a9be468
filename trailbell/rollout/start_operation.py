"""
A call of a plan, asked of AWS.

In:    a `PlannedOperation`.
Out:   the id of the operation that it began.
Never: an operation begun twice. Its id is chosen before AWS hears of it.
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


def create_stack_set(desk: RolloutSession, source: BuiltTemplate) -> None:
    """Make the set, without any stack. Raises `AlreadyExistsError` if somebody was quicker."""
    rollout = desk.rollout
    try:
        desk.set.call(
            "CreateStackSet",
            **stack_set_definition.common_request(rollout, source, None),
            **stack_set_definition.template_request(
                rollout, source, lambda: desk.account.service("s3")
            ),
            **stack_set_definition.settings_request(rollout, creates=True),
            ClientRequestToken=uuid.uuid4().hex,
        )
    except AlreadyExistsError as error:
        raise AlreadyExistsError(
            error.operation,
            f"somebody made the set {rollout.stack_set_name} meanwhile; run the same command again",
        ) from error


def start_operation(
    desk: RolloutSession, call: PlannedOperation, request: dict[str, Any], voice: RolloutUi
) -> str:
    """The id of the operation. It is ours before AWS hears it, so a lost answer begins nothing
    twice; and what is under way is waited for, as often as something else comes first.
    """
    id_ = uuid.uuid4().hex
    operation = "UpdateStackSet" if call.do is StackSetApi.SETTINGS else call.do.value

    def begin() -> str | None:
        try:
            answer = desk.set.call(operation, **request, OperationId=id_)
        except AlreadyExistsError:
            return id_
        except OperationInProgressError:
            wait_for_running_operations(desk, voice)
            return None
        return str(answer.get("OperationId") or id_)

    return desk.pace.wait_for(operation, begin)


def operation_request(
    desk: RolloutSession, plan: RolloutPlan, call: PlannedOperation, source: BuiltTemplate
) -> dict[str, Any]:
    """The members of a call, without the name of the set."""
    preferences = {"OperationPreferences": call.pacing.request(call.regions)}
    where = {**call.targets.request(), "Regions": list(call.regions)} if call.pairs else {}
    match call.do:
        case StackSetApi.UPDATE_SET:
            return {
                **stack_set_definition.common_request(desk.rollout, source, plan.definition),
                # The template goes along even if only tags change: it is what makes
                # CloudFormation mark the others OUTDATED, and those are the list of work.
                **stack_set_definition.template_request(
                    desk.rollout, source, lambda: desk.account.service("s3")
                ),
                **where,
                **(preferences if call.pairs else {}),
            }
        case StackSetApi.CREATE | StackSetApi.UPDATE:
            given = {} if call.overrides is None else {
                "ParameterOverrides": stack_set_definition.to_api_overrides(call.overrides)
            }  # fmt: skip
            return {**where, **given, **preferences}
        case StackSetApi.DELETE:
            return {**where, "RetainStacks": call.retain, **preferences}
        case StackSetApi.SETTINGS:
            return {
                **stack_set_definition.common_request(desk.rollout, source, plan.definition),
                "UsePreviousTemplate": True,
                **stack_set_definition.settings_request(desk.rollout, creates=False),
                **preferences,
            }
        case StackSetApi.DRIFT:
            return preferences
        case StackSetApi.CREATE_SET | StackSetApi.DELETE_SET:
            return {}
