"""
Check a whole file of settings against the description of its keys.

In:    a table, with the description of its keys.
Out:   nothing, or `SettingsError` for the first key that cannot be used, in the order of the file.
Never: what a value means, or keys that need or exclude each other. The readers of the tables know.
"""

import re
from typing import Any

from trailbell.errors import SettingsError
from trailbell.settings.key_types import (
    Boolean,
    Choice,
    Decimal,
    Either,
    ListOf,
    Named,
    Number,
    Section,
    Text,
    Type,
    table_of,
)
from trailbell.settings.table import Table

_PYTHON_TYPES: dict[type, type] = {
    Text: str,
    Choice: str,
    Boolean: bool,
    Decimal: float,
    Number: int,
    ListOf: list,
    Named: dict,
    Section: dict,
}
_TEXT_HINT = Text().hint


def check(table: Table) -> None:
    """Check a table and all tables below it. Raises `SettingsError`."""
    described = table.described
    if isinstance(described, Named) and described.maximum is not None:
        _check_count(table, described.maximum)
    for name in table.names():
        current = described.current_name(name)
        if current is None and isinstance(described, Section):
            known = frozenset(described.keys)
            raise table.error(name, "unknown key", "", known=known, name=name)
        if name != current and current in table.values:
            problem = f'is the former name of "{current}", and both are given'
            raise table.error(name, problem, f'keep "{current}" only')
        if isinstance(described, Named) and not re.fullmatch(described.pattern or ".*", name):
            raise table.error(name, described.problem, described.hint)
        _check_value(table, name, described.type_of(name), table.values[name])


def _check_count(table: Table, maximum: int) -> None:
    if len(table.values) > maximum:
        raise SettingsError(
            file=table.file,
            key=table.path,
            problem=f"has {len(table.values)} {table.path.rpartition('.')[2]}",
            hint=f"CloudFormation accepts {maximum}",
        )


def _check_value(table: Table, name: str, expected: Type, value: Any) -> None:
    """Check the value of a key; ``name`` is that in the file."""
    if isinstance(expected, Either):
        fitting = [each for each in expected.alternatives if _has_type(each, value)]
        if not fitting:
            raise table.error(name, f"invalid value {_shown(value)}", expected.hint)
        expected = fitting[0]
    if not _has_type(expected, value):
        raise table.error(name, f"invalid value {_shown(value)}", _type_hint(expected))
    match expected:
        case Section() | Named():
            check(table.below(name, value))
        case ListOf():
            _check_list(table, name, expected, value)
        case Choice(values=values) if value not in values:
            known = frozenset(values)
            raise table.error(name, f"unknown value {_shown(value)}", "", known=known, name=value)
        case Number() if not expected.accepts(value):
            raise table.error(name, f"invalid value {value}", expected.hint)
        case Text() if expected.pattern and not re.fullmatch(expected.pattern, value):
            raise table.error(name, f"invalid value {_shown(value)}", expected.hint)
        case _:
            pass


def _check_list(table: Table, name: str, expected: ListOf, values: list[Any]) -> None:
    if expected.if_empty and not values:
        raise table.error(name, "is empty", expected.if_empty)
    if expected.maximum is not None and len(values) > expected.maximum:
        problem = f"has {len(values)} entries"
        raise table.error(name, problem, f"CloudFormation accepts {expected.maximum}")
    for value in values:
        if isinstance(expected.item, Text) and not isinstance(value, str):
            hint = "write a list of texts in quotes"
            raise table.error(name, f"invalid value {_shown(value)}", hint)
        _check_value(table, name, expected.item, value)
        if expected.unique and values.count(value) > 1:
            raise table.error(name, f"has {_shown(value)} twice", "remove one of them")


def _has_type(expected: Type, value: Any) -> bool:
    """Whether a value has the type in TOML, whatever it is."""
    # In TOML, true is not the number 1; in Python it is.
    return type(value) is _PYTHON_TYPES.get(type(expected))


def _type_hint(expected: Type) -> str:
    match expected:
        case Boolean():
            return "write true or false"
        case Number():
            return "write a whole number"
        case ListOf():
            return "write a list"
        case _:
            return "write a table" if table_of(expected) else _TEXT_HINT


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            return f'"{value}"'
        case _:
            return str(value)
