"""
From planned stack instances to the operations of one StackSet, wave by wave.

In:    a `PlanInput`: planned instances, and the units by which AWS knows them.
Out:   `StackSetSteps`: managed execution; for each wave its updates, then its creations; removals
       after the last wave; automatic deployment at the very end.
Never: the new template in more stacks than those of the first wave. UpdateStackSet marks every
       stack OUTDATED and updates only its targets; later waves are UpdateStackInstances.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.configuration.config import RolloutConfig
from trailbell.rollout.configuration.operation_preferences import SECONDS_A_STACK
from trailbell.rollout.configuration.waves import Wave
from trailbell.rollout.model.stage import (
    InstanceAction,
    ManagementStack,
    PlannedInstance,
    PlannedOperation,
    StackSetApi,
    Step,
)
from trailbell.rollout.plan.instance_operations import NamedInstances, creations
from trailbell.rollout.plan.plan_input import PlanInput
from trailbell.rollout.plan.setting_operations import auto_deployment, managed_execution

REMOVALS = "removals"
_UPDATED = (InstanceAction.UPDATE, InstanceAction.OUTDATED)


@dataclass(frozen=True, kw_only=True)
class StackSetSteps:
    """The steps of one stack: one for each wave, and what comes before and after the waves."""

    before: Step
    waves: tuple[Step, ...]
    removals: Step
    after: Step


def all_steps(steps: StackSetSteps) -> tuple[Step, ...]:
    """All of them, in their order."""
    return (steps.before, *steps.waves, steps.removals, steps.after)


def plan_steps(plan_input: PlanInput) -> StackSetSteps:
    """Plan the steps of one stack. Steps without work have no operations."""
    rollout = plan_input.rollout
    pending = plan_input.stacks_change or not plan_input.stack_set_exists
    waves = []
    for wave in rollout.waves:
        operations = _wave_operations(plan_input, wave, defines=pending)
        pending = pending and not any(each.api.defines for each in operations)
        waves.append(step_of(rollout, operations, _management_stacks(plan_input, wave)))
    managed, automatic = managed_execution(plan_input), auto_deployment(plan_input)
    last = [*_remaining_definition(plan_input, pending=pending), *automatic]
    # An UpdateStackSet without targets would update OUTDATED stack instances, before the canary.
    outdated = any(each.action is InstanceAction.OUTDATED for each in plan_input.instances)
    before, after = ([], [*managed, *last]) if outdated else (managed, last)
    return StackSetSteps(
        before=step_of(rollout, before),
        waves=tuple(waves),
        removals=plan_removals(
            rollout,
            plan_input.instances,
            plan_input.named,
            release_inoperable=plan_input.release_inoperable,
        ),
        after=step_of(rollout, after),
    )


def plan_removals(
    rollout: RolloutConfig,
    instances: Iterable[PlannedInstance],
    named: NamedInstances,
    *,
    release_inoperable: bool = False,
) -> Step:
    """Plan the step that removes stack instances; without work if there are none to remove.

    INOPERABLE stack instances can only be removed from the StackSet; their stacks remain.
    """
    groups: dict[tuple[bool, bool], list[AccountRegion]] = {}
    for instance in instances:
        if instance.action is InstanceAction.INOPERABLE and release_inoperable:
            groups.setdefault((False, True), []).append(instance.location)
        elif instance.action in (InstanceAction.DELETE, InstanceAction.DELETE_MOVED):
            moved = instance.action is InstanceAction.DELETE_MOVED
            groups.setdefault((moved, instance.retain), []).append(instance.location)
    operations = [
        operation
        for (_, retain), locations in sorted(groups.items())
        for operation in named.operations(
            StackSetApi.DELETE_INSTANCES,
            locations,
            rollout.waves[-1].operation_preferences,
            retain=retain,
        )
    ]
    return step_of(rollout, operations)


def _management_stacks(plan_input: PlanInput, wave: Wave) -> tuple[ManagementStack, ...]:
    return tuple(
        stack
        for stack in plan_input.management_stacks
        if plan_input.desired_state.management_waves.get(stack.account) == wave.name
    )


def step_of(
    rollout: RolloutConfig,
    operations: list[PlannedOperation],
    management_stacks: tuple[ManagementStack, ...] = (),
) -> Step:
    """The step of a stack with its duration: with managed execution, operations run together."""
    durations = [operation.seconds for operation in operations]
    seconds = max(durations, default=0.0) if rollout.managed_execution else sum(durations)
    seconds += sum(stack.action.is_change for stack in management_stacks) * SECONDS_A_STACK
    return Step(
        stack=rollout.stack,
        operations=tuple(operations),
        management_stacks=management_stacks,
        seconds=seconds,
    )


def _wave_operations(plan_input: PlanInput, wave: Wave, *, defines: bool) -> list[PlannedOperation]:
    """The operations of a wave. ``defines`` says that the StackSet itself still has to change.

    Accounts that moved come last: AWS may not reach them.
    """
    instances = plan_input.of_wave(wave)
    updates = list(_updates(plan_input, wave, instances, _UPDATED))
    moved = list(_updates(plan_input, wave, instances, (InstanceAction.UPDATE_MOVED,)))
    new = [each.location for each in instances if each.action is InstanceAction.CREATE]
    create = list(creations(plan_input.rollout, plan_input.desired_state, wave, new))
    if not defines:
        return [*updates, *create, *moved]
    if not plan_input.stack_set_exists:
        return [PlannedOperation(api=StackSetApi.CREATE_STACK_SET), *create] if create else []
    if updates:
        return [*_with_definition(updates), *create, *moved]
    if new and plan_input.has_live_instances:
        return [*_created_canary(plan_input, wave, new), *moved]
    if new:
        return [_definition_without_targets(wave), *create, *moved]
    return _with_definition(moved)


def _with_definition(updates: list[PlannedOperation]) -> list[PlannedOperation]:
    """Make one of the updates the UpdateStackSet, and put it first.

    UpdateStackSet changes no parameter override. If each update does, it is an additional one.
    """
    carrier = next((each for each in updates if each.parameter_overrides is None), None)
    if carrier is not None:
        others = [each for each in updates if each is not carrier]
        return [replace(carrier, api=StackSetApi.UPDATE_STACK_SET), *others]
    return [
        replace(each, api=StackSetApi.UPDATE_STACK_SET, parameter_overrides=None)
        for each in updates[:1]
    ] + updates


def _created_canary(
    plan_input: PlanInput, wave: Wave, new: list[AccountRegion]
) -> list[PlannedOperation]:
    """A first wave without a stack: create its stacks as the StackSet is, then update these.

    UpdateStackSet needs targets, because without any it updates every stack. Those of a later wave
    would get the new template before the canary did.
    """
    rollout, desired = plan_input.rollout, plan_input.desired_state
    known = plan_input.known_parameters
    later = [PlannedInstance(location, InstanceAction.UPDATE, wave.name) for location in new]
    current = {
        location: {
            name: value
            for name, value in rollout.parameter_overrides.get(location.account, {}).items()
            if name in known
        }
        for location in new
    }
    after = replace(plan_input, parameter_overrides=current)
    return [
        *creations(rollout, desired, wave, new, known),
        *_with_definition(list(_updates(after, wave, later, _UPDATED))),
    ]


def _definition_without_targets(wave: Wave) -> PlannedOperation:
    return PlannedOperation(
        api=StackSetApi.UPDATE_STACK_SET, preferences=wave.operation_preferences
    )


def _remaining_definition(plan_input: PlanInput, *, pending: bool) -> list[PlannedOperation]:
    """The change of the StackSet itself if no wave has a stack for it.

    It has no targets, so AWS would update every stack instance that remains; if any does, the
    StackSet stays as it is.
    """
    if not pending:
        return []
    if not plan_input.stack_set_exists:
        return [PlannedOperation(api=StackSetApi.CREATE_STACK_SET)]
    removed = (InstanceAction.DELETE, InstanceAction.DELETE_MOVED, InstanceAction.INOPERABLE)
    gone = {each.location for each in plan_input.instances if each.action in removed}
    if plan_input.stack_instances.keys() - gone:
        return []
    return [_definition_without_targets(plan_input.rollout.waves[-1])]


def _updates(
    plan_input: PlanInput,
    wave: Wave,
    instances: Iterable[PlannedInstance],
    actions: tuple[InstanceAction, ...],
) -> Iterator[PlannedOperation]:
    """Stacks that keep their parameter overrides, then those that get others, equal ones together.

    A parameter that is new in the StackSet can be overridden only once the stack has it, so such a
    stack is in both: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackInstances.html
    """
    kept: list[AccountRegion] = []
    by_overrides: dict[tuple[tuple[str, str], ...], list[AccountRegion]] = {}
    for instance in instances:
        if instance.action not in actions:
            continue
        desired = plan_input.rollout.parameter_overrides.get(instance.location.account, {})
        current = plan_input.parameter_overrides.get(instance.location)
        if current is None or dict(current) == dict(desired):
            kept.append(instance.location)
            continue
        by_overrides.setdefault(tuple(sorted(desired.items())), []).append(instance.location)
        if plan_input.stacks_change and not set(desired) <= plan_input.known_parameters:
            kept.append(instance.location)
    api, preferences = StackSetApi.UPDATE_INSTANCES, wave.operation_preferences
    yield from plan_input.named.operations(api, kept, preferences)
    for overrides, locations in by_overrides.items():
        yield from plan_input.named.operations(
            api, locations, preferences, parameter_overrides=dict(overrides)
        )
