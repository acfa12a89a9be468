"""
How an operation names its accounts.

In:    the accounts of a rectangle, the organizational unit of each, the accounts of each unit.
Out:   `DeploymentTargets` with at most 50 units: whole units where they hold exactly these
       accounts, else units with the accounts to include or to exclude, whichever list is shorter.
Never: an account that the plan does not contain.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbell.rollout.config import AccountFilter

MAX_UNITS = 50
"""Organizational units in one request."""
_MAX_LISTED = 3


@dataclass(frozen=True)
class DeploymentTargets:
    """DeploymentTargets of the API. Without units, the StackSet is self-managed."""

    accounts: tuple[str, ...]
    units: tuple[str, ...] = ()
    filter: AccountFilter = AccountFilter.NONE

    def request(self) -> dict[str, Any]:
        """The members of a request."""
        if not self.units:
            return {"Accounts": list(self.accounts)}
        targets: dict[str, Any] = {"OrganizationalUnitIds": list(self.units)}
        if self.accounts:
            targets["Accounts"] = list(self.accounts)
        return {"DeploymentTargets": {**targets, "AccountFilterType": self.filter.value}}

    def __str__(self) -> str:
        units = ", ".join(self.units)
        match self.filter:
            case AccountFilter.NONE:
                return f"all of {units}" if units else ""
            case AccountFilter.INTERSECTION:
                return f"in {units} only {_shorten(self.accounts)}"
            case AccountFilter.DIFFERENCE:
                return f"all of {units} except {_shorten(self.accounts)}"
            case AccountFilter.UNION:
                return f"all of {units} and {_shorten(self.accounts)}"


def _shorten(accounts: tuple[str, ...]) -> str:
    listed = ", ".join(accounts[:_MAX_LISTED])
    more = len(accounts) - _MAX_LISTED
    return listed + (f" and {more:,} more" if more > 0 else "")


def by_account(accounts: Sequence[str]) -> tuple[tuple[tuple[str, ...], DeploymentTargets], ...]:
    """Name the accounts themselves, as self-managed StackSets require."""
    return ((tuple(accounts), DeploymentTargets(tuple(accounts))),)


def by_unit(
    accounts: Iterable[str],
    unit_by_account: Mapping[str, str],
    accounts_by_unit: Mapping[str, frozenset[str]],
) -> Iterator[tuple[tuple[str, ...], DeploymentTargets]]:
    """Name accounts by organizational units, as service-managed StackSets require.

    ``accounts_by_unit`` holds all accounts that a unit means in a request. The accounts of a
    unit that it lacks are unknown, so the accounts that are wanted there are always listed.

    Yields the accounts of each operation, and how it names them.
    """
    wanted_by_unit: dict[str, list[str]] = {}
    for account in accounts:
        wanted_by_unit.setdefault(unit_by_account[account], []).append(account)
    units = list(wanted_by_unit)
    for start in range(0, len(units), MAX_UNITS):
        batch = tuple(units[start : start + MAX_UNITS])
        included = tuple(account for unit in batch for account in wanted_by_unit[unit])
        if all(unit in accounts_by_unit for unit in batch):
            reached = frozenset[str]().union(*(accounts_by_unit[unit] for unit in batch))
            yield included, _shortest_targets(batch, included, reached - frozenset(included))
        else:
            yield included, DeploymentTargets(included, batch, AccountFilter.INTERSECTION)


def _shortest_targets(
    units: tuple[str, ...], included: tuple[str, ...], excluded: frozenset[str]
) -> DeploymentTargets:
    if not excluded:
        return DeploymentTargets((), units, AccountFilter.NONE)
    if len(excluded) < len(included):
        return DeploymentTargets(tuple(sorted(excluded)), units, AccountFilter.DIFFERENCE)
    return DeploymentTargets(included, units, AccountFilter.INTERSECTION)
