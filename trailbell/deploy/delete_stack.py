"""
Delete one stack and wait for the end of the deletion.

In:    a stack.
Out:   the `OperationResult` of the deletion, with its events.
Never: a question. `deletion` and `prepare` decide what may be deleted.
"""

from collections.abc import Callable, Sequence

from trailbell.aws import stack_events
from trailbell.aws.cloudformation import Stack
from trailbell.aws.stack_events import OperationResult
from trailbell.deploy.session import DeploySession
from trailbell.deploy.ui import Ui
from trailbell.errors import AwsError, DeploymentInterruptedError, OperationInProgressError

_MAX_BUSY_STARTS = 3


def delete_stack(
    session: DeploySession,
    stack: Stack,
    *,
    token: str,
    ui: Ui,
    role: str = "",
    retain: Sequence[str] = (),
    force: bool = False,
) -> OperationResult:
    """Delete a stack and follow the deletion to its end. Raises `AwsError`."""
    known = stack_events.latest_event_ids(session.cloud, stack.id)
    start_when_idle(
        session,
        stack,
        lambda: session.cloud.delete_stack(
            stack.id, token=token, role=role, retain=retain, force=force
        ),
        ui,
    )
    return stack_events.follow_operation(
        session.cloud,
        stack.id,
        known=known,
        token=token,
        on_event=lambda event: ui.show_event(stack.name, event),
        poller=session.poller,
        deleting=True,
    )


def start_when_idle(
    session: DeploySession, stack: Stack, start: Callable[[], None], ui: Ui
) -> None:
    """Start an operation; if another one is in progress, wait for its end first.

    Raises `OperationInProgressError` if operations of others start again and again.
    """
    for attempt in range(1, _MAX_BUSY_STARTS + 1):
        try:
            return start()
        except OperationInProgressError:
            if attempt == _MAX_BUSY_STARTS:
                raise
            ui.info(f"Another operation on {stack.name} is in progress. Waiting.")
            wait_until_idle(session, stack)
    return None


def interrupted(session: DeploySession, stack: Stack) -> DeploymentInterruptedError:
    """Return the error of an interruption; it names the stack if an operation is in progress.

    A stack that cannot be read counts as one with an operation.
    """
    try:
        current = session.cloud.stack(stack.id)
    except AwsError:
        return DeploymentInterruptedError((stack.name,))
    running = current is None or current.status.in_progress
    return DeploymentInterruptedError((stack.name,) if running else ())


def wait_until_idle(session: DeploySession, stack: Stack) -> None:
    """Wait until no operation is in progress, or the stack no longer exists."""

    def poll() -> bool | None:
        current = session.cloud.stack(stack.id)
        return None if current is not None and current.status.in_progress else True

    session.poller.wait_for("DescribeStacks", poll)
