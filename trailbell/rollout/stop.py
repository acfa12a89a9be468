"""
Stop the running operations of a StackSet.

In:    a `RolloutSession`.
Out:   the operations, once they have ended.
Never: a stack that is interrupted. StackSets finishes the stacks that it works on, and cancels only
       what has not started.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StopStackSetOperation.html
"""

from trailbell.aws.stack_set import StackSetOperation
from trailbell.errors import AwsError
from trailbell.rollout.follow import follow_stack_set_operation
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.ui import RolloutUi


def stop_operations(session: RolloutSession, ui: RolloutUi) -> tuple[StackSetOperation, ...]:
    """Stop the running operations, and wait for the stacks in progress. Raises `AwsError`."""
    operations = session.stack_set.running_operations()
    for operation in operations:
        ui.info(f"Stopping operation {operation.action} {operation.id} ({operation.status})")
        try:
            session.stack_set.call("StopStackSetOperation", OperationId=operation.id)
        except AwsError:
            if session.stack_set.operation(operation.id).in_progress:
                raise
    if not operations:
        return ()
    ids = [operation.id for operation in operations]
    ended = follow_stack_set_operation(session, ids, stage="stopping", total=0, ui=ui)
    return tuple(each.operation for each in ended)
