"""
Delete one stack and wait for the end.

In:    a stack of the account.
Out:   how the deletion ended, with its events.
Never: a question. `deletion` and `settle` decide what may be deleted.
"""

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import Stack
from trailbell.aws.stack_events import OperationResult
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui


def delete_stack(
    desk: DeploySession, stack: Stack, *, token: str, voice: Ui, role: str = ""
) -> OperationResult:
    """Delete a stack and follow the deletion to its end. Raises `AwsError`."""
    known = stack_events.latest_event_ids(desk.cloud, stack.id)
    desk.cloud.delete_stack(stack.id, token=token, role=role)
    return stack_events.follow_operation(
        desk.cloud,
        stack.id,
        known=known,
        token=token,
        tell=lambda event: voice.show_event(stack.name, event),
        pace=desk.pace,
        deleting=True,
    )
