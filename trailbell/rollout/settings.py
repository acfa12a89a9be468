"""
Where a stack is rolled out, and how fast: ``[rollout.NAME]`` in ``trailbell.toml``.

In:    the settings, the name of a rollout, the stacks of ``dist/``.
Out:   a `RolloutConfig`, every key validated.
Never: a call. AWS decides whether an organizational unit exists.

::

    [rollout.baseline]
    stack = "security-alerts"
    region = "eu-central-1"                    # administration Region of the StackSet
    organizational_units = ["ou-ab12-security"]
    regions = ["eu-central-1"]

    [rollout.baseline.wave.canary]
    accounts = ["111122223333"]
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.aws.parameters import parameter_value
from trailbell.errors import UnknownNameError
from trailbell.rollout.config import (
    FILTERS,
    REST,
    AccountFilter,
    OnRemoval,
    PermissionModel,
    RolloutConfig,
    conflicts,
)
from trailbell.rollout.operation_preferences import OperationPreferences, read_operation_preferences
from trailbell.rollout.waves import Wave, WaveCheck, read_wave
from trailbell.settings import REGION, Table
from trailbell.template.limits import ACCOUNT_ID, STACK_NAME

E = TypeVar("E", bound=StrEnum)

_UNIT = re.compile(r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+")

_PERMISSION_MODELS = {
    "service-managed": PermissionModel.SERVICE,
    "self-managed": PermissionModel.SELF,
}
_ON_REMOVAL = {action.value: action for action in OnRemoval}
_WAVE_FAILURE = frozenset({"stop", "continue"})

_A_REGION = "write a Region such as eu-central-1"
_A_UNIT = "write an organizational unit (ou-...) or the root (r-...)"
_A_ROLE_ARN = "write the ARN of a role"
_A_ROLE_NAME = "write the name of a role"
_AN_ACCOUNT = "write twelve digits in quotes"
_A_STACK_NAME = "write a letter and up to 127 letters, digits and hyphens"


def read_rollout(settings: Table, name: str, stacks: Iterable[str]) -> RolloutConfig:
    """Read the rollout of that name. Raises `UnknownNameError`, or `SettingsError` for a key."""
    tables = dict(settings.tables("rollout"))
    if name not in tables:
        raise UnknownNameError("rollout", name, tables)
    table = tables[name]
    config = RolloutConfig(
        name=name,
        **_template(table, frozenset(stacks)),
        **_administration(table),
        **_targets(table),
        **_process(table),
        origin=f"{table.file}: {table.path}",
    )
    table.reject_unknown_keys()
    for key, problem, hint in conflicts(config):
        raise table.error(key, problem, hint)
    return config


def read_rollouts(settings: Table, stacks: Iterable[str]) -> tuple[RolloutConfig, ...]:
    """Read every rollout. Raises as `read_rollout` does."""
    known = frozenset(stacks)
    return tuple(read_rollout(settings, name, known) for name, _ in settings.tables("rollout"))


def _template(table: Table, stacks: frozenset[str]) -> dict[str, Any]:
    """What is deployed: the stack, its StackSet, parameters and tags."""
    stack = _stack(table, stacks)
    return {
        "stack": stack,
        "stack_set_name": _matching(table, "stack_set_name", STACK_NAME, _A_STACK_NAME, "set")
        or f"trailbell-{stack}",
        "parameters": _values(table, "parameters"),
        "parameter_overrides": _overrides(table),
        "overrides_key": table.spelling("parameter_overrides", "override"),
        "tags": table.tags(),
        "template_bucket": table.string("template_bucket") or "",
    }


def _administration(table: Table) -> dict[str, Any]:
    """The account and Region from which StackSets deploys, and its roles."""
    return {
        "permission_model": _enum(table, "permission_model", _PERMISSION_MODELS, "permissions")
        or PermissionModel.SERVICE,
        "delegated": table.boolean("delegated_administrator") or False,
        "account": _matching(table, "account", ACCOUNT_ID, _AN_ACCOUNT),
        "region": _matching(table, "region", REGION, _A_REGION),
        "profile": table.string("profile") or "",
        "assume_role": _matching(table, "assume_role", _ARN, _A_ROLE_ARN, "role"),
        "administration_role": _matching(table, "administration_role", _ARN, _A_ROLE_ARN),
        "execution_role": _matching(table, "execution_role", _ROLE_NAME, _A_ROLE_NAME),
        "member_read_role": _matching(
            table, "member_read_role", _ROLE_NAME, _A_ROLE_NAME, "member_role"
        ),
        "management_deploy_role": _matching(
            table, "management_deploy_role", _ARN, _A_ROLE_ARN, "management_role"
        ),
    }


def _targets(table: Table) -> dict[str, Any]:
    """The accounts and Regions."""
    return {
        "organizational_units": _all_matching(table, "organizational_units", _UNIT, _A_UNIT),
        "accounts": _all_matching(table, "accounts", ACCOUNT_ID, _AN_ACCOUNT),
        "account_filter": _enum(table, "account_filter", FILTERS) or AccountFilter.NONE,
        "regions": _all_matching(table, "regions", REGION, _A_REGION),
        "include_management_account": table.boolean(
            "include_management_account", "management_account"
        )
        or False,
        "auto_deployment": _auto_deployment(table),
    }


def _process(table: Table) -> dict[str, Any]:
    """The waves, and what happens at failures and removals."""
    failure = table.choice("on_wave_failure", _WAVE_FAILURE, "on_failure")
    return {
        "waves": _waves(table, read_operation_preferences(table, OperationPreferences())),
        "managed_execution": table.boolean("managed_execution") or False,
        "on_removal": _enum(table, "on_removal", _ON_REMOVAL, "leaving") or OnRemoval.DELETE,
        "continue_on_failure": failure != "stop",
    }


def _stack(table: Table, stacks: frozenset[str]) -> str:
    stack = table.string("stack")
    if stack is None:
        raise table.error("stack", "is missing", "name a stack in dist/", known=stacks)
    if stack not in stacks:
        raise table.error("stack", f'unknown stack "{stack}"', "", known=stacks, name=stack)
    return stack


def _enum(table: Table, key: str, known: Mapping[str, E], *former: str) -> E | None:
    value = table.choice(key, frozenset(known), *former)
    return None if value is None else known[value]


def _matching(table: Table, key: str, pattern: re.Pattern[str], hint: str, *former: str) -> str:
    value = table.string(key, *former)
    if value is not None and not pattern.fullmatch(value):
        raise table.error(key, f'invalid value "{value}"', hint)
    return value or ""


def _all_matching(
    table: Table, key: str, pattern: re.Pattern[str], hint: str, *former: str
) -> tuple[str, ...]:
    values = table.strings(key, *former) or ()
    for value in values:
        if not pattern.fullmatch(value):
            raise table.error(key, f'invalid value "{value}"', hint)
        if values.count(value) > 1:
            raise table.error(key, f'has "{value}" twice', "remove one of them")
    return values


def _values(table: Table, key: str) -> dict[str, str]:
    below = table.table(key)
    return {} if below is None else {name: _value(below, name) for name in below.names()}


def _value(table: Table, key: str) -> str:
    """The value of a parameter as CloudFormation takes it: a text; lists with commas."""
    value = parameter_value(table.raw(key))
    if value is None:
        raise table.error(key, "invalid value", "write a text, a number or a list")
    return value


def _overrides(table: Table) -> dict[str, dict[str, str]]:
    below = table.table("parameter_overrides", "override")
    if below is None:
        return {}
    for account in below.names():
        if not ACCOUNT_ID.fullmatch(account):
            raise below.error(account, "is not an account ID", "write twelve digits")
    return {account: _values(below, account) for account in below.names()}


def _auto_deployment(table: Table) -> AutoDeployment:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_AutoDeployment.html"""
    enabled = table.boolean("auto_deployment") or False
    retain = table.boolean("retain_on_account_removal")
    depends_on = _all_matching(
        table,
        "auto_deployment_depends_on",
        _ARN,
        "write the ARN of a StackSet",
        "auto_deployment_after",
    )
    for key, given in (
        ("retain_on_account_removal", retain),
        ("auto_deployment_depends_on", depends_on),
    ):
        if given and not enabled:
            raise table.error(key, "requires auto_deployment", "add auto_deployment = true")
    return AutoDeployment(enabled=enabled, retain=retain or False, after=depends_on)


def _waves(table: Table, base: OperationPreferences) -> tuple[Wave, ...]:
    """The waves in the order of the file; the last one takes all accounts that are in none."""
    waves: list[Wave] = []
    for name, below in table.tables("wave"):
        current = read_wave(below, name, base)
        _validate_wave(below, current)
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


def _validate_wave(table: Table, current: Wave) -> None:
    for key, values, pattern, hint in (
        ("organizational_units", current.units, _UNIT, _A_UNIT),
        ("accounts", current.accounts, ACCOUNT_ID, _AN_ACCOUNT),
    ):
        for value in values:
            if not pattern.fullmatch(value):
                raise table.error(key, f'invalid value "{value}"', hint)
