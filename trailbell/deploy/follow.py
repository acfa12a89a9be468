"""
Follow an operation that is already in progress.

In:    a stack that exists.
Out:   the events of its current operation from the start, and a `StackResult` at the end.
Never: a change.
"""

from trailbell.aws import stack_events
from trailbell.aws.root_cause import find_root_cause
from trailbell.aws.stack_events import OperationResult
from trailbell.aws.stack_status import SUCCEEDED
from trailbell.deploy.result import StackResult, StackResultStatus, console_url
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.dist.built_templates import StackReference
from trailbell.errors import NotFoundError


def follow_stack(session: DeploySession, reference: StackReference, ui: Ui) -> StackResult:
    """Follow a stack until no operation is in progress. Raises `NotFoundError`."""
    stack = session.cloud.stack(reference.name)
    if stack is None:
        raise NotFoundError(
            "DescribeStacks", f"Stack {reference.name} does not exist in {session.region}."
        )
    operation = stack_events.follow_operation(
        session.cloud,
        stack.id,
        known=stack_events.last_operation(session.cloud, stack.id).preceding,
        token="",
        on_event=lambda event: ui.show_event(reference.name, event),
        poller=session.poller,
        deleting=stack.status == "DELETE_IN_PROGRESS",
    )
    status = _status(operation)
    return StackResult(
        stack=reference.stack,
        name=reference.name,
        status=status,
        state=operation.state,
        outputs=operation.stack.outputs if operation.stack and status.succeeded else {},
        console_url=console_url(stack.id),
        root_cause=None
        if status.succeeded
        else find_root_cause(
            session.cloud, stack.id, operation.events, reference.source_lines, reference.stack
        ),
    )


def _status(operation: OperationResult) -> StackResultStatus:
    """A stack that no longer exists was deleted, whether or not its events could be read."""
    if operation.gone:
        return StackResultStatus.DELETED
    succeeded = operation.stack is not None and operation.stack.status in SUCCEEDED
    return StackResultStatus.DEPLOYED if succeeded else StackResultStatus.FAILED
