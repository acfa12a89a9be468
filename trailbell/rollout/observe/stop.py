"""
Stop the running operations of the StackSets of a rollout.

In:    the `Sessions` of a rollout.
Out:   the operations, once they have ended.
Never: a stack that is interrupted. StackSets finishes the stacks that it works on, and cancels only
       what has not started.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StopStackSetOperation.html
"""

from trailbell.aws.stack_set import StackSetOperation
from trailbell.errors import AwsError
from trailbell.rollout.apply.follow import follow_stack_set_operation
from trailbell.rollout.apply.ui import RolloutUi
from trailbell.rollout.session import RolloutSession, Sessions


def stop_operations(sessions: Sessions, ui: RolloutUi) -> tuple[StackSetOperation, ...]:
    """Stop the running operations, and wait for the stacks in progress. Raises `AwsError`.

    All of them are stopped before one is waited for. One of several StackSets may not exist yet.
    """
    running = {
        stack: _stop(session, ui)
        for stack, session in sessions.items()
        if len(sessions) == 1 or session.stack_set.definition() is not None
    }
    ended: list[StackSetOperation] = []
    for stack, ids in running.items():
        if ids:
            followed = follow_stack_set_operation(
                sessions[stack], ids, stage="stopping", total=0, ui=ui
            )
            ended += [each.operation for each in followed]
    return tuple(ended)


def _stop(session: RolloutSession, ui: RolloutUi) -> list[str]:
    """Stop the running operations of one StackSet, and return their ids."""
    operations = session.stack_set.running_operations()
    for operation in operations:
        ui.info(f"Stopping operation {operation.action} {operation.id} ({operation.status})")
        try:
            session.stack_set.call("StopStackSetOperation", OperationId=operation.id)
        except AwsError:
            if session.stack_set.operation(operation.id).in_progress:
                raise
    return [operation.id for operation in operations]
