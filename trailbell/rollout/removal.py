"""
Removing stack instances: of some accounts, of some Regions, or all.

In:    a `RemovalRequest`, and the stack instances in AWS.
Out:   a `RolloutPlan` of deletions, for `apply_plan`.
Never: a stack instance that does not exist, or a stack in the management account.

INOPERABLE stack instances cannot be deleted, only removed from the StackSet; their stacks remain.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-troubleshooting.html
"""

from collections.abc import Iterable
from dataclasses import dataclass

from trailbell.aws.stack_set import StackInstance
from trailbell.errors import PreconditionError, UnknownNameError
from trailbell.rollout.actual_state import ActualState
from trailbell.rollout.config import RolloutConfig
from trailbell.rollout.instance_operations import named_instances
from trailbell.rollout.plan import (
    InstanceAction,
    PlannedInstance,
    PlannedOperation,
    RolloutPlan,
    StackSetApi,
    Stage,
)
from trailbell.rollout.plan_operations import REMOVALS, plan_removals
from trailbell.rollout.planned_instances import INOPERABLE_REMOVAL

STACK_SET = "stack-set"


@dataclass(frozen=True, kw_only=True)
class RemovalRequest:
    """What to remove. Without accounts all of them are meant, and without Regions all of them.

    ``everything`` also deletes the StackSet, once it is empty. At least one of the three is given.
    """

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    everything: bool = False
    retain: bool = False


def plan_removal(
    rollout: RolloutConfig, request: RemovalRequest, actual: ActualState, *, account_id: str
) -> RolloutPlan:
    """Plan a removal. Raises `UnknownNameError` for an account or Region without a stack."""
    if actual.definition is None:
        raise PreconditionError(
            f"StackSet {rollout.stack_set_name}", "it does not exist", "There is nothing to remove."
        )
    locations = [instance.location for instance in actual.instances]
    _check_known("account", request.accounts, (location.account for location in locations))
    _check_known("Region", request.regions, (location.region for location in locations))
    instances = tuple(
        PlannedInstance(
            instance.location,
            InstanceAction.DELETE,
            REMOVALS,
            INOPERABLE_REMOVAL if instance.status == "INOPERABLE" else "",
            retain=request.retain or instance.status == "INOPERABLE",
        )
        for instance in sorted(actual.instances, key=lambda instance: instance.location)
        if _is_selected(instance, request)
    )
    existing = {instance.location: instance for instance in actual.instances}
    stages = list(plan_removals(rollout, instances, named_instances(rollout, existing, {})))
    if request.everything:
        delete = PlannedOperation(api=StackSetApi.DELETE_STACK_SET)
        stages.append(Stage(name=STACK_SET, operations=(delete,)))
    notices = []
    if rollout.include_management_account:
        notices.append(
            f"Stack {rollout.stack_set_name} in the management account is not part of the "
            "StackSet. Delete it with credentials of that account: "
            f"python build.py delete {rollout.stack_set_name}"
        )
    return RolloutPlan(
        rollout=rollout,
        account_id=account_id,
        template_sha256="",
        definition=actual.definition,
        instances=instances,
        stages=tuple(stages),
        notices=tuple(notices),
        running_operations=actual.running_operations,
    )


def _is_selected(instance: StackInstance, request: RemovalRequest) -> bool:
    return (not request.accounts or instance.location.account in request.accounts) and (
        not request.regions or instance.location.region in request.regions
    )


def _check_known(kind: str, requested: Iterable[str], existing: Iterable[str]) -> None:
    known = frozenset(existing)
    for name in requested:
        if name not in known:
            raise UnknownNameError(f"{kind} of this StackSet", name, known)
