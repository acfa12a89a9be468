"""
The accounts in which a rollout should have stacks.

In:    the settings, and the organization.
Out:   `DesiredState`: accounts with their wave, and accounts that are not ACTIVE.
Never: the management account as a target of a service-managed StackSet. StackSets skips it without
       an error.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-associate-stackset-with-org.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trailbell.aws.organization import Organization
from trailbell.errors import SettingsError
from trailbell.rollout.configuration.config import AccountFilter, PermissionModel, RolloutConfig
from trailbell.rollout.configuration.waves import Wave


@dataclass(frozen=True, kw_only=True)
class DesiredState:
    """Accounts and what they belong to.

    ``suspended`` maps accounts that are not ACTIVE to their state. ``management_waves`` maps the
    management account to its wave. ``unit_by_account`` has the organizational unit by which an
    operation names an account, and ``accounts_by_unit`` all accounts that such a unit includes.
    """

    wave_by_account: Mapping[str, str] = field(default_factory=dict)
    suspended: Mapping[str, str] = field(default_factory=dict)
    management_waves: Mapping[str, str] = field(default_factory=dict)
    unit_by_account: Mapping[str, str] = field(default_factory=dict)
    accounts_by_unit: Mapping[str, frozenset[str]] = field(default_factory=dict)


def units_to_read(rollout: RolloutConfig) -> tuple[str, ...]:
    """The organizational units that the rollout and its waves name."""
    return tuple(
        dict.fromkeys((*rollout.organizational_units, *(u for w in rollout.waves for u in w.units)))
    )


def desired_state(rollout: RolloutConfig, organization: Organization) -> DesiredState:
    """Resolve the settings to accounts.

    Raises `SettingsError` if a wave, an override or the accounts of a stack name an account outside
    the rollout.
    """
    accounts = _accounts(rollout, organization)
    management = organization.management
    if rollout.permission_model is PermissionModel.SERVICE:
        accounts = accounts - {management}
    management_accounts = frozenset({management} if rollout.include_management_account else ())
    _check_named_accounts(rollout, accounts | management_accounts)
    accounts = frozenset(filter(rollout.may_be_in, accounts))
    management_accounts = frozenset(filter(rollout.may_be_in, management_accounts))
    members = organization.members
    suspended = {
        account: members[account].state
        for account in sorted(accounts)
        if account in members and not members[account].active
    }
    waves = _named_waves(rollout, organization)
    last = rollout.waves[-1].name
    return DesiredState(
        wave_by_account={a: waves.get(a, last) for a in sorted(accounts) if a not in suspended},
        suspended=suspended,
        management_waves={account: waves.get(account, last) for account in management_accounts},
        unit_by_account=_unit_by_account(rollout, organization, accounts),
        accounts_by_unit={
            unit: organization.below[unit] - {management} for unit in rollout.organizational_units
        },
    )


def _accounts(rollout: RolloutConfig, organization: Organization) -> frozenset[str]:
    named = frozenset(rollout.accounts)
    if rollout.permission_model is PermissionModel.SELF:
        return named
    in_units = frozenset[str]().union(
        *(organization.below[unit] for unit in rollout.organizational_units)
    )
    match rollout.account_filter:
        case AccountFilter.NONE:
            return in_units
        case AccountFilter.INTERSECTION:
            return in_units & named
        case AccountFilter.DIFFERENCE:
            return in_units - named
        case AccountFilter.UNION:
            return in_units | (named - organization.missing)


def _unit_by_account(
    rollout: RolloutConfig, organization: Organization, accounts: frozenset[str]
) -> dict[str, str]:
    """The first unit of the rollout that includes an account; else the unit that it is in."""
    if rollout.permission_model is PermissionModel.SELF:
        return {}
    first: dict[str, str] = {}
    for unit in rollout.organizational_units:
        for account in organization.below[unit]:
            first.setdefault(account, unit)
    return {
        account: first.get(account) or organization.members[account].unit
        for account in sorted(accounts)
    }


def _named_waves(rollout: RolloutConfig, organization: Organization) -> dict[str, str]:
    """The wave that names an account; else the first wave with a unit that includes it."""
    waves: dict[str, str] = {}
    for wave in rollout.waves:
        for account in wave.accounts:
            waves[account] = wave.name
    for wave in rollout.waves:
        for account in sorted(_accounts_in_units(wave, organization)):
            waves.setdefault(account, wave.name)
    return waves


def _accounts_in_units(wave: Wave, organization: Organization) -> frozenset[str]:
    return frozenset[str]().union(*(organization.below[unit] for unit in wave.units))


def _check_named_accounts(rollout: RolloutConfig, accounts: frozenset[str]) -> None:
    """Reject settings for an account outside the rollout before anything starts."""
    for account in rollout.only_accounts:
        if account not in accounts:
            raise _unknown_account(rollout, f"stack.{rollout.stack}.accounts", account)
    for wave in rollout.waves:
        for account in wave.accounts:
            if account not in accounts:
                raise _unknown_account(rollout, f"wave.{wave.name}.accounts", account)
    for account in rollout.parameter_overrides:
        if account not in accounts:
            raise _unknown_account(rollout, f"{rollout.overrides_key}.{account}", account)


def _unknown_account(rollout: RolloutConfig, key: str, account: str) -> SettingsError:
    return SettingsError(
        file=rollout.origin,
        key=key,
        problem=f'"{account}"',
        hint="it is not an account of this rollout; remove it, or add it to the rollout",
    )
