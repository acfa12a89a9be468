"""
``[rollout.NAME]`` of ``trailbell.toml``: which stack goes where, how fast, and what stops it.

In:    the settings, the name of a rollout, the stacks of ``dist/``.
Out:   a `RolloutConfig`, every key checked.
Never: a call. Whether an organizational unit exists is for AWS to say.

::

    [rollout.baseline]
    stack = "security-alerts"
    region = "eu-central-1"                    # where the set is kept
    organizational_units = ["ou-ab12-security"]
    regions = ["eu-central-1"]

    [rollout.baseline.wave.canary]
    accounts = ["111122223333"]
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

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
from trailbell.rollout.operation_preferences import (
    OperationPreferences,
    read_operation_preferences,
)
from trailbell.rollout.waves import Wave, WaveCheck, read_wave
from trailbell.settings import REGION, Table

E = TypeVar("E", bound=StrEnum)

ACCOUNT = re.compile(r"[0-9]{12}")
UNIT = re.compile(r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}")
_SET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+")
_MAX_TAGS = 50


def read_rollout(settings: Table, name: str, stacks: Iterable[str]) -> RolloutConfig:
    """The rollout of that name. Raises `UnknownNameError`, and `SettingsError` for a wrong key."""
    tables = dict(settings.tables("rollout"))
    if name not in tables:
        raise UnknownNameError("rollout", name, tables)
    table = tables[name]
    stack = _stack(table, frozenset(stacks))
    model = _enum(table, "permissions", _MODELS) or PermissionModel.SERVICE
    base = read_operation_preferences(table, OperationPreferences())
    found = RolloutConfig(
        name=name,
        stack=stack,
        stack_set_name=_matching(table, "set", _SET_NAME, "a letter, then letters, digits or '-'")
        or f"trailbell-{stack}",
        permission_model=model,
        delegated=table.boolean("delegated_administrator") or False,
        account=_matching(table, "account", ACCOUNT, "twelve digits in quotes"),
        region=_matching(table, "region", REGION, "a Region like eu-central-1"),
        profile=table.string("profile") or "",
        role=_matching(table, "role", _ARN, "the ARN of a role"),
        organizational_units=_all_matching(table, "organizational_units", UNIT, _UNIT_LIKE),
        accounts=_all_matching(table, "accounts", ACCOUNT, "twelve digits in quotes"),
        account_filter=_enum(table, "account_filter", FILTERS) or AccountFilter.NONE,
        regions=_all_matching(table, "regions", REGION, "a Region like eu-central-1"),
        parameters=_values(table, "parameters"),
        parameter_overrides=_overrides(table),
        tags=_tags(table),
        waves=_waves(table, base),
        auto_deployment=_automatic(table),
        managed_execution=table.boolean("managed_execution") or False,
        administration_role=_matching(table, "administration_role", _ARN, "the ARN of a role"),
        execution_role=_matching(table, "execution_role", _ROLE_NAME, "the name of a role"),
        management=table.boolean("management_account") or False,
        management_role=_matching(table, "management_role", _ARN, "the ARN of a role"),
        member_role=_matching(table, "member_role", _ROLE_NAME, "the name of a role"),
        on_removal=_enum(table, "leaving", {each.value: each for each in OnRemoval})
        or OnRemoval.DELETE,
        continue_on_failure=_enum(
            table, "on_failure", {"stop": _Then.STOP, "continue": _Then.GO_ON}
        )
        is _Then.GO_ON,
        template_bucket=table.string("template_bucket") or "",
        origin=f"{table.file}: {table.path}",
    )
    table.reject_unknown_keys()
    for key, wrong, expected in conflicts(found):
        raise table.error(key, wrong, expected)
    return found


def read_rollouts(settings: Table, stacks: Iterable[str]) -> tuple[RolloutConfig, ...]:
    """Every rollout there is. Raises as `read_rollout` does."""
    known = frozenset(stacks)
    return tuple(read_rollout(settings, name, known) for name, _ in settings.tables("rollout"))


class _Then(StrEnum):
    STOP = "stop"
    GO_ON = "continue"


_MODELS = {"service-managed": PermissionModel.SERVICE, "self-managed": PermissionModel.SELF}
_UNIT_LIKE = "an organizational unit (ou-...) or the root (r-...)"


def _stack(table: Table, stacks: frozenset[str]) -> str:
    stack = table.string("stack")
    if stack is None:
        raise table.error("stack", "not there", "name a stack of dist/", known=stacks)
    if stack not in stacks:
        raise table.error("stack", f'"{stack}"', "no such stack", known=stacks, name=stack)
    return stack


def _enum(table: Table, key: str, known: Mapping[str, E]) -> E | None:
    word = table.choice(key, frozenset(known))
    return None if word is None else known[word]


def _matching(table: Table, key: str, pattern: re.Pattern[str], expected: str) -> str:
    found = table.string(key)
    if found is not None and not pattern.fullmatch(found):
        raise table.error(key, f'"{found}"', expected)
    return found or ""


def _all_matching(
    table: Table, key: str, pattern: re.Pattern[str], expected: str
) -> tuple[str, ...]:
    found = table.strings(key) or ()
    for each in found:
        if not pattern.fullmatch(each):
            raise table.error(key, f'"{each}"', expected)
        if found.count(each) > 1:
            raise table.error(key, f'"{each}" twice', "name it once")
    return found


def _values(table: Table, key: str) -> dict[str, str]:
    below = table.table(key)
    return {} if below is None else {name: _value(below, name) for name in below.values}


def _value(table: Table, key: str) -> str:
    """A parameter's value as CloudFormation takes it: a text; lists with commas."""
    value = parameter_value(table.raw(key))
    if value is None:
        raise table.error(key, "", "a text, a number or a list")
    return value


