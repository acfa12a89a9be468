"""
The decoding of log events without losing anything that a pattern can match.

In:    the text of a log event, or a decoded record.
Out:   JSON values in which numbers are still the text that they were written as.
Never: a choice between two values of the same field. Every interpretation is kept.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from trailbell.pattern.ast import AnyElement, AnyMember, Index, Member, Selector


class NumberText(str):
    """A JSON number as it is written in the log event: ``12.0`` and ``12`` are different."""

    __slots__ = ()


_BLANKS = " \t\n\r"  # the whitespace of JSON


@dataclass(frozen=True, slots=True)
class Record:
    """
    The interpretations of a JSON value, and whether text follows it.

    There are two interpretations if an object has a field twice: the last value counts (as in
    most decoders), or the first one.
    """

    interpretations: tuple[object, ...]
    text_follows: bool = False


def decode(message: str) -> Record | None:
    """
    Decode ``message``; `None` if it does not start with a JSON value.

    Raises `RecursionError` for JSON that is nested too deep for Python.
    """
    start = len(message) - len(message.lstrip(_BLANKS))
    repeated = False

    def last_counts(members: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal repeated
        decoded = dict(members)
        repeated = repeated or len(decoded) < len(members)
        return decoded

    try:
        value, end = _decoder(last_counts).raw_decode(message, start)
        interpretations = [value]
        if repeated:
            interpretations.append(_decoder(_first_counts).raw_decode(message, start)[0])
    except ValueError:
        return None
    return Record(tuple(interpretations), text_follows=bool(message[end:].strip(_BLANKS)))


def _decoder(pairs: Callable[[list[tuple[str, object]]], dict[str, object]]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=pairs,
        parse_int=NumberText,
        parse_float=NumberText,
        parse_constant=_no_constant,
    )


def _first_counts(members: list[tuple[str, object]]) -> dict[str, object]:
    return dict(reversed(members))


def _no_constant(name: str) -> NoReturn:
    """Reject NaN and Infinity, which only Python supports."""
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class SelectedValues:
    """The values (nodes) of a selector, and whether any branch of a wildcard has no value."""

    nodes: tuple[object, ...]
    some_missing: bool


def select(value: object, selector: Selector) -> SelectedValues:
    nodes: list[object] = [value]
    some_missing = False
    for step in selector.steps:
        following: list[object] = []
        for node in nodes:
            match step:
                case Member(name) if isinstance(node, dict) and name in node:
                    following.append(node[name])
                case Index(position) if isinstance(node, list) and position < len(node):
                    following.append(node[position])
                case AnyElement() if isinstance(node, list):
                    following.extend(node)
                case AnyMember() if isinstance(node, dict):
                    following.extend(node.values())
                case _:
                    some_missing = True
        nodes = following
    return SelectedValues(tuple(nodes), some_missing or not nodes)


def number_as_text(node: object) -> object:
    """A number as the text that JSON has for it; any other node as it is."""
    if isinstance(node, int | float) and not isinstance(node, bool):
        return NumberText(json.dumps(node))
    return node


def summarize(nodes: Iterable[object]) -> tuple[str, ...]:
    """Nodes as short texts: scalars as JSON, arrays and objects by their size."""
    return tuple(map(_summary, nodes))


def _summary(node: object) -> str:
    node = number_as_text(node)
    if isinstance(node, NumberText):
        return str(node)
    if isinstance(node, dict):
        return f"an object of {len(node)}"
    if isinstance(node, list):
        return f"an array of {len(node)}"
    return json.dumps(node, ensure_ascii=False)
