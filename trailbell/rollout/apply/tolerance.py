"""
The failure tolerance of a whole rollout.

In:    the planned operations of each stage, and the accounts that failed so far.
Out:   how many accounts may fail, and the preferences of the next operation.
Never: a tolerance for each operation. StackSets counts failures within one operation and Region, so
       a wave in several operations, or several waves, would tolerate a multiple.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
"""

from collections.abc import Iterable
from dataclasses import replace

from trailbell.rollout.configuration.operation_preferences import CountOrPercent
from trailbell.rollout.model.stage import PlannedOperation, Stage


def tolerated_accounts(stages: Iterable[Stage]) -> int:
    """How many accounts may fail in all of these stages together.

    The tolerance is that of the last stage; a percentage is one of all their accounts.
    """
    operations = [
        operation for stage in stages for operation in stage.operations if operation.instance_count
    ]
    if not operations:
        return 0
    accounts = {account for operation in operations for account in operation.accounts}
    return operations[-1].preferences.failure_tolerance.of(len(accounts))


def with_remaining_tolerance(
    operation: PlannedOperation, tolerated: int, failed: int
) -> PlannedOperation:
    """The operation with what is left of the tolerance, once accounts have failed."""
    if not failed or not operation.instance_count:
        return operation
    preferences = operation.preferences
    own = preferences.failure_tolerance.of(len(operation.accounts))
    remaining = CountOrPercent(max(0, min(own, tolerated - failed)))
    return replace(operation, preferences=replace(preferences, failure_tolerance=remaining))
