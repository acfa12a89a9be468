"""
Delete one stack and wait for the end.

In:    a stack of the account.
Out:   how the deletion ended, with its events.
Never: a question. `deletion` and `settle` decide what may be deleted.
"""

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import Stack
from trailbell.aws.stack_events import Outcome
from trailbell.deploy.session import Desk
from trailbell.deploy.ui import Voice


def delete_stack(desk: Desk, stack: Stack, *, token: str, voice: Voice, role: str = "") -> Outcome:
    """Delete a stack and follow the deletion to its end. Raises `AwsError`."""
    known = stack_events.newest(desk.cloud, stack.id)
    desk.cloud.delete_stack(stack.id, token=token, role=role)
    return stack_events.follow(
        desk.cloud,
        stack.id,
        known=known,
        token=token,
        tell=lambda event: voice.event(stack.name, event),
        pace=desk.pace,
        deleting=True,
    )
