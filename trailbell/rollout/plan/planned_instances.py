"""
What happens to each stack instance.

In:    the desired state, the organization, and `ActualState`: what AWS has.
Out:   a `PlannedInstance` for each account and Region.
Never: a comparison of Regions alone, or of accounts alone. A new account in an old Region is a
       stack instance like any other: https://github.com/aws-cloudformation/rain/issues/586
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from trailbell.aws.organization import Organization
from trailbell.aws.stack_set import AccountRegion, StackInstance
from trailbell.rollout.configuration.config import OnRemoval, RolloutConfig
from trailbell.rollout.model.actual_state import ActualState
from trailbell.rollout.model.desired_state import DesiredState
from trailbell.rollout.model.stage import OVERRIDES_CHANGE, InstanceAction, PlannedInstance
from trailbell.rollout.plan.plan_operations import REMOVALS

INOPERABLE_REMOVAL = "INOPERABLE; it is removed from the StackSet and its stack is retained"
_NOT_COMPLETED = ("FAILED", "CANCELLED", "SKIPPED_SUSPENDED_ACCOUNT")
_MOVED = {
    InstanceAction.UPDATE: InstanceAction.UPDATE_MOVED,
    InstanceAction.OUTDATED: InstanceAction.UPDATE_MOVED,
    InstanceAction.DELETE: InstanceAction.DELETE_MOVED,
}


@dataclass(frozen=True, kw_only=True)
class InstancePlanner:
    """What the actions are decided from. ``stacks_change`` says that every stack needs an update.

    ``parameter_overrides`` are those in AWS, as far as they were read.
    """

    rollout: RolloutConfig
    desired: DesiredState
    organization: Organization
    actual: ActualState
    parameter_overrides: Mapping[AccountRegion, Mapping[str, str]]
    stacks_change: bool = False
    resume: bool = False

    def plan(self) -> Iterator[PlannedInstance]:
        """Every stack instance: desired ones by account and Region, then those to remove."""
        remaining = {instance.location: instance for instance in self.actual.instances}
        for account, wave in self.desired.wave_by_account.items():
            for region in self.rollout.regions:
                location = AccountRegion(account, region)
                instance = remaining.pop(location, None)
                if instance is None:
                    yield PlannedInstance(location, InstanceAction.CREATE, wave)
                else:
                    yield self._existing(instance, wave)
        for account, state in self.desired.suspended.items():
            for region in self.rollout.regions:
                location = AccountRegion(account, region)
                remaining.pop(location, None)
                yield PlannedInstance(location, InstanceAction.SUSPENDED, "", state)
        yield from self._management_stacks()
        for location in sorted(remaining):
            yield self._unwanted(remaining[location])

    def _existing(self, instance: StackInstance, wave: str) -> PlannedInstance:
        """A stack instance that the rollout wants."""
        action, reason = _action(instance, stacks_change=self.stacks_change)
        location = instance.location
        if action is InstanceAction.UNCHANGED and not self.resume:
            current = self.parameter_overrides.get(location)
            wanted = self.rollout.parameter_overrides.get(location.account, {})
            if current is not None and dict(current) != dict(wanted):
                action, reason = InstanceAction.UPDATE, OVERRIDES_CHANGE
        planned = PlannedInstance(location, action, wave, reason)
        moved = self._as_moved(planned, instance)
        return planned if moved is planned else replace(moved, wave=self.rollout.waves[-1].name)

    def _as_moved(self, planned: PlannedInstance, instance: StackInstance) -> PlannedInstance:
        """The same with its own action, if the account left the unit that AWS recorded.

        AWS names a stack instance by the recorded unit, and asks whether the account belongs to it
        now. Whether it reaches such a stack is not documented:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
        """
        action = _MOVED.get(planned.action)
        account = instance.location.account
        if action is None or not instance.unit:
            return planned
        if self.organization.is_below(account, instance.unit) is not False:
            return planned
        member = self.organization.members.get(account)
        now = f" to {member.unit}" if member and member.unit else ""
        moved = f"the account moved from {instance.unit}{now}; AWS may not reach its stack"
        reason = f"{planned.reason}; {moved}" if planned.reason else moved
        return replace(planned, action=action, reason=reason)

    def _management_stacks(self) -> Iterator[PlannedInstance]:
        for stack in self.actual.management_stacks:
            resumed = self.resume and stack.action is InstanceAction.UPDATE
            yield PlannedInstance(
                AccountRegion(stack.account, stack.region),
                InstanceAction.UNCHANGED if resumed else stack.action,
                self.desired.management_waves[stack.account],
                stack.reason,
                in_management_account=True,
            )

    def _unwanted(self, instance: StackInstance) -> PlannedInstance:
        """A stack instance that is no longer part of the rollout.

        In an account that is suspended a deletion fails, and leaves it INOPERABLE:
        https://repost.aws/knowledge-center/cloudformation-removal-stacksets
        """
        location, inoperable = instance.location, instance.status == "INOPERABLE"
        if location.account in self.organization.missing:
            reason = "the account is not in the organization"
            return PlannedInstance(location, InstanceAction.GONE, "", reason)
        if self.rollout.on_removal is OnRemoval.LEAVE or self.resume:
            action = InstanceAction.INOPERABLE if inoperable else InstanceAction.RETAINED
            return PlannedInstance(location, action, "")
        member = self.organization.members.get(location.account)
        reason = INOPERABLE_REMOVAL if inoperable else ""
        if member is not None and not member.active:
            reason = f"the account is {member.state}; its stack is retained"
        retain = bool(reason) or self.rollout.on_removal is OnRemoval.RETAIN
        planned = PlannedInstance(location, InstanceAction.DELETE, REMOVALS, reason, retain=retain)
        return self._as_moved(planned, instance)


def _action(instance: StackInstance, *, stacks_change: bool) -> tuple[InstanceAction, str]:
    """What to do about a stack instance that the rollout wants, and why.

    A partial update leaves PENDING behind, without an operation.
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1751
    """
    if instance.status == "INOPERABLE":
        return InstanceAction.INOPERABLE, instance.reason or instance.detailed_status
    if instance.status == "OUTDATED" or instance.detailed_status in _NOT_COMPLETED:
        parts = (instance.detailed_status, instance.reason)
        return InstanceAction.OUTDATED, ": ".join(part for part in parts if part)
    return (InstanceAction.UPDATE if stacks_change else InstanceAction.UNCHANGED), ""
