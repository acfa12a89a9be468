"""
From planned stack instances to operations, wave by wave.

In:    a `PlanInput`: planned instances, and the units by which AWS knows them.
Out:   `Stage`s: for each wave its updates, then its creations; removals after the last wave;
       settings of the StackSet at the very end.
Never: the new template in more stacks than those of the first wave. UpdateStackSet marks every
       stack OUTDATED and updates only its targets; later waves are UpdateStackInstances.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from trailbell.aws.stack_set import AccountRegion, StackInstance
from trailbell.rollout.config import OnRemoval, PermissionModel, RolloutConfig
from trailbell.rollout.deployment_targets import DeploymentTargets, by_account, by_unit
from trailbell.rollout.desired_state import DesiredState
from trailbell.rollout.operation_preferences import SECONDS_A_STACK, OperationPreferences
from trailbell.rollout.plan import (
    InstanceAction,
    ManagementStack,
    PlannedInstance,
    PlannedOperation,
    StackSetApi,
    Stage,
)
from trailbell.rollout.rectangles import rectangles

REMOVALS = "removals"
MANAGED_EXECUTION = "managed-execution"
SETTINGS = "stack-set-settings"
_MINUTE = 60.0
_UPDATED = (InstanceAction.UPDATE, InstanceAction.OUTDATED)

AccountsByUnit = Mapping[str, frozenset[str]]
ParameterOverrides = Mapping[str, str] | None


@dataclass(frozen=True, kw_only=True)
class PlanInput:
    """What the operations are planned from.

    ``stack_instances`` are those in AWS, and ``parameter_overrides`` theirs as far as they were
    read. ``known_parameters`` are those of the StackSet as it is.
    """

    rollout: RolloutConfig
    instances: tuple[PlannedInstance, ...]
    stack_instances: Mapping[AccountRegion, StackInstance]
    desired_state: DesiredState = field(default_factory=DesiredState)
    parameter_overrides: Mapping[AccountRegion, Mapping[str, str]] = field(default_factory=dict)
    management_stacks: tuple[ManagementStack, ...] = ()
    stack_set_exists: bool = True
    known_parameters: frozenset[str] = frozenset()
    stacks_change: bool = False
    managed_execution_changes: bool = False
    auto_deployment_changes: bool = False
    release_inoperable: bool = False


def plan_stages(plan_input: PlanInput) -> tuple[Stage, ...]:
    """Plan the stages, in their order. A wave without operations has a stage too."""
    rollout = plan_input.rollout
    by_wave: dict[str, list[PlannedInstance]] = {wave.name: [] for wave in rollout.waves}
    for instance in plan_input.instances:
        if instance.wave in by_wave and not instance.in_management_account:
            by_wave[instance.wave].append(instance)
    # The accounts of a unit that the rollout does not name are unknown; there, accounts are listed.
    reach = {
        unit: accounts
        for unit, accounts in _accounts_by_unit(plan_input).items()
        if unit in plan_input.desired_state.accounts_by_unit
    }
    stages = []
    for wave in rollout.waves:
        operations = [
            *_updates(plan_input, by_wave[wave.name], wave.operation_preferences, reach),
            *_creations(plan_input, by_wave[wave.name], wave.operation_preferences),
        ]
        management_stacks = tuple(
            stack
            for stack in plan_input.management_stacks
            if plan_input.desired_state.management_waves[stack.account] == wave.name
        )
        stage = _stage(
            rollout, wave.name, operations, management_stacks, minutes=wave.check.wait_minutes
        )
        stages.append(replace(stage, check=wave.check))
    stages = _with_definition(plan_input, stages, by_wave, reach)
    first, last = rollout.waves[0].operation_preferences, rollout.waves[-1].operation_preferences
    return (
        *_toggle(
            plan_input,
            MANAGED_EXECUTION,
            StackSetApi.UPDATE_MANAGED_EXECUTION,
            first,
            changes=plan_input.managed_execution_changes,
        ),
        *stages,
        *plan_removal_stages(plan_input),
        *_toggle(
            plan_input,
            SETTINGS,
            StackSetApi.UPDATE_AUTO_DEPLOYMENT,
            last,
            changes=plan_input.auto_deployment_changes,
        ),
    )


def _toggle(
    plan_input: PlanInput,
    name: str,
    api: StackSetApi,
    preferences: OperationPreferences,
    *,
    changes: bool,
) -> tuple[Stage, ...]:
    """The stage that switches a setting of the StackSet, if it changes.

    UpdateStackSet without targets may work on every stack instance, although no template and no
    parameter changes, so all of them count:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html
    """
    if not (plan_input.stack_set_exists and changes):
        return ()
    locations = plan_input.stack_instances
    regions = dict.fromkeys(location.region for location in locations)
    accounts = {location.account for location in locations}
    operation = PlannedOperation(
        api=api,
        untargeted=len(locations),
        preferences=preferences,
        seconds=preferences.seconds(len(accounts), len(regions)),
    )
    return (_stage(plan_input.rollout, name, [operation], ()),)


def plan_removal_stages(plan_input: PlanInput) -> tuple[Stage, ...]:
    """Plan the stage that removes stack instances; empty if there are none to remove."""
    rollout = plan_input.rollout
    operations = list(
        _removals(
            plan_input, rollout.waves[-1].operation_preferences, _accounts_by_unit(plan_input)
        )
    )
    return (_stage(rollout, REMOVALS, operations, ()),) if operations else ()


def _stage(
    rollout: RolloutConfig,
    name: str,
    operations: list[PlannedOperation],
    management_stacks: tuple[ManagementStack, ...],
    *,
    minutes: int = 0,
) -> Stage:
    durations = [operation.seconds for operation in operations]
    seconds = max(durations, default=0.0) if rollout.managed_execution else sum(durations)
    seconds += sum(stack.action.is_change for stack in management_stacks) * SECONDS_A_STACK
    stage = Stage(name=name, operations=tuple(operations), management_stacks=management_stacks)
    return replace(stage, seconds=seconds + minutes * _MINUTE if stage.has_work else 0.0)


def _accounts_by_unit(plan_input: PlanInput) -> AccountsByUnit:
    """All accounts that a unit includes, and those whose stack instances were created by it.

    AWS may reject an update of a whole unit in which some account has no stack yet.
    """
    created: dict[str, set[str]] = {}
    for instance in plan_input.stack_instances.values():
        if instance.unit:
            created.setdefault(instance.unit, set()).add(instance.location.account)
    current = plan_input.desired_state.accounts_by_unit
    return {
        unit: frozenset(accounts) | current.get(unit, frozenset())
        for unit, accounts in created.items()
    }


def _operations(
    plan_input: PlanInput,
    api: StackSetApi,
    locations: Iterable[AccountRegion],
    preferences: OperationPreferences,
    *,
    reach: AccountsByUnit | None = None,
    parameter_overrides: ParameterOverrides = None,
    retain: bool = False,
) -> Iterator[PlannedOperation]:
    """One operation for each rectangle, and for each 50 units in it.

    ``reach`` is given for stack instances that exist: the unit that created them names them.
    """
    for shape in rectangles(list(locations), plan_input.rollout.regions):
        for accounts, targets in _targets(plan_input, shape.accounts, shape.regions, reach):
            yield PlannedOperation(
                api=api,
                accounts=accounts,
                regions=shape.regions,
                targets=targets,
                parameter_overrides=parameter_overrides,
                retain=retain,
                preferences=preferences,
                seconds=preferences.seconds(len(accounts), len(shape.regions)),
            )


def _targets(
    plan_input: PlanInput,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    reach: AccountsByUnit | None,
) -> Iterable[tuple[tuple[str, ...], DeploymentTargets]]:
    desired = plan_input.desired_state
    if plan_input.rollout.permission_model is PermissionModel.SELF:
        return by_account(accounts)
    if reach is None:
        return by_unit(accounts, desired.unit_by_account, desired.accounts_by_unit)
    units = {}
    for account in accounts:
        instance = plan_input.stack_instances[AccountRegion(account, regions[0])]
        units[account] = (
            instance.unit
            or desired.unit_by_account.get(account)
            or plan_input.rollout.organizational_units[0]
        )
    return by_unit(accounts, units, reach)


def _updates(
    plan_input: PlanInput,
    instances: Iterable[PlannedInstance],
    preferences: OperationPreferences,
    reach: AccountsByUnit,
) -> Iterator[PlannedOperation]:
    """Stacks that keep their parameter overrides, then those that get others, equal ones together.

    A parameter that is new in the StackSet can be overridden only once the stack has it, so such a
    stack is in both: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackInstances.html
    """
    unchanged: list[AccountRegion] = []
    by_overrides: dict[tuple[tuple[str, str], ...], list[AccountRegion]] = {}
    for instance in instances:
        if instance.action not in _UPDATED:
            continue
        desired = plan_input.rollout.parameter_overrides.get(instance.location.account, {})
        current = plan_input.parameter_overrides.get(instance.location)
        if current is None or dict(current) == dict(desired):
            unchanged.append(instance.location)
            continue
        by_overrides.setdefault(tuple(sorted(desired.items())), []).append(instance.location)
        if plan_input.stacks_change and not set(desired) <= plan_input.known_parameters:
            unchanged.append(instance.location)
    api = StackSetApi.UPDATE_INSTANCES
    yield from _operations(plan_input, api, unchanged, preferences, reach=reach)
    for overrides, locations in by_overrides.items():
        yield from _operations(
            plan_input,
            api,
            locations,
            preferences,
            reach=reach,
            parameter_overrides=dict(overrides),
        )


def _creations(
    plan_input: PlanInput, instances: Iterable[PlannedInstance], preferences: OperationPreferences
) -> Iterator[PlannedOperation]:
    by_overrides: dict[tuple[tuple[str, str], ...], list[AccountRegion]] = {}
    for instance in instances:
        if instance.action is InstanceAction.CREATE:
            overrides = plan_input.rollout.parameter_overrides.get(instance.location.account, {})
            by_overrides.setdefault(tuple(sorted(overrides.items())), []).append(instance.location)
    for items, locations in by_overrides.items():
        yield from _operations(
            plan_input,
            StackSetApi.CREATE_INSTANCES,
            locations,
            preferences,
            parameter_overrides=dict(items) or None,
        )


def _removals(
    plan_input: PlanInput, preferences: OperationPreferences, reach: AccountsByUnit
) -> Iterator[PlannedOperation]:
    """INOPERABLE stack instances can only be removed from the StackSet; their stacks remain."""
    by_retain: dict[bool, list[AccountRegion]] = {False: [], True: []}
    for planned in plan_input.instances:
        instance = plan_input.stack_instances.get(planned.location)
        inoperable = instance is not None and instance.status == "INOPERABLE"
        if planned.action is InstanceAction.DELETE:
            retain = inoperable or plan_input.rollout.on_removal is OnRemoval.RETAIN
            by_retain[retain].append(planned.location)
        elif planned.action is InstanceAction.INOPERABLE and plan_input.release_inoperable:
            by_retain[True].append(planned.location)
    for retain, locations in by_retain.items():
        yield from _operations(
            plan_input,
            StackSetApi.DELETE_INSTANCES,
            locations,
            preferences,
            reach=reach,
            retain=retain,
        )


def _with_definition(
    plan_input: PlanInput,
    stages: list[Stage],
    by_wave: Mapping[str, list[PlannedInstance]],
    reach: AccountsByUnit,
) -> list[Stage]:
    """Add the operation that creates or changes the StackSet itself, before all others."""
    first = next((i for i, stage in enumerate(stages) if stage.has_work), 0)
    if not plan_input.stack_set_exists:
        create = PlannedOperation(api=StackSetApi.CREATE_STACK_SET)
        stages[first] = replace(stages[first], operations=(create, *stages[first].operations))
        return stages
    if not plan_input.stacks_change:
        return stages
    operations = list(stages[first].operations)
    carrier = next(
        (
            index
            for index, operation in enumerate(operations)
            if operation.api is StackSetApi.UPDATE_INSTANCES
            and operation.parameter_overrides is None
        ),
        None,
    )
    if carrier is not None:
        update = replace(operations.pop(carrier), api=StackSetApi.UPDATE_STACK_SET)
    else:
        update = _update_with_carrier(plan_input, by_wave, stages[first].name, reach)
    stages[first] = replace(stages[first], operations=(update, *operations))
    return stages


def _update_with_carrier(
    plan_input: PlanInput,
    by_wave: Mapping[str, list[PlannedInstance]],
    wave: str,
    reach: AccountsByUnit,
) -> PlannedOperation:
    """UpdateStackSet if the first wave has no stack that can be its target.

    One stack of another wave is the target then. If there is none either, UpdateStackSet has no
    target, and updates no stack.
    """
    preferences = next(w.operation_preferences for w in plan_input.rollout.waves if w.name == wave)
    candidates = [
        instance.location
        for instances in by_wave.values()
        for instance in instances
        if instance.action in _UPDATED
    ]
    candidates += [
        instance.location
        for instance in plan_input.instances
        if instance.action in (InstanceAction.DELETE, InstanceAction.RETAINED)
    ]
    operations = _operations(
        plan_input, StackSetApi.UPDATE_STACK_SET, candidates[:1], preferences, reach=reach
    )
    return next(
        iter(operations),
        PlannedOperation(api=StackSetApi.UPDATE_STACK_SET, preferences=preferences),
    )
