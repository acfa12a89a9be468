"""
Operations that switch a setting of the StackSet, each on its own.

In:    a `PlanInput`.
Out:   `PlannedOperation`s that count every stack instance that AWS may work on.
Never: a template, a parameter or a target, which AWS rejects together with these settings.
"""

from collections.abc import Iterable

from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.configuration.operation_preferences import OperationPreferences
from trailbell.rollout.model.stage import InstanceAction, PlannedOperation, StackSetApi
from trailbell.rollout.plan.plan_input import PlanInput


def managed_execution(plan_input: PlanInput) -> list[PlannedOperation]:
    """Switch managed execution, if it changes."""
    if not (plan_input.stack_set_exists and plan_input.managed_execution_changes):
        return []
    api, wave = StackSetApi.UPDATE_MANAGED_EXECUTION, plan_input.rollout.waves[0]
    return [_untargeted(api, plan_input.stack_instances, wave.operation_preferences)]


def auto_deployment(plan_input: PlanInput) -> list[PlannedOperation]:
    """Switch automatic deployment, if it changes."""
    if not (plan_input.stack_set_exists and plan_input.auto_deployment_changes):
        return []
    removed = (InstanceAction.DELETE, InstanceAction.DELETE_MOVED)
    locations = {
        each.location
        for each in plan_input.instances
        if (each.location in plan_input.stack_instances or each.action is InstanceAction.CREATE)
        and each.action not in removed
        and not each.in_management_account
    }
    api, wave = StackSetApi.UPDATE_AUTO_DEPLOYMENT, plan_input.rollout.waves[-1]
    return [_untargeted(api, locations, wave.operation_preferences)]


def _untargeted(
    api: StackSetApi, locations: Iterable[AccountRegion], preferences: OperationPreferences
) -> PlannedOperation:
    """An UpdateStackSet that switches a setting.

    It has no targets, so AWS may work on every stack instance, although neither the template nor a
    parameter changes. So all of them count:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html
    """
    pairs = set(locations)
    accounts = {location.account for location in pairs}
    regions = {location.region for location in pairs}
    return PlannedOperation(
        api=api,
        untargeted=len(pairs),
        preferences=preferences,
        seconds=preferences.seconds(len(accounts), len(regions)),
    )
