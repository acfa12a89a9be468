"""
How a call names its accounts.

In:    the accounts of a rectangle, the organizational unit of each, who else is in those units.
Out:   `DeploymentTargets`, at most 50 units each: whole units where that says the same, else units
       with the accounts that are meant, or with those that are not, whichever is shorter.
Never: an account that was not meant.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbell.rollout.config import AccountFilter

UNITS_A_CALL = 50
_SHOWN = 3


@dataclass(frozen=True)
class DeploymentTargets:
    """Accounts and units as the API wants them; without units the set is self-managed."""

    accounts: tuple[str, ...]
    units: tuple[str, ...] = ()
    filter: AccountFilter = AccountFilter.NONE

    def request(self) -> dict[str, Any]:
        """The members of a request."""
        if not self.units:
            return {"Accounts": list(self.accounts)}
        found: dict[str, Any] = {"OrganizationalUnitIds": list(self.units)}
        if self.accounts:
            found["Accounts"] = list(self.accounts)
        return {"DeploymentTargets": {**found, "AccountFilterType": self.filter.value}}

    def __str__(self) -> str:
        where = ", ".join(self.units)
        match self.filter:
            case AccountFilter.NONE:
                return f"all of {where}" if where else ""
            case AccountFilter.INTERSECTION:
                return f"of {where} only {_few(self.accounts)}"
            case AccountFilter.DIFFERENCE:
                return f"all of {where} but {_few(self.accounts)}"
            case AccountFilter.UNION:
                return f"all of {where} and {_few(self.accounts)}"


def _few(accounts: tuple[str, ...]) -> str:
    shown = ", ".join(accounts[:_SHOWN])
    return shown + (f" and {len(accounts) - _SHOWN:,} more" if len(accounts) > _SHOWN else "")


def by_account(accounts: Sequence[str]) -> tuple[tuple[tuple[str, ...], DeploymentTargets], ...]:
    """Self-managed sets are told accounts."""
    return ((tuple(accounts), DeploymentTargets(tuple(accounts))),)


def by_unit(
    accounts: Iterable[str], unit_of: Mapping[str, str], inside: Mapping[str, frozenset[str]]
) -> Iterator[tuple[tuple[str, ...], DeploymentTargets]]:
    """Service-managed sets are told units. ``inside`` are all whom a unit would reach; a unit
    that is not in it reaches nobody knows whom, so its accounts are always named.

    Yields the accounts that a call reaches, and how it names them.
    """
    by: dict[str, list[str]] = {}
    for account in accounts:
        by.setdefault(unit_of[account], []).append(account)
    units = list(by)
    for start in range(0, len(units), UNITS_A_CALL):
        chosen = tuple(units[start : start + UNITS_A_CALL])
        meant = tuple(account for unit in chosen for account in by[unit])
        if all(unit in inside for unit in chosen):
            reached = frozenset[str]().union(*(inside[unit] for unit in chosen))
            yield meant, _named(chosen, meant, reached - frozenset(meant))
        else:
            yield meant, DeploymentTargets(meant, chosen, AccountFilter.INTERSECTION)


def _named(
    units: tuple[str, ...], meant: tuple[str, ...], others: frozenset[str]
) -> DeploymentTargets:
    if not others:
        return DeploymentTargets((), units, AccountFilter.NONE)
    if len(others) < len(meant):
        return DeploymentTargets(tuple(sorted(others)), units, AccountFilter.DIFFERENCE)
    return DeploymentTargets(meant, units, AccountFilter.INTERSECTION)
