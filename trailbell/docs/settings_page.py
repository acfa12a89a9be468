"""
The reference of ``trailbell.toml``: for each table an example, and every key.

In:    the description of the keys, with an example of each table.
Out:   Markdown for the marked blocks of the page.
Never: what the keys mean together. The page says that around its blocks.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trailbell.markdown import table
from trailbell.settings.key_types import (
    Boolean,
    Choice,
    Either,
    Key,
    ListOf,
    Named,
    Number,
    Section,
    Text,
    Type,
    table_of,
)
from trailbell.settings.keys import EXAMPLES, ROOT

Values = Sequence[Mapping[str, Any]]
"""The tables of one kind in an example: of ``[rollout.NAME]`` there can be two."""


@dataclass(frozen=True)
class _Place:
    """A table with known keys: its address, its values in the example, and the table above it.

    ``seen`` has the address of each table that was described before.
    """

    path: str
    keys: Mapping[str, Key]
    values: Values
    above: "_Place | None" = None
    seen: dict[int, str] = field(default_factory=dict)


def settings_block(name: str) -> str:
    """The reference of one table at the top of the file: an example, and all keys below it."""
    example = EXAMPLES[name]
    values = [tomllib.loads(example)]
    top = _Place("", {name: ROOT.keys[name]}, values)
    parts = [f"```toml\n{example}```", *_tables_below(top)]
    return "\n\n".join(parts)


def former_names_table() -> str:
    """The former names of keys, each with its table and its current name."""
    rows = dict.fromkeys(_former_names("", ROOT.keys))
    return table(("Table", "Former name", "Name"), rows)


def _former_names(path: str, keys: Mapping[str, Key]) -> Iterator[tuple[str, str, str]]:
    for name, key in keys.items():
        for former in key.former:
            yield (f"`[{path}]`" if path else "top of the file", f"`{former}`", f"`{name}`")
    for name, key in keys.items():
        below, section = _section_below(f"{path}.{name}" if path else name, key.type)
        if section is not None:
            yield from _former_names(below, section.keys)


def _section_below(path: str, described: Type) -> tuple[str, Section | None]:
    """The table with known keys below a key, with its address; None if there is none.

    The output of a stack as the value of a parameter is none: the page describes it in words.
    """
    match described:
        case Section():
            return path, described
        case Named(label=label, type=Section() | Named() as inner):
            return _section_below(f"{path}.{label}", inner)
        case Either() if below := table_of(described):
            return _section_below(path, below)
        case _:
            return path, None


def _tables_below(place: _Place) -> Iterator[str]:
    """The tables with known keys below one, from the top down."""
    for name, key in place.keys.items():
        path, section = _section_below(f"{place.path}.{name}" if place.path else name, key.type)
        if section is None:
            continue
        if id(section) in place.seen:
            yield f"`[{path}]` has the keys of `[{place.seen[id(section)]}]`."
            continue
        place.seen[id(section)] = path
        values = _values_below(place.values, name, key.type)
        below = _Place(path, section.keys, values, place, place.seen)
        yield from _table(below)
        yield from _tables_below(below)


def _values_below(values: Values, name: str, described: Type) -> Values:
    tables = [each[name] for each in values if isinstance(each.get(name), dict)]
    if isinstance(table_of(described), Named):
        return [inner for each in tables for inner in each.values()]
    return tables


def _table(place: _Place) -> Iterator[str]:
    """The keys of a table. Those that the table above it has too are listed by their names."""
    above = place.above.keys if place.above else {}
    shared = [name for name, key in place.keys.items() if _is_same(key, above.get(name))]
    own = {name: key for name, key in place.keys.items() if name not in shared}
    if own:
        rows = [_row(name, key, place.values) for name, key in own.items()]
        yield f"`[{place.path}]`:"
        yield table(("Key", "Value", "Default", "Example", "Meaning"), rows)
    if shared and place.above:
        also = "also has" if own else "has"
        names = ", ".join(f"`{name}`" for name in shared)
        without = place.keys[shared[0]].without
        yield (
            f"`[{place.path}]` {also} these keys of `[{place.above.path}]`: {names}. "
            f"The default is {without}."
        )


def _is_same(key: Key, other: Key | None) -> bool:
    return other is not None and (key.type, key.summary) == (other.type, other.summary)


def _row(name: str, key: Key, values: Values) -> tuple[str, ...]:
    default = f"`{_toml(key.default)}`" if key.default is not None else key.without
    return (
        f"`{name}`",
        _type_text(key.type),
        default or "none",
        _example([each[name] for each in values if name in each]),
        key.summary,
    )


def _example(values: Sequence[Any]) -> str:
    """The first value that is no table; a table only if it is short."""
    value = next((value for value in values if not isinstance(value, dict)), values[0])
    if isinstance(value, dict) and (
        len(value) > 1 or any(isinstance(inner, dict) for inner in value.values())
    ):
        return "above"
    return f"`{_toml(value)}`"


def _type_text(described: Type) -> str:
    match described:
        case Text(noun=noun):
            return noun
        case Choice(values=values):
            return _or([f"`{value}`" for value in values])
        case Boolean():
            return "`true` or `false`"
        case Number():
            return _number_text(described)
        case ListOf(item=Text(plural=plural), maximum=maximum):
            return f"list of {plural}" + (f", at most {maximum}" if maximum else "")
        case Either(alternatives=alternatives):
            return ", or ".join(_type_text(each) for each in alternatives)
        case Section():
            return "table"
        case Named(label=label, type=Section() | Named()):
            return f"table for each {label}"
        case Named(type=Text(plural=plural)):
            return f"table of {plural}"
        case _:
            return "table of values"


def _number_text(number: Number) -> str:
    if number.also:
        exceptions = ", ".join(map(str, number.also))
        return f"{exceptions}, or a multiple of {number.multiple_of} up to {number.maximum:,}"
    if number.maximum is not None:
        return f"whole number, {number.minimum:,} to {number.maximum:,}"
    return f"whole number from {number.minimum}"


def _or(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            inner = ", ".join(f"{key} = {_toml(each)}" for key, each in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return json.dumps(value, ensure_ascii=False)
