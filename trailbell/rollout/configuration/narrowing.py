"""
Stacks of a rollout that only some of its accounts and Regions have.

In:    a `RolloutConfig` with all accounts and Regions of the rollout; the table of its stack.
Out:   the same with ``accounts`` and ``regions`` of ``[rollout.NAME.stack.STACK]``.
Never: an account or a Region that the rollout does not have. The accounts of organizational units
       are not known here: `trailbell.rollout.model.desired_state` checks them.
"""

from dataclasses import replace

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.rollout.configuration.config import Narrowing, PermissionModel, RolloutConfig
from trailbell.settings import Table


def narrow(config: RolloutConfig, table: Table | None) -> RolloutConfig:
    """Limit a stack as its table says. Raises `SettingsError`.

    Regions stay in the order of the rollout. Automatic deployment would deploy a stack that is
    limited to accounts to each account that joins, so it is disabled.
    """
    if table is None:
        return config
    accounts, regions = table.strings("accounts") or (), table.strings("regions") or ()
    if not (accounts or regions):
        return config
    _check_regions(config, table, regions)
    if config.permission_model is PermissionModel.SELF:
        _check_accounts(config, table, accounts)
    _check_overrides(table, accounts)
    narrowing = Narrowing(
        accounts=accounts,
        rollout_regions=config.regions,
        rollout_auto_deployment=config.auto_deployment,
    )
    return replace(
        config,
        narrowing=narrowing,
        regions=tuple(each for each in config.regions if each in (regions or config.regions)),
        auto_deployment=AutoDeployment() if accounts else config.auto_deployment,
        parameter_overrides={
            account: values
            for account, values in config.parameter_overrides.items()
            if account in accounts or not accounts
        },
    )


def _check_regions(config: RolloutConfig, table: Table, regions: tuple[str, ...]) -> None:
    known = frozenset(config.regions)
    for region in regions:
        if region not in known:
            problem = f'"{region}" is not a Region of the rollout'
            raise table.error("regions", problem, "", known=known, name=region)


def _check_accounts(config: RolloutConfig, table: Table, accounts: tuple[str, ...]) -> None:
    for account in accounts:
        if account not in config.accounts:
            problem = f'"{account}" is not an account of the rollout'
            raise table.error("accounts", problem, "remove it, or add it to the rollout")


def _check_overrides(table: Table, accounts: tuple[str, ...]) -> None:
    """Those of the rollout may be for other stacks; those of the stack cannot."""
    own = table.table("parameter_overrides")
    for account in own.names() if own is not None and accounts else ():
        if account not in accounts:
            hint = f'remove it, or add it to "accounts" of [{table.path}]'
            raise table.error(f"parameter_overrides.{account}", "the stack is not there", hint)
