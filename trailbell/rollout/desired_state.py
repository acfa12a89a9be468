"""
Where a rollout is to stand.

In:    the settings, and the organization.
Out:   `DesiredState`: accounts with their wave, and those that are wanted but cannot be reached.
Never: the management account in a service-managed set. StackSets skips it in silence.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-associate-stackset-with-org.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trailbell.aws.organization import Organization
from trailbell.errors import SettingsError
from trailbell.rollout.config import AccountFilter, PermissionModel, RolloutConfig
from trailbell.rollout.waves import Wave


@dataclass(frozen=True, kw_only=True)
class DesiredState:
    """``waves`` maps an account to its wave, ``plain`` the management account to its own.

    ``units`` maps an account to the unit by which a call reaches it, ``inside`` each of those
    units to all whom it reaches.
    """

    waves: Mapping[str, str]
    suspended: Mapping[str, str]
    plain: Mapping[str, str]
    units: Mapping[str, str]
    inside: Mapping[str, frozenset[str]]


def units(rollout: RolloutConfig) -> tuple[str, ...]:
    """The units that must be read: those of the rollout and of its waves."""
    return tuple(
        dict.fromkeys((*rollout.organizational_units, *(u for w in rollout.waves for u in w.units)))
    )


def desired_state(rollout: RolloutConfig, organization: Organization) -> DesiredState:
    """What the settings ask for. Raises `SettingsError` where they name whom they do not reach."""
    accounts = _accounts(rollout, organization)
    manager = organization.management
    if rollout.permission_model is PermissionModel.SERVICE:
        accounts = accounts - {manager}
    plain = frozenset({manager} if rollout.management else ())
    _known(rollout, accounts | plain)
    members = organization.members
    suspended = {
        account: members[account].state
        for account in sorted(accounts)
        if account in members and not members[account].active
    }
    wave_of = _waves(rollout, organization)
    rest = rollout.waves[-1].name
    reached = {unit: organization.below[unit] - {manager} for unit in rollout.organizational_units}
    return DesiredState(
        waves={a: wave_of.get(a, rest) for a in sorted(accounts) if a not in suspended},
        suspended=suspended,
        plain={account: wave_of.get(account, rest) for account in plain},
        units=_units(rollout, organization, accounts),
        inside=reached,
    )


def _accounts(rollout: RolloutConfig, organization: Organization) -> frozenset[str]:
    named = frozenset(rollout.accounts)
    if rollout.permission_model is PermissionModel.SELF:
        return named
    inside = frozenset[str]().union(
        *(organization.below[unit] for unit in rollout.organizational_units)
    )
    match rollout.account_filter:
        case AccountFilter.NONE:
            return inside
        case AccountFilter.INTERSECTION:
            return inside & named
        case AccountFilter.DIFFERENCE:
            return inside - named
        case AccountFilter.UNION:
            return inside | named


def _units(
    rollout: RolloutConfig, organization: Organization, accounts: frozenset[str]
) -> dict[str, str]:
    """The first unit of the rollout that holds an account; else the one that it is in."""
    if rollout.permission_model is PermissionModel.SELF:
        return {}
    found: dict[str, str] = {}
    for unit in rollout.organizational_units:
        for account in organization.below[unit]:
            found.setdefault(account, unit)
    return {
        account: found.get(account) or organization.members[account].unit
        for account in sorted(accounts)
    }


def _waves(rollout: RolloutConfig, organization: Organization) -> dict[str, str]:
    """The wave of an account: the one that names it, else the first whose unit holds it."""
    found: dict[str, str] = {}
    for wave in rollout.waves:
        for account in wave.accounts:
            found[account] = wave.name
    for wave in rollout.waves:
        for account in sorted(_below(wave, organization)):
            found.setdefault(account, wave.name)
    return found


def _below(wave: Wave, organization: Organization) -> frozenset[str]:
    return frozenset[str]().union(*(organization.below[unit] for unit in wave.units))


def _known(rollout: RolloutConfig, accounts: frozenset[str]) -> None:
    """A canary, or an override, that reaches nobody is a mistake; not one to find out later."""
    for wave in rollout.waves:
        for account in wave.accounts:
            if account not in accounts:
                raise _unknown_account(rollout, f"wave.{wave.name}.accounts", account)
    for account in rollout.parameter_overrides:
        if account not in accounts:
            raise _unknown_account(rollout, f"override.{account}", account)


def _unknown_account(rollout: RolloutConfig, key: str, account: str) -> SettingsError:
    return SettingsError(
        file=rollout.origin,
        key=key,
        problem=account,
        hint="it is not among the accounts of this rollout; take it away, or add it there",
    )