def _overrides(table: Table) -> dict[str, dict[str, str]]:
    below = table.table("override")
    if below is None:
        return {}
    for account in below.values:
        if not ACCOUNT.fullmatch(account):
            raise table.error(f"override.{account}", "", "an account has twelve digits")
    return {account: _values(below, account) for account in below.values}


def _tags(table: Table) -> dict[str, str]:
    below = table.table("tags")
    if below is None:
        return {}
    found = {key: below.string(key) or "" for key in below.values}
    if len(found) > _MAX_TAGS:
        raise table.error("tags", f"{len(found)} of them", f"CloudFormation takes {_MAX_TAGS}")
    return found


def _automatic(table: Table) -> AutoDeployment:
    """Auto-deployment. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_AutoDeployment.html"""
    enabled = table.boolean("auto_deployment") or False
    retain = table.boolean("retain_on_account_removal")
    after = _all_matching(table, "auto_deployment_after", _ARN, "the ARN of a stack set")
    for key, given in (("retain_on_account_removal", retain), ("auto_deployment_after", after)):
        if given and not enabled:
            raise table.error(key, "without auto-deployment", "add auto_deployment = true")
    return AutoDeployment(enabled=enabled, retain=retain or False, after=after)


def _waves(table: Table, base: OperationPreferences) -> tuple[Wave, ...]:
    """The waves in the order of the file; whoever is in none is in the last one."""
    found: list[Wave] = []
    for name, below in table.tables("wave"):
        each = read_wave(below, name, base)
        for unit in each.units:
            if not UNIT.fullmatch(unit):
                raise below.error("organizational_units", f'"{unit}"', _UNIT_LIKE)
        for account in each.accounts:
            if not ACCOUNT.fullmatch(account):
                raise below.error("accounts", f'"{account}"', "twelve digits in quotes")
        if found and found[-1].takes_remaining:
            raise table.error(
                f"wave.{found[-1].name}", "takes the rest", "it names no accounts: put it last"
            )
        found.append(each)
    if not found or not found[-1].takes_remaining:
        if any(each.name == REST for each in found):
            raise table.error(f"wave.{REST}", "names accounts", f"'{REST}' takes all others")
        found.append(Wave(name=REST, operation_preferences=base, check=WaveCheck()))
    return tuple(found)
