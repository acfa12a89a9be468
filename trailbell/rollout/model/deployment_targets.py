"""
How an operation names its accounts.

In:    the accounts of a rectangle, the organizational units of each, and the units that an
       operation may name as a whole.
Out:   `DeploymentTargets` with at most 50 units and 1,000 accounts: a whole unit only to create
       stacks, where the settings mean the unit and the plan means each of its accounts; else units
       and the accounts to include.
Never: an account that the plan does not contain. A parent unit also reaches what its child units
       created, and an account can join a unit after the plan was made.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbell.rollout.configuration.config import AccountFilter

MAX_UNITS = 50
"""Organizational units in one request."""
MAX_ACCOUNTS = 1_000
"""Accounts in one request. AWS documents no limit. A request with these is about as long as one
with the longest template that a request can carry, which is documented.
"""
_MAX_LISTED = 3

AccountTargets = tuple[tuple[str, ...], "DeploymentTargets"]
"""The accounts of one operation, and how it names them."""


@dataclass(frozen=True)
class DeploymentTargets:
    """DeploymentTargets of the API. Without units, the StackSet is self-managed."""

    accounts: tuple[str, ...]
    units: tuple[str, ...] = ()
    filter: AccountFilter = AccountFilter.NONE

    def request(self) -> dict[str, Any]:
        """The members of a request. AccountFilterType is always sent: it is UNION by default."""
        if not self.units:
            return {"Accounts": list(self.accounts)}
        targets: dict[str, Any] = {"OrganizationalUnitIds": list(self.units)}
        if self.accounts:
            targets["Accounts"] = list(self.accounts)
        return {"DeploymentTargets": {**targets, "AccountFilterType": self.filter.value}}

    def __str__(self) -> str:
        units = ", ".join(self.units)
        if self.filter is AccountFilter.NONE:
            return f"all of {units}" if units else ""
        return f"in {units} only {_shorten(self.accounts)}"


def _shorten(accounts: tuple[str, ...]) -> str:
    listed = ", ".join(accounts[:_MAX_LISTED])
    more = len(accounts) - _MAX_LISTED
    return listed + (f" and {more:,} more" if more > 0 else "")


def by_account(accounts: Sequence[str]) -> Iterator[AccountTargets]:
    """Name the accounts themselves, as self-managed StackSets require."""
    for start in range(0, len(accounts), MAX_ACCOUNTS):
        batch = tuple(accounts[start : start + MAX_ACCOUNTS])
        yield batch, DeploymentTargets(batch)


def by_unit(
    accounts: Iterable[str],
    units_by_account: Mapping[str, tuple[str, ...]],
    whole_units: Mapping[str, frozenset[str]],
) -> Iterator[AccountTargets]:
    """Name accounts by organizational units, as service-managed StackSets require.

    ``whole_units`` holds all accounts of each unit that an operation may name as a whole.
    """
    for units, included in _batches(accounts, units_by_account, MAX_UNITS, None):
        reached = frozenset[str]().union(*(whole_units.get(unit, frozenset()) for unit in units))
        if reached == frozenset(included) and all(unit in whole_units for unit in units):
            yield included, DeploymentTargets((), units, AccountFilter.NONE)
            continue
        for some, few in _batches(included, units_by_account, MAX_UNITS, MAX_ACCOUNTS):
            yield few, DeploymentTargets(few, some, AccountFilter.INTERSECTION)


def _batches(
    accounts: Iterable[str],
    units_by_account: Mapping[str, tuple[str, ...]],
    max_units: int,
    max_accounts: int | None,
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Units and accounts for each request: accounts of the same units stay together."""
    by_units: dict[tuple[str, ...], list[str]] = {}
    for account in accounts:
        by_units.setdefault(units_by_account[account], []).append(account)
    units: dict[str, None] = {}
    batch: list[str] = []
    for own, members in by_units.items():
        for account in members:
            full = max_accounts is not None and len(batch) == max_accounts
            if batch and (full or len({*units, *own}) > max_units):
                yield tuple(units), tuple(batch)
                units, batch = {}, []
            units |= dict.fromkeys(own)
            batch.append(account)
    if batch:
        yield tuple(units), tuple(batch)
