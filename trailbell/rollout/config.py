"""
The configuration of a rollout as data, and which settings exclude or require each other.

In:    values that `trailbell.rollout.settings` read.
Out:   a `RolloutConfig`; sentences about settings that do not fit together.
Never: a file, or a call.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.rollout.waves import Wave

REST = "remaining accounts"
"""The name of the last wave where the settings do not define it."""


class PermissionModel(StrEnum):
    """PermissionModel of the API."""

    SERVICE = "SERVICE_MANAGED"
    SELF = "SELF_MANAGED"


class AccountFilter(StrEnum):
    """AccountFilterType of the API: how ``accounts`` change the organizational units.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
    """

    NONE = "NONE"
    INTERSECTION = "INTERSECTION"
    DIFFERENCE = "DIFFERENCE"
    UNION = "UNION"


class OnRemoval(StrEnum):
    """What happens to stack instances whose account or Region is no longer configured."""

    DELETE = "delete"
    RETAIN = "retain"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class RolloutConfig:
    """One rollout. The last of ``waves`` takes all accounts that no other wave names.

    ``parameter_overrides`` are by account. ``include_management_account`` deploys a standalone
    stack in the management account, which service-managed StackSets skip. ``member_read_role`` is
    the name of a role in the member accounts that may read the events of their stacks. ``origin``
    is the address of the table in the settings, ``overrides_key`` the name of the overrides in it.
    """

    name: str
    stack: str
    stack_set_name: str
    permission_model: PermissionModel = PermissionModel.SERVICE
    delegated: bool = False
    account: str = ""
    region: str = ""
    profile: str = ""
    assume_role: str = ""
    organizational_units: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    account_filter: AccountFilter = AccountFilter.NONE
    regions: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    parameter_overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    push_secrets: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    waves: tuple[Wave, ...] = (Wave(name=REST),)
    auto_deployment: AutoDeployment = field(default_factory=AutoDeployment)
    managed_execution: bool = False
    administration_role: str = ""
    execution_role: str = ""
    include_management_account: bool = False
    management_deploy_role: str = ""
    member_read_role: str = ""
    on_removal: OnRemoval = OnRemoval.DELETE
    continue_on_failure: bool = True
    template_bucket: str = ""
    origin: str = ""
    overrides_key: str = "parameter_overrides"


FILTERS: Mapping[str, AccountFilter] = {
    "intersection": AccountFilter.INTERSECTION,
    "difference": AccountFilter.DIFFERENCE,
    "union": AccountFilter.UNION,
}
"""The values of ``account_filter`` in the settings."""


def conflicts(config: RolloutConfig) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the problem and the hint of settings that exclude or require each other."""
    if not config.regions:
        yield "regions", "is missing", "list the Regions in deployment order"
    if config.permission_model is PermissionModel.SELF:
        yield from _conflicts_of_self_managed(config)
    else:
        yield from _conflicts_of_service_managed(config)
    if config.management_deploy_role and not config.include_management_account:
        yield (
            "management_deploy_role",
            "requires include_management_account",
            "add include_management_account = true, or remove the role",
        )
    named = [account for wave in config.waves for account in wave.accounts]
    for account in named:
        if named.count(account) > 1:
            yield "wave", f"several waves name the account {account}", "name it in one wave"


def _conflicts_of_self_managed(config: RolloutConfig) -> Iterator[tuple[str, str, str]]:
    for key, given in (
        ("organizational_units", config.organizational_units),
        ("account_filter", config.account_filter is not AccountFilter.NONE),
        ("auto_deployment", config.auto_deployment.enabled),
        ("delegated_administrator", config.delegated),
        ("include_management_account", config.include_management_account),
        ("wave", [wave for wave in config.waves if wave.units]),
    ):
        if given:
            hint = 'remove it, or use permission_model = "service-managed"'
            subject = "organizational units of a wave are" if key == "wave" else "is"
            yield key, f"{subject} for service-managed rollouts only", hint
    if not config.accounts:
        yield "accounts", "is missing", "list the accounts of the self-managed rollout"


def _conflicts_of_service_managed(config: RolloutConfig) -> Iterator[tuple[str, str, str]]:
    for key, given in (
        ("administration_role", config.administration_role),
        ("execution_role", config.execution_role),
    ):
        if given:
            hint = 'remove it, or use permission_model = "self-managed"'
            yield key, "is for self-managed rollouts only", hint
    if not config.organizational_units:
        hint = "list organizational units (ou-...), or the root (r-...)"
        yield "organizational_units", "is missing", hint
    if bool(config.accounts) != (config.account_filter is not AccountFilter.NONE):
        hint = f"use one of: {', '.join(FILTERS)}"
        yield "account_filter", '"accounts" and "account_filter" must be given together', hint
