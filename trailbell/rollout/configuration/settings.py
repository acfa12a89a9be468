"""
Where stacks are rolled out, and how fast: ``[rollout.NAME]`` in ``trailbell.toml``.

In:    the settings, the name of a rollout, the stacks of ``dist/``.
Out:   a `Rollout`, every key validated.
Never: a call. AWS decides whether an organizational unit exists.

::

    [rollout.baseline]
    stacks = ["security-alerts", "tamper"]     # or stack = "security-alerts"
    region = "eu-central-1"                    # administration Region of the StackSets
    organizational_units = ["ou-ab12-security"]
    regions = ["eu-central-1"]

    [rollout.baseline.stack.tamper]
    stack_set_name = "tamper"

    [rollout.baseline.wave.canary]
    accounts = ["111122223333"]
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.errors import SettingsError, UnknownNameError
from trailbell.rollout.configuration.config import (
    FILTERS,
    REST,
    AccountFilter,
    OnRemoval,
    PermissionModel,
    Rollout,
    RolloutConfig,
    conflicts,
)
from trailbell.rollout.configuration.narrowing import narrow
from trailbell.rollout.configuration.operation_preferences import (
    OperationPreferences,
    read_operation_preferences,
)
from trailbell.rollout.configuration.stack_set_names import check_stack_set_names
from trailbell.rollout.configuration.stack_set_settings import (
    default_stack_set_name,
    read_stack_set,
    read_stacks,
    stack_set_name,
)
from trailbell.rollout.configuration.waves import Wave, WaveCheck, read_wave
from trailbell.settings import Table

PERMISSION_MODELS = {
    "service-managed": PermissionModel.SERVICE,
    "self-managed": PermissionModel.SELF,
}


def read_rollout(settings: Table, name: str, stacks: Iterable[str]) -> Rollout:
    """Read the rollout of that name. Raises `UnknownNameError`, or `SettingsError` for a key."""
    tables = dict(settings.tables("rollout"))
    if name not in tables:
        raise UnknownNameError("rollout", name, tables)
    table = tables[name]
    known = frozenset(stacks)
    names, own_tables = read_stacks(table, known)
    shared: dict[str, Any] = {
        "name": name,
        **_administration(table),
        **_targets(table),
        **_process(table),
        "tags": table.tags(),
        "template_bucket": table.string("template_bucket") or "",
        "overrides_key": table.spelling("parameter_overrides"),
        "origin": f"{table.file}: {table.path}",
    }
    whole = tuple(
        RolloutConfig(**shared, **read_stack_set(table, own_tables.get(stack), stack, names))
        for stack in names
    )
    for key, problem, hint in conflicts(whole[0]):
        raise table.error(key, problem, hint)
    stack_sets = tuple(narrow(each, own_tables.get(each.stack)) for each in whole)
    set_names = [each.stack_set_name for each in stack_sets]
    for each in stack_sets:
        if set_names.count(each.stack_set_name) > 1:
            problem = f'several stacks have the StackSet "{each.stack_set_name}"'
            raise table.error("stacks", problem, "give each stack its own stack_set_name")
    rollout = Rollout(stack_sets=stack_sets)
    check_stack_set_names(rollout, _other_stack_sets(settings, name, known), tables)
    return rollout


def read_rollouts(settings: Table, stacks: Iterable[str]) -> tuple[Rollout, ...]:
    """Read every rollout. Raises as `read_rollout` does."""
    known = frozenset(stacks)
    return tuple(read_rollout(settings, name, known) for name, _ in settings.tables("rollout"))


def unused_stack_sets(settings: Table, stacks: Iterable[str]) -> Mapping[str, str]:
    """The default name of each StackSet that no rollout has, and its stack."""
    known = frozenset(stacks)
    used = {each.stack_set_name for each in _other_stack_sets(settings, "", known)}
    names = {default_stack_set_name(stack): stack for stack in sorted(known)}
    return {name: stack for name, stack in names.items() if name not in used}


def _other_stack_sets(settings: Table, name: str, known: frozenset[str]) -> Iterator[RolloutConfig]:
    """The StackSets of all rollouts but one, also of those with an error in another key."""
    for other, table in settings.tables("rollout"):
        if other == name:
            continue
        try:
            stacks, own_tables = read_stacks(table, known)
            administration = _administration(table)
            names = {stack: stack_set_name(table, own_tables.get(stack), stack) for stack in stacks}
        except SettingsError:
            continue
        for stack in stacks:
            below = f".stack.{stack}" if len(stacks) > 1 else ""
            yield RolloutConfig(
                name=other,
                stack=stack,
                stack_set_name=names[stack],
                origin=f"{table.file}: {table.path}{below}",
                **administration,
            )


def _administration(table: Table) -> dict[str, Any]:
    """The account and Region from which StackSets deploys, and its roles."""
    keys = (
        *("account", "region", "profile", "assume_role", "administration_role", "execution_role"),
        *("member_read_role", "management_deploy_role"),
    )
    return {
        "permission_model": PERMISSION_MODELS[
            table.string("permission_model") or "service-managed"
        ],
        "delegated": table.boolean("delegated_administrator") or False,
        **{key: table.string(key) or "" for key in keys},
    }


def _targets(table: Table) -> dict[str, Any]:
    """The accounts and Regions."""
    return {
        **{k: table.strings(k) or () for k in ("organizational_units", "accounts", "regions")},
        "account_filter": FILTERS.get(table.string("account_filter") or "", AccountFilter.NONE),
        "include_management_account": table.boolean("include_management_account") or False,
        "auto_deployment": _auto_deployment(table),
    }


def _process(table: Table) -> dict[str, Any]:
    """The waves, and what happens at failures and removals."""
    return {
        "waves": _waves(table, read_operation_preferences(table, OperationPreferences())),
        "managed_execution": table.boolean("managed_execution") or False,
        "on_removal": OnRemoval(table.string("on_removal") or OnRemoval.DELETE),
        "continue_on_failure": table.string("on_wave_failure") != "stop",
    }


def _auto_deployment(table: Table) -> AutoDeployment:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_AutoDeployment.html"""
    enabled = table.boolean("auto_deployment") or False
    retain = table.boolean("retain_on_account_removal")
    depends_on = table.strings("auto_deployment_depends_on") or ()
    for key, given in (
        ("retain_on_account_removal", retain),
        ("auto_deployment_depends_on", depends_on),
    ):
        if given and not enabled:
            raise table.error(key, "requires auto_deployment", "add auto_deployment = true")
    return AutoDeployment(enabled=enabled, retain=retain or False, after=tuple(sorted(depends_on)))


def _waves(table: Table, base: OperationPreferences) -> tuple[Wave, ...]:
    """The waves in the order of the file; the last one takes all accounts that are in none."""
    waves: list[Wave] = []
    for name, below in table.tables("wave"):
        current = read_wave(below, name, base)
        if waves and waves[-1].takes_remaining:
            raise table.error(
                f"wave.{waves[-1].name}",
                "names no accounts, so it takes all remaining accounts",
                "move it to the end",
            )
        waves.append(current)
    if not waves or not waves[-1].takes_remaining:
        if any(each.name == REST for each in waves):
            hint = f'give it another name; "{REST}" takes all remaining accounts'
            raise table.error(f"wave.{REST}", "names accounts", hint)
        waves.append(Wave(name=REST, operation_preferences=base, check=WaveCheck()))
    return tuple(waves)
