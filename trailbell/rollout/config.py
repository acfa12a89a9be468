"""
What was chosen for a rollout, as data, and which choices exclude or need each other.

In:    values that `section` read.
Out:   a `RolloutConfig`; sentences on what does not fit together.
Never: a file, or a call.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.rollout.waves import Wave

REST = "remaining accounts"


class PermissionModel(StrEnum):
    """PermissionModel of the API."""

    SERVICE = "SERVICE_MANAGED"
    SELF = "SELF_MANAGED"


class AccountFilter(StrEnum):
    """AccountFilterType of the API: what ``accounts`` do to the organizational units.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
    """

    NONE = "NONE"
    INTERSECTION = "INTERSECTION"
    DIFFERENCE = "DIFFERENCE"
    UNION = "UNION"


class OnRemoval(StrEnum):
    """What becomes of the stacks of accounts and Regions that are no longer wanted."""

    DELETE = "delete"
    RETAIN = "retain"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class RolloutConfig:
    """One rollout. ``waves`` end with one that takes the rest; its accounts and units are empty.

    ``overrides`` are parameters by account. ``management`` adds the management account as a
    plain stack, because service-managed sets skip it. ``member_role`` is the name of a role in
    the members that may read the events of their stacks.
    """

    name: str
    stack: str
    stack_set_name: str
    permission_model: PermissionModel = PermissionModel.SERVICE
    delegated: bool = False
    account: str = ""
    region: str = ""
    profile: str = ""
    role: str = ""
    organizational_units: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    account_filter: AccountFilter = AccountFilter.NONE
    regions: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    parameter_overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    waves: tuple[Wave, ...] = (Wave(name=REST),)
    auto_deployment: AutoDeployment = field(default_factory=AutoDeployment)
    managed_execution: bool = False
    administration_role: str = ""
    execution_role: str = ""
    management: bool = False
    management_role: str = ""
    member_role: str = ""
    on_removal: OnRemoval = OnRemoval.DELETE
    continue_on_failure: bool = False
    template_bucket: str = ""
    origin: str = ""


FILTERS: Mapping[str, AccountFilter] = {
    "intersection": AccountFilter.INTERSECTION,
    "difference": AccountFilter.DIFFERENCE,
    "union": AccountFilter.UNION,
}
"""The words of the settings."""


def conflicts(found: RolloutConfig) -> Iterator[tuple[str, str, str]]:
    """Keys that exclude or need each other: key, what was found, what would be right."""
    if not found.regions:
        yield "regions", "not there", "name the Regions, in their order"
    if found.permission_model is PermissionModel.SELF:
        yield from _faults_of_self_managed(found)
    else:
        yield from _faults_of_service_managed(found)
    if found.management_role and not found.management:
        yield "management_role", "given", "it is for management_account = true"
    named = [account for each in found.waves for account in each.accounts]
    for account in named:
        if named.count(account) > 1:
            yield "wave", f"{account} in several", "an account is in one wave"


def _faults_of_self_managed(found: RolloutConfig) -> Iterator[tuple[str, str, str]]:
    only = 'is for permissions = "service-managed"'
    for key, given in (
        ("organizational_units", found.organizational_units),
        ("account_filter", found.account_filter is not AccountFilter.NONE),
        ("auto_deployment", found.auto_deployment.enabled),
        ("delegated_administrator", found.delegated),
        ("management_account", found.management),
        ("wave", [each for each in found.waves if each.units]),
    ):
        if given:
            yield key, "given", f"it {only}"
    if not found.accounts:
        yield "accounts", "not there", "self-managed rollouts name their accounts"


def _faults_of_service_managed(found: RolloutConfig) -> Iterator[tuple[str, str, str]]:
    for key, given in (
        ("administration_role", found.administration_role),
        ("execution_role", found.execution_role),
    ):
        if given:
            yield key, "given", 'it is for permissions = "self-managed"'
    if not found.organizational_units:
        yield "organizational_units", "not there", "name them, or the root (r-...)"
    if bool(found.accounts) != (found.account_filter is not AccountFilter.NONE):
        known = ", ".join(FILTERS)
        yield "account_filter", "accounts alone or a filter alone", f"both are needed ({known})"
