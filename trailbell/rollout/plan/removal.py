"""
Removing stack instances: of some accounts, of some Regions, or all.

In:    a `RemovalRequest`, and the stack instances in AWS.
Out:   a `RolloutPlan` of deletions, for `apply_plan`.
Never: a stack instance that does not exist, or a stack in the management account; nor a stack
       before those that import from it.

INOPERABLE stack instances cannot be deleted, only removed from the StackSet; their stacks remain.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-troubleshooting.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trailbell.aws.stack_set import StackInstance
from trailbell.errors import PreconditionError, UnknownNameError
from trailbell.rollout.configuration.config import Rollout, RolloutConfig
from trailbell.rollout.model.actual_state import ActualState
from trailbell.rollout.model.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.model.stage import (
    InstanceAction,
    PlannedInstance,
    PlannedOperation,
    StackSetApi,
    Step,
)
from trailbell.rollout.plan.instance_operations import named_instances
from trailbell.rollout.plan.plan_operations import REMOVALS, plan_removals
from trailbell.rollout.plan.plan_stages import removal_stage
from trailbell.rollout.plan.planned_costs import planned_costs
from trailbell.rollout.plan.planned_instances import INOPERABLE_REMOVAL
from trailbell.wording import pluralize

STACK_SET = "stack-set"


@dataclass(frozen=True, kw_only=True)
class RemovalRequest:
    """What to remove. Without accounts all of them are meant, and without Regions all of them.

    ``everything`` also deletes the StackSets, once they are empty. At least one of the three is
    given. ``stacks`` selects stacks of the rollout; without any, all of them are meant.
    """

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    everything: bool = False
    retain: bool = False
    stacks: tuple[str, ...] = ()

    def selects(self, instance: StackInstance) -> bool:
        """Whether a stack instance is in one of the accounts and Regions."""
        return (not self.accounts or instance.location.account in self.accounts) and (
            not self.regions or instance.location.region in self.regions
        )


def plan_removal(
    rollout: Rollout,
    request: RemovalRequest,
    actual: Mapping[str, ActualState],
    *,
    account_id: str,
) -> RolloutPlan:
    """Plan a removal: stacks that import from others are deleted before these.

    Raises `UnknownNameError` for an account or Region without a stack, and `PreconditionError` if
    a stack would be deleted whose exports another one imports.
    """
    chosen = _chosen(rollout, request, actual)
    locations = [each.location for stack in chosen for each in actual[stack].instances]
    _check_known("account", request.accounts, (location.account for location in locations))
    _check_known("Region", request.regions, (location.region for location in locations))
    _check_importers(rollout, request, chosen, actual)
    stack_sets = tuple(
        _plan_stack_set(config, request, actual[config.stack])
        for config in rollout.stack_sets
        if config.stack in chosen
    )
    deletions = (_deletions(each, actual[each.stack]) for each in stack_sets)
    stages = [removal_stage(rollout, REMOVALS, deletions)]
    if request.everything:
        delete = PlannedOperation(api=StackSetApi.DELETE_STACK_SET)
        steps = (Step(stack=stack, operations=(delete,)) for stack in chosen)
        stages.append(removal_stage(rollout, STACK_SET, steps))
    notices = tuple(
        f"Stack {config.stack_set_name} in the management account is not part of the "
        "StackSet. Delete it with credentials of that account: "
        f"trailbell delete {config.stack_set_name}"
        for config in reversed(rollout.stack_sets)
        if config.stack in chosen
        and config.include_management_account
        and (config.delegated or config.may_be_in(account_id))
    )
    return RolloutPlan(
        rollout=rollout,
        account_id=account_id,
        stack_sets=stack_sets,
        stages=tuple(stage for stage in stages if stage.has_work),
        notices=notices,
    )


def _chosen(
    rollout: Rollout, request: RemovalRequest, actual: Mapping[str, ActualState]
) -> tuple[str, ...]:
    """The stacks to remove whose StackSet exists, in deployment order."""
    for name in request.stacks:
        if name not in rollout.stacks:
            raise UnknownNameError("stack of this rollout", name, rollout.stacks)
    selected = [
        config
        for config in rollout.stack_sets
        if config.stack in (request.stacks or rollout.stacks)
    ]
    chosen = tuple(each.stack for each in selected if actual[each.stack].definition is not None)
    if not chosen:
        missing = ", ".join(each.stack_set_name for each in selected)
        raise PreconditionError(
            f"StackSet {missing}", "it does not exist", "There is nothing to remove."
        )
    return chosen


def _check_importers(
    rollout: Rollout,
    request: RemovalRequest,
    chosen: tuple[str, ...],
    actual: Mapping[str, ActualState],
) -> None:
    """Refuse to delete a stack while stacks of the rollout that import from it stay.

    CloudFormation would refuse it in each account, and leave the stack instance INOPERABLE.
    """
    if request.retain:
        return
    importers: dict[str, int] = {}
    pending = [*chosen]
    while pending:
        stack = pending.pop()
        deleted = {each.location for each in actual[stack].instances if request.selects(each)}
        for other in rollout.requiring(stack) - {*chosen, *importers}:
            count = sum(each.location in deleted for each in actual[other].instances)
            if count:
                importers[other] = count
                pending.append(other)
    if importers:
        staying = [stack for stack in rollout.stacks if stack in importers]
        kept = pluralize(sum(importers.values()), "stack instance")
        names = ", ".join(f'"{stack}"' for stack in staying)
        verbs = ("imports", "keeps") if len(staying) == 1 else ("import", "keep")
        raise PreconditionError(
            f"stack {', '.join(chosen)}",
            f"{names} {verbs[0]} from {'it' if len(chosen) == 1 else 'them'}, and {verbs[1]} "
            f"{kept} in these accounts and Regions",
            f"Remove {'both' if len(staying) + len(chosen) == 2 else 'all'}: "
            + " ".join(f"--stack {stack}" for stack in (*staying, *chosen)),
        )


def _plan_stack_set(
    config: RolloutConfig, request: RemovalRequest, actual: ActualState
) -> StackSetPlan:
    instances = tuple(
        PlannedInstance(
            instance.location,
            InstanceAction.DELETE,
            REMOVALS,
            INOPERABLE_REMOVAL if instance.status == "INOPERABLE" else "",
            retain=request.retain or instance.status == "INOPERABLE",
        )
        for instance in sorted(actual.instances, key=lambda instance: instance.location)
        if request.selects(instance)
    )
    return StackSetPlan(
        rollout=config,
        template_sha256="",
        definition=actual.definition,
        instances=instances,
        running_operations=actual.running_operations,
        costs=planned_costs(config, {}, actual, instances),
    )


def _deletions(plan: StackSetPlan, actual: ActualState) -> Step:
    existing = {instance.location: instance for instance in actual.instances}
    return plan_removals(plan.rollout, plan.instances, named_instances(plan.rollout, existing, {}))


def _check_known(kind: str, requested: Iterable[str], existing: Iterable[str]) -> None:
    known = frozenset(existing)
    for name in requested:
        if name not in known:
            raise UnknownNameError(f"{kind} of this StackSet", name, known)
