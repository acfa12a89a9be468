"""
Which stacks a rollout has, and what differs between them: ``[rollout.NAME.stack.STACK]``.

In:    the table of a rollout, the stacks of ``dist/``.
Out:   the names of the stacks; for each one its StackSet, parameters and overrides.
Never: a parameter of a template. `stack_order` knows which stack declares which.
"""

from collections.abc import Mapping
from typing import Any

from trailbell.aws.parameters import parameter_value
from trailbell.settings import Table


def read_stacks(table: Table, known: frozenset[str]) -> tuple[tuple[str, ...], Mapping[str, Table]]:
    """The stacks of a rollout, and the table of each stack that has one.

    ``stack = "x"`` is the same as ``stacks = ["x"]``. Raises `SettingsError`.
    """
    if isinstance(table.raw("stack"), Mapping):
        names, own_tables = table.strings("stacks"), dict(table.tables("stack"))
        hint = "name the stacks of the rollout"
    else:
        one, names, own_tables = table.string("stack"), table.strings("stacks"), {}
        if one is not None and names is not None:
            raise table.error("stack", "is given with stacks", "give stack or stacks, not both")
        if names is None:
            return (_known(table, "stack", one, known),), {}
        hint = "name at least one stack"
    if not names:
        problem = "is missing" if names is None else "is empty"
        raise table.error("stacks", problem, hint, known=known)
    for name in names:
        _known(table, "stacks", name, known)
        if names.count(name) > 1:
            raise table.error("stacks", f'has "{name}" twice', "remove one of them")
    for name in own_tables:
        if name not in names:
            problem = "is not a stack of this rollout"
            options = frozenset(names)
            raise table.error(f"stack.{name}", problem, "", known=options, name=name)
    return names, own_tables


def stack_set_name(table: Table, own: Table | None, stack: str) -> str:
    """The name of the StackSet of a stack: its own, that of the rollout, or the default."""
    own_name = None if own is None else own.string("stack_set_name")
    return own_name or table.string("stack_set_name") or default_stack_set_name(stack)


def default_stack_set_name(stack: str) -> str:
    """The name of the StackSet of a stack if the settings give none."""
    return f"trailbell-{stack}"


def _known(table: Table, key: str, name: str | None, known: frozenset[str]) -> str:
    if name is None:
        raise table.error(key, "is missing", "name a stack in dist/", known=known)
    if name not in known:
        raise table.error(key, f'unknown stack "{name}"', "", known=known, name=name)
    return name


def read_stack_set(
    table: Table, own: Table | None, stack: str, stacks: tuple[str, ...]
) -> dict[str, Any]:
    """The settings of one stack: those of the rollout, and over them those of its own table."""
    name = stack_set_name(table, own, stack)
    parameters, overrides = _values(table, "parameters"), _overrides(table)
    if table.string("stack_set_name") and len(stacks) > 1:
        hint = f"write it below [{table.path}.stack.{stack}]"
        raise table.error("stack_set_name", "names one StackSet, and there are several", hint)
    given = frozenset(parameters).union(*overrides.values()) if len(stacks) > 1 else frozenset()
    if own is not None:
        own_parameters, own_overrides = _values(own, "parameters"), _overrides(own)
        given -= frozenset(own_parameters).union(*own_overrides.values())
        parameters = parameters | own_parameters
        overrides = {
            account: overrides.get(account, {}) | own_overrides.get(account, {})
            for account in dict.fromkeys((*overrides, *own_overrides))
        }
    return {
        "stack": stack,
        "stack_set_name": name,
        "parameters": parameters,
        "parameter_overrides": overrides,
        "shared": given,
        "own_origin": f"{table.file}: {table.path}.stack.{stack}" if len(stacks) > 1 else "",
    }


def _values(table: Table, key: str) -> dict[str, str]:
    below = table.table(key)
    if below is None:
        return {}
    return {name: parameter_value(below.raw(name)) or "" for name in below.names()}


def _overrides(table: Table) -> dict[str, dict[str, str]]:
    below = table.table("parameter_overrides")
    if below is None:
        return {}
    return {account: _values(below, account) for account in below.names()}
