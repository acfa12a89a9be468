"""
Whether two rollouts of the settings would work on one StackSet.

In:    a `Rollout`, the StackSets of the other rollouts of the settings.
Out:   nothing, or `SettingsError`.
Never: a StackSet of two rollouts. Each would delete the stack instances of the other.
"""

from collections.abc import Iterable

from trailbell.errors import SettingsError
from trailbell.rollout.configuration.config import PermissionModel, Rollout, RolloutConfig


def check_stack_set_names(
    rollout: Rollout, others: Iterable[RolloutConfig], order: Iterable[str]
) -> None:
    """Check that no other rollout has a StackSet of this one.

    ``order`` has the names of the rollouts in the order of the settings. Raises `SettingsError`.
    """
    names = {each.stack_set_name: each for each in rollout.stack_sets}
    positions = {name: position for position, name in enumerate(order)}
    for other in others:
        own = names.get(other.stack_set_name)
        if own is not None and _may_be_one(own, other):
            first, second = sorted((own, other), key=lambda each: positions[each.name])
            hint = "give one of them stack_set_name"
            if not (_account(own) and _account(other)):
                hint += ", or give account in both if the accounts differ"
            raise SettingsError(
                second.address,
                "stack_set_name",
                f'rollouts "{first.name}" and "{second.name}" have the StackSet '
                f'"{other.stack_set_name}"',
                hint,
            )


def _may_be_one(one: RolloutConfig, other: RolloutConfig) -> bool:
    """Whether StackSets of one name can be the same StackSet. What is not given can be equal.

    A delegated administrator works on service-managed StackSets of the management account:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html
    """
    models = {one.permission_model, other.permission_model}
    if one.delegated != other.delegated and models != {PermissionModel.SERVICE}:
        return False
    if _differ(one.region, other.region):
        return False
    if _account(one) and _account(other):
        return _account(one) == _account(other)
    return not _differ(one.profile, other.profile)


def _account(config: RolloutConfig) -> str:
    """The account that administers the StackSets, as far as the settings name it."""
    return config.account or "".join(config.assume_role.split(":")[4:5])


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)
