"""
The configuration of a rollout as data, and which settings exclude or require each other.

In:    values that `trailbell.rollout.configuration.settings` read.
Out:   a `RolloutConfig`; sentences about settings that do not fit together.
Never: a file, or a call.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.rollout.configuration.waves import Wave

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
class Narrowing:
    """The limits of a stack that only some accounts or Regions of its rollout have.

    Without ``accounts``, all accounts of the rollout have it. ``rollout_regions`` and
    ``rollout_auto_deployment`` are what the other stacks have.
    """

    accounts: tuple[str, ...] = ()
    rollout_regions: tuple[str, ...] = ()
    rollout_auto_deployment: AutoDeployment = field(default_factory=AutoDeployment)


@dataclass(frozen=True, kw_only=True)
class RolloutConfig:
    """The rollout of one stack. The last of ``waves`` takes all accounts that no other wave names.

    ``parameter_overrides`` are by account. ``shared`` names the parameters that are given for
    several stacks; each goes to the stacks that declare it. ``include_management_account`` deploys
    a standalone stack in the management account, which service-managed StackSets skip.
    ``member_read_role`` is the name of a role in the member accounts that may read the events of
    their stacks and their exports. ``origin`` is the address of the table in the settings,
    ``own_origin`` that of the table for this stack if there are several, ``overrides_key`` the name
    of the overrides in it. ``narrowing`` says that the stack has not all accounts and Regions of
    the rollout; ``regions`` and ``parameter_overrides`` are its own then.
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
    own_origin: str = ""
    shared: frozenset[str] = frozenset()
    overrides_key: str = "parameter_overrides"
    narrowing: Narrowing | None = None

    @property
    def address(self) -> str:
        """Where the settings have what only this stack has."""
        return self.own_origin or self.origin

    @property
    def only_accounts(self) -> tuple[str, ...]:
        """The accounts that the stack is limited to; empty if it is in all of the rollout."""
        return self.narrowing.accounts if self.narrowing else ()

    @property
    def accounts_by_values(self) -> tuple[str, ...]:
        """Accounts by which parameter values can differ; an empty text for all other accounts."""
        return self.only_accounts or ("", *self.parameter_overrides)

    @property
    def whole(self) -> "RolloutConfig":
        """The same with all accounts and Regions of the rollout."""
        if self.narrowing is None:
            return self
        return replace(
            self,
            narrowing=None,
            regions=self.narrowing.rollout_regions,
            auto_deployment=self.narrowing.rollout_auto_deployment,
        )

    def may_be_in(self, account: str) -> bool:
        """Whether an account of the rollout may have the stack."""
        return account in self.only_accounts or not self.only_accounts

    def overlaps(self, other: "RolloutConfig") -> bool:
        """Whether an account and Region can have the stacks of both."""
        accounts = self.only_accounts or other.only_accounts
        return any(region in other.regions for region in self.regions) and (
            not accounts or any(self.may_be_in(a) and other.may_be_in(a) for a in accounts)
        )


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """``[rollout.NAME]``: stacks that are rolled out together, each by its own StackSet.

    ``stack_sets`` are in deployment order, and share all settings but the stack, the name of the
    StackSet, parameters, overrides and `Narrowing`. ``requires`` has, by stack, the others whose
    exports it imports.
    """

    stack_sets: tuple[RolloutConfig, ...]
    requires: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def shared(self) -> RolloutConfig:
        """The settings that all stacks have: those of the first one, in the whole rollout."""
        return self.stack_sets[0].whole

    @property
    def name(self) -> str:
        """The name of the rollout."""
        return self.shared.name

    @property
    def stacks(self) -> tuple[str, ...]:
        """The stacks, in deployment order."""
        return tuple(each.stack for each in self.stack_sets)

    @property
    def push_secrets(self) -> tuple[str, ...]:
        """The NoEcho parameters whose values are sent to the stacks that declare them."""
        return tuple(sorted({name for each in self.stack_sets for name in each.push_secrets}))

    def required_by(self, stack: str) -> frozenset[str]:
        """The stacks that must be deployed before this one."""
        return self.requires.get(stack, frozenset())

    def requiring(self, stack: str) -> frozenset[str]:
        """The stacks that must be removed before this one."""
        return frozenset(name for name in self.stacks if stack in self.required_by(name))


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
