"""
From pairs to calls, wave by wave.

In:    cells, and by which units AWS knows them.
Out:   `Stage`s: for each wave the updates, then the creations; what leaves comes after the last
       wave, settings of the set alone at the very end.
Never: the new template in more stacks than the first wave's. UpdateStackSet marks every stack
       OUTDATED and updates those it is told; the later waves are UpdateStackInstances.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from trailbell.aws.stack_set import AccountRegion, StackInstance
from trailbell.rollout.config import OnRemoval, PermissionModel, RolloutConfig
from trailbell.rollout.deployment_targets import DeploymentTargets, by_account, by_unit
from trailbell.rollout.desired_state import DesiredState
from trailbell.rollout.operation_preferences import SECONDS_A_STACK, OperationPreferences
from trailbell.rollout.plan import (
    InstanceAction,
    Plain,
    PlannedInstance,
    PlannedOperation,
    StackSetApi,
    Stage,
)
from trailbell.rollout.rectangles import rectangles

REMOVALS = "leaving"
SETTINGS = "settings"
_MINUTE = 60.0
_UPDATED = (InstanceAction.UPDATE, InstanceAction.OUTDATED)

Overrides = Mapping[str, str] | None


@dataclass(frozen=True, kw_only=True)
class PlanInput:
    """What the calls are made from. ``known`` are the parameters that the set has already."""

    rollout: RolloutConfig
    desired_state: DesiredState
    cells: tuple[PlannedInstance, ...]
    instances: Mapping[AccountRegion, StackInstance]
    overrides: Mapping[AccountRegion, Mapping[str, str]]
    plain: tuple[Plain, ...]
    exists: bool
    known: frozenset[str]
    changed: bool
    settings: bool
    release: bool


def plan_stages(work: PlanInput) -> tuple[Stage, ...]:
    """The stages in their order; those of waves stand there also when they have no calls."""
    rollout = work.rollout
    by_wave: dict[str, list[PlannedInstance]] = {wave.name: [] for wave in rollout.waves}
    for cell in work.cells:
        if cell.wave in by_wave and not cell.plain:
            by_wave[cell.wave].append(cell)
    leaving_reach = _reach_of_instances(work)
    # Who is in a unit that the rollout does not name is not known; there, accounts are named.
    reach = {u: r for u, r in leaving_reach.items() if u in work.desired_state.inside}
    found = []
    for wave in rollout.waves:
        cells = by_wave[wave.name]
        calls = [
            *_updates(work, cells, wave.operation_preferences, reach),
            *_creations(work, cells, wave.operation_preferences),
        ]
        plain = tuple(p for p in work.plain if work.desired_state.plain[p.account] == wave.name)
        found.append(_stage(rollout, wave.name, calls, plain, minutes=wave.check.wait_minutes))
        found[-1] = replace(found[-1], check=wave.check)
    found = _defined(work, found, by_wave, reach)
    last = rollout.waves[-1].operation_preferences
    leaving = _stage(rollout, REMOVALS, list(_removals(work, last, leaving_reach)), ())
    settings = []
    if work.exists and work.settings:
        settings = [PlannedOperation(do=StackSetApi.SETTINGS, pacing=last, regions=rollout.regions)]
    return (
        *found,
        *([leaving] if leaving.calls else []),
        *([_stage(rollout, SETTINGS, settings, ())] if settings else []),
    )


def _stage(
    rollout: RolloutConfig,
    name: str,
    calls: list[PlannedOperation],
    plain: tuple[Plain, ...],
    *,
    minutes: int = 0,
) -> Stage:
    times = [call.seconds for call in calls]
    took = max(times, default=0.0) if rollout.managed_execution else sum(times)
    took += sum(each.kind.changes for each in plain) * SECONDS_A_STACK
    found = Stage(name=name, calls=tuple(calls), plain=plain)
    return replace(found, seconds=took + minutes * _MINUTE if found.works else 0.0)


def _reach_of_instances(work: PlanInput) -> Mapping[str, frozenset[str]]:
    """Whom a unit reaches: those who are in it, and those whose stacks it made.

    An update of a whole unit in which some account has no stack yet might be refused.
    """
    found: dict[str, set[str]] = {}
    for instance in work.instances.values():
        if instance.unit:
            found.setdefault(instance.unit, set()).add(instance.location.account)
    now = work.desired_state.inside
    return {unit: frozenset(made) | now.get(unit, frozenset()) for unit, made in found.items()}


def _calls(
    work: PlanInput,
    do: StackSetApi,
    pairs: Iterable[AccountRegion],
    pacing: OperationPreferences,
    *,
    reach: Mapping[str, frozenset[str]] | None = None,
    overrides: Overrides = None,
    retain: bool = False,
) -> Iterator[PlannedOperation]:
    """One call for each rectangle, and for each 50 units in it.

    ``reach`` is given for stacks that there are: they are named by the unit that made them.
    """
    chosen = list(pairs)
    for shape in rectangles(chosen, work.rollout.regions):
        for accounts, targets in _targets(work, shape.accounts, shape.regions, reach):
            yield PlannedOperation(
                do=do,
                accounts=accounts,
                regions=shape.regions,
                targets=targets,
                overrides=overrides,
                retain=retain,
                pacing=pacing,
                seconds=pacing.seconds(len(accounts), len(shape.regions)),
            )


def _targets(
    work: PlanInput,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    reach: Mapping[str, frozenset[str]] | None,
) -> Iterable[tuple[tuple[str, ...], DeploymentTargets]]:
    if work.rollout.permission_model is PermissionModel.SELF:
        return by_account(accounts)
    if reach is None:
        return by_unit(accounts, work.desired_state.units, work.desired_state.inside)
    units = {}
    for account in accounts:
        recorded = work.instances[AccountRegion(account, regions[0])].unit
        units[account] = (
            recorded
            or work.desired_state.units.get(account)
            or work.rollout.organizational_units[0]
        )
    return by_unit(accounts, units, reach)


def _updates(
    work: PlanInput,
    cells: Iterable[PlannedInstance],
    pacing: OperationPreferences,
    reach: Mapping[str, frozenset[str]],
) -> Iterator[PlannedOperation]:
    """Stacks that keep their own parameters, then those that get others, alike ones together."""
    keep: list[AccountRegion] = []
    groups: dict[tuple[tuple[str, str], ...], list[AccountRegion]] = {}
    for cell in cells:
        if cell.kind not in _UPDATED:
            continue
        given = work.rollout.parameter_overrides.get(cell.location.account, {})
        has = work.overrides.get(cell.location)
        if has is None or dict(has) == dict(given):
            keep.append(cell.location)
            continue
        groups.setdefault(tuple(sorted(given.items())), []).append(cell.location)
        if work.changed and not set(given) <= work.known:
            # A parameter that is new in the set can be overridden once the stack has it.
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackInstances.html
            keep.append(cell.location)
    yield from _calls(work, StackSetApi.UPDATE, keep, pacing, reach=reach)
    for values, pairs in groups.items():
        yield from _calls(
            work, StackSetApi.UPDATE, pairs, pacing, reach=reach, overrides=dict(values)
        )


def _creations(
    work: PlanInput, cells: Iterable[PlannedInstance], pacing: OperationPreferences
) -> Iterator[PlannedOperation]:
    groups: dict[tuple[tuple[str, str], ...], list[AccountRegion]] = {}
    for cell in cells:
        if cell.kind is InstanceAction.CREATE:
            given = work.rollout.parameter_overrides.get(cell.location.account, {})
            groups.setdefault(tuple(sorted(given.items())), []).append(cell.location)
    for values, pairs in groups.items():
        yield from _calls(work, StackSetApi.CREATE, pairs, pacing, overrides=dict(values) or None)


def _removals(
    work: PlanInput, pacing: OperationPreferences, reach: Mapping[str, frozenset[str]]
) -> Iterator[PlannedOperation]:
    """INOPERABLE instances can only be taken out of the set; their stacks stay."""
    groups: dict[bool, list[AccountRegion]] = {False: [], True: []}
    for cell in work.cells:
        inoperable = (
            cell.location in work.instances and work.instances[cell.location].status == "INOPERABLE"
        )
        if cell.kind is InstanceAction.DELETE:
            retain = inoperable or work.rollout.on_removal is OnRemoval.RETAIN
            groups[retain].append(cell.location)
        elif cell.kind is InstanceAction.INOPERABLE and work.release:
            groups[True].append(cell.location)
    for retain, pairs in groups.items():
        yield from _calls(work, StackSetApi.DELETE, pairs, pacing, reach=reach, retain=retain)


def _defined(
    work: PlanInput,
    found: list[Stage],
    by_wave: Mapping[str, list[PlannedInstance]],
    reach: Mapping[str, frozenset[str]],
) -> list[Stage]:
    """The stages with the call that makes or changes the set itself, before all others."""
    first = next((i for i, stage in enumerate(found) if stage.works), 0)
    if not work.exists:
        create = PlannedOperation(do=StackSetApi.CREATE_SET)
        found[first] = replace(found[first], calls=(create, *found[first].calls))
        return found
    if not work.changed:
        return found
    calls = list(found[first].calls)
    carrier = next(
        (n for n, c in enumerate(calls) if c.do is StackSetApi.UPDATE and c.overrides is None), None
    )
    if carrier is not None:
        changed = replace(calls.pop(carrier), do=StackSetApi.UPDATE_SET)
    else:
        changed = _carrier_instance(work, by_wave, found[first].name, reach)
    found[first] = replace(found[first], calls=(changed, *calls))
    return found


def _carrier_instance(
    work: PlanInput,
    by_wave: Mapping[str, list[PlannedInstance]],
    wave: str,
    reach: Mapping[str, frozenset[str]],
) -> PlannedOperation:
    """UpdateStackSet where the first wave has no stack that it could be told: one other stack
    carries it; and none where there is none, so that nothing is updated.
    """
    pacing = next(each.operation_preferences for each in work.rollout.waves if each.name == wave)
    cells = [cell for cells in by_wave.values() for cell in cells if cell.kind in _UPDATED]
    others = [cell.location for cell in cells]
    others += [
        c.location for c in work.cells if c.kind in (InstanceAction.DELETE, InstanceAction.LEFT)
    ]
    found = list(_calls(work, StackSetApi.UPDATE_SET, others[:1], pacing, reach=reach))
    return found[0] if found else PlannedOperation(do=StackSetApi.UPDATE_SET, pacing=pacing)
