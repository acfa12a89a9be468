"""
A log event decoded, nothing of it lost that a pattern can ask for.

In:    the text of a log event, or a record that somebody decoded already.
Out:   JSON values in which a number is still the text it was written as.
Never: an opinion on a member written twice: every reading is kept.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from trailbell.pattern.ast import AnyElement, AnyMember, Index, Member, Selector


class NumberText(str):
    """A JSON number, spelled as in the log event: ``12.0`` and ``12`` are different texts."""

    __slots__ = ()


_BLANKS = " \t\n\r"  # those of JSON


@dataclass(frozen=True, slots=True)
class Record:
    """
    A JSON value in every way it can be read, and whether text followed it.

    There are two readings when an object names one member twice: the last one counts (as in
    most decoders), or the first one does.
    """

    interpretations: tuple[object, ...]
    text_follows: bool = False


def decode(message: str) -> Record | None:
    """
    ``message`` as a record; `None` if it does not start as JSON.

    Raises `RecursionError` for JSON nested deeper than Python can decode.
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
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class SelectedValues:
    """The nodes a selector reaches, and whether some branch of a wildcard ended without one."""

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
    """A node whose numbers are text, for records that were decoded without keeping it."""
    if isinstance(node, int | float) and not isinstance(node, bool):
        return NumberText(json.dumps(node))
    return node


def summarize(nodes: Iterable[object]) -> tuple[str, ...]:
    """Nodes for people: scalars as JSON, arrays and objects by their size."""
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
