"""
Accounts in which a stack cannot be deployed or deleted in this run.

In:    the accounts in which each stack failed or was left out, so far.
Out:   the accounts that are not ready for a stack; an operation without these accounts.
Never: an account that the operation does not name. Without some of its accounts, an operation
       names the others one by one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from trailbell.rollout.configuration.config import AccountFilter
from trailbell.rollout.model.deployment_targets import MAX_ACCOUNTS, DeploymentTargets
from trailbell.rollout.model.stage import PlannedOperation


@dataclass
class UnreadyAccounts:
    """By stack, and by whether it was deployed or removed."""

    accounts: dict[tuple[str, bool], frozenset[str]] = field(default_factory=dict)

    def add(self, stack: str, accounts: Iterable[str], *, removes: bool) -> None:
        """Note accounts in which a stack failed or was left out."""
        key = stack, removes
        self.accounts[key] = self.accounts.get(key, frozenset()).union(accounts)

    def of(self, stacks: Iterable[str], *, removes: bool) -> frozenset[str]:
        """The accounts in which one of these stacks is not ready."""
        known = (self.accounts.get((stack, removes), frozenset()) for stack in stacks)
        return frozenset[str]().union(*known)


def without_accounts(
    operation: PlannedOperation, unready: frozenset[str]
) -> tuple[PlannedOperation, ...]:
    """The operation without these accounts; none if it named accounts and none is left.

    A whole unit is named by its remaining accounts, which can take several requests.
    """
    accounts = tuple(account for account in operation.accounts if account not in unready)
    if accounts == operation.accounts:
        return (operation,)
    units = operation.targets.units
    filter_ = AccountFilter.INTERSECTION if units else AccountFilter.NONE
    batches = (
        accounts[start : start + MAX_ACCOUNTS] for start in range(0, len(accounts), MAX_ACCOUNTS)
    )
    return tuple(
        replace(operation, accounts=batch, targets=DeploymentTargets(batch, units, filter_))
        for batch in batches
    )
