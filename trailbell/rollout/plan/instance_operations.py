"""
From stack instances to operations: the fewest that name exactly these, and no other.

In:    locations, and the organizational units by which AWS knows them.
Out:   `PlannedOperation`s, one for each rectangle of accounts and Regions and each batch of
       targets.
Never: a whole unit to update or to delete. A stack instance that exists is named by the unit that
       AWS recorded for it, INTERSECTION, and its account. An update of a pair without a stack
       instance fails: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1978
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trailbell.aws.stack_set import AccountRegion, StackInstance
from trailbell.rollout.configuration.config import AccountFilter, PermissionModel, RolloutConfig
from trailbell.rollout.configuration.operation_preferences import OperationPreferences
from trailbell.rollout.configuration.waves import Wave
from trailbell.rollout.model.deployment_targets import AccountTargets, by_account, by_unit
from trailbell.rollout.model.desired_state import DesiredState
from trailbell.rollout.model.stage import PlannedOperation, StackSetApi
from trailbell.rollout.plan.rectangles import Rectangle, rectangles


@dataclass(frozen=True, kw_only=True)
class NamedInstances:
    """Stack instances that exist, and how requests name them.

    ``current_units`` has the unit of an account in the settings. ``fallback_unit`` is used for a
    stack instance without a recorded unit whose account the settings do not name.
    """

    stack_instances: Mapping[AccountRegion, StackInstance]
    permission_model: PermissionModel
    regions: Sequence[str] = ()
    current_units: Mapping[str, str] = field(default_factory=dict)
    fallback_unit: str = ""

    def operations(
        self,
        api: StackSetApi,
        locations: Iterable[AccountRegion],
        preferences: OperationPreferences,
        *,
        parameter_overrides: Mapping[str, str] | None = None,
        retain: bool = False,
    ) -> Iterator[PlannedOperation]:
        """The operations for these stack instances."""
        for shape in rectangles(locations, self.regions):
            for accounts, targets in self._targets(shape):
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

    def _targets(self, shape: Rectangle) -> Iterator[AccountTargets]:
        if self.permission_model is PermissionModel.SELF:
            return by_account(shape.accounts)
        units = {account: self._units(account, shape.regions) for account in shape.accounts}
        return by_unit(shape.accounts, units, {})

    def _units(self, account: str, regions: Iterable[str]) -> tuple[str, ...]:
        """The units that AWS recorded for an account; other Regions may have another one."""
        fallback = self.current_units.get(account) or self.fallback_unit
        instances = (self.stack_instances.get(AccountRegion(account, r)) for r in regions)
        return tuple(dict.fromkeys((each and each.unit) or fallback for each in instances))


def named_instances(
    rollout: RolloutConfig,
    stack_instances: Mapping[AccountRegion, StackInstance],
    current_units: Mapping[str, str],
) -> NamedInstances:
    """How the stack instances of a rollout are named."""
    return NamedInstances(
        stack_instances=stack_instances,
        permission_model=rollout.permission_model,
        regions=rollout.regions,
        current_units=current_units,
        fallback_unit=next(iter(rollout.organizational_units), ""),
    )


def creations(
    rollout: RolloutConfig,
    desired: DesiredState,
    wave: Wave,
    locations: Iterable[AccountRegion],
    known_parameters: frozenset[str] | None = None,
) -> Iterator[PlannedOperation]:
    """The operations that create these stack instances, equal parameter overrides together.

    ``known_parameters`` are those of the StackSet, if it has another template than it will have:
    others cannot be overridden yet.
    """
    preferences = wave.operation_preferences
    by_overrides: dict[tuple[tuple[str, str], ...], list[AccountRegion]] = {}
    for location in locations:
        overrides = rollout.parameter_overrides.get(location.account, {})
        items = sorted(overrides.items())
        if known_parameters is not None:
            items = [item for item in items if item[0] in known_parameters]
        by_overrides.setdefault(tuple(items), []).append(location)
    whole = _whole_units(rollout, desired, wave)
    for own, pairs in by_overrides.items():
        for shape in rectangles(pairs, rollout.regions):
            for accounts, targets in _new_targets(
                rollout, desired, shape.accounts, {} if own else whole
            ):
                yield PlannedOperation(
                    api=StackSetApi.CREATE_INSTANCES,
                    accounts=accounts,
                    regions=shape.regions,
                    targets=targets,
                    parameter_overrides=dict(own) or None,
                    preferences=preferences,
                    seconds=preferences.seconds(len(accounts), len(shape.regions)),
                )


def _whole_units(
    rollout: RolloutConfig, desired: DesiredState, wave: Wave
) -> Mapping[str, frozenset[str]]:
    """The units that a creation may name as a whole.

    An account that joins such a unit after the plan was made gets a stack too. So the settings must
    mean all accounts of the unit, and the wave must be the one that such an account belongs to.
    """
    if rollout.account_filter is not AccountFilter.NONE or rollout.only_accounts:
        return {}
    return {
        unit: accounts
        for unit, accounts in desired.accounts_by_unit.items()
        if wave.takes_remaining or unit in wave.units
    }


def _new_targets(
    rollout: RolloutConfig,
    desired: DesiredState,
    accounts: tuple[str, ...],
    whole: Mapping[str, frozenset[str]],
) -> Iterator[AccountTargets]:
    if rollout.permission_model is PermissionModel.SELF:
        return by_account(accounts)
    units = {account: (desired.unit_by_account[account],) for account in accounts}
    return by_unit(accounts, units, whole)
