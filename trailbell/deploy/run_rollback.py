"""
The plan of a rollback, and its execution.

In:    a stack, and what to do with it.
Out:   a `RollbackPlan`; the `OperationResult` of it.
Never: a decision: `rollback` and `prepare` decide.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import Resource, Stack
from trailbell.aws.stack_events import OperationResult
from trailbell.deploy.delete_stack import start_when_idle
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui


class RollbackCall(StrEnum):
    """The operation that rolls the stack back."""

    ROLL_BACK = "RollbackStack"
    CONTINUE = "ContinueUpdateRollback"


@dataclass(frozen=True, kw_only=True)
class FailedResource:
    """A resource that the rollback could not roll back.

    ``name`` is how ResourcesToSkip names it: in a nested stack, ``NestedStackName.LogicalId``.
    ``logical_path`` has the logical id of the nested stack instead, as the template has it.
    """

    name: str
    type: str
    reason: str
    logical_path: str = ""


@dataclass(frozen=True, kw_only=True)
class RollbackPlan:
    """What a rollback does. ``resources`` are those of a stack that it deletes."""

    stack: Stack
    call: RollbackCall
    deletes_stack: bool = False
    resources: tuple[Resource, ...] = ()
    failed: tuple[FailedResource, ...] = ()
    skip: tuple[str, ...] = ()
    role: str = ""


def run_rollback(session: DeploySession, plan: RollbackPlan, ui: Ui) -> OperationResult:
    """Start the rollback, and follow it to its end. Raises `AwsError`."""
    stack, token = plan.stack, uuid.uuid4().hex
    known = stack_events.latest_event_ids(session.cloud, stack.id)

    def start() -> None:
        if plan.call is RollbackCall.ROLL_BACK:
            session.cloud.roll_back(stack.id, token=token, role=plan.role)
        else:
            session.cloud.continue_rollback(stack.id, token=token, role=plan.role, skip=plan.skip)

    start_when_idle(session, stack, start, ui)
    return stack_events.follow_operation(
        session.cloud,
        stack.id,
        known=known,
        token=token,
        on_event=lambda event: ui.show_event(stack.name, event),
        poller=session.poller,
        deleting=plan.deletes_stack,
    )
