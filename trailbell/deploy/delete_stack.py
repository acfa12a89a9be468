"""
Delete one stack and wait for the end of the deletion.

In:    a stack.
Out:   the `OperationResult` of the deletion, with its events.
Never: a question. `deletion` and `prepare` decide what may be deleted.
"""

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import Stack
from trailbell.aws.stack_events import OperationResult
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui


def delete_stack(
    session: DeploySession, stack: Stack, *, token: str, ui: Ui, role: str = ""
) -> OperationResult:
    """Delete a stack and follow the deletion to its end. Raises `AwsError`."""
    known = stack_events.latest_event_ids(session.cloud, stack.id)
    session.cloud.delete_stack(stack.id, token=token, role=role)
    return stack_events.follow_operation(
        session.cloud,
        stack.id,
        known=known,
        token=token,
        on_event=lambda event: ui.show_event(stack.name, event),
        poller=session.poller,
        deleting=True,
    )
