"""
The smallest record that has given values: an example for people to read.

In:    a candidate for each selector, and the clauses that the record has to satisfy.
Out:   a decoded record.
Never: a proof. The caller tests the record.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from trailbell.pattern.ast import (
    AnyElement,
    AnyMember,
    Clause,
    Comparison,
    Index,
    Member,
    Number,
    Operator,
    Regex,
    Selector,
    Step,
    Text,
    has_wildcard,
)
from trailbell.pattern.candidates import UNNAMED, Candidate
from trailbell.pattern.record import NumberText

Value = object


def build_record(
    chosen: Mapping[Selector, Candidate], holding: Collection[Clause]
) -> dict[str, Any]:
    """Build the record. Clauses for which there are no candidates get a value of their own."""
    record: dict[str, Any] = {}
    for selector, candidate in sorted(chosen.items(), key=lambda entry: len(entry[0].steps)):
        if candidate.selected.nodes:
            record = with_value(record, selector.steps, _json_value(candidate))
    for clause in holding:
        if (
            isinstance(clause, Comparison)
            and clause.operator is Operator.EQUAL
            and (has_wildcard(clause.selector) or isinstance(clause.value, Regex))
        ):
            record = with_value(record, clause.selector.steps, _sample(clause.value))
    return record


def readable(text: str, instead: str) -> str:
    """A text of a candidate with ``instead`` for the character that no pattern contains."""
    return text.replace(UNNAMED, instead)


def _json_value(candidate: Candidate) -> Value:
    value = candidate.selected.nodes[0]
    if isinstance(value, NumberText):
        return float(value) if set(value) & set(".eE") else int(value)
    return readable(value, "Example") if isinstance(value, str) else value


def _sample(value: Text | Number | Regex) -> Value:
    """A value that is equal to one of a pattern, if it is easy to find."""
    match value:
        case Text(text):
            return text.replace("*", "")
        case Number(literal):
            return _json_number(literal)
        case Regex(source):
            return re.sub(r"\\(\W)", r"\1", source).strip("^$")


def _json_number(literal: str) -> float:
    number = float(literal)
    return int(number) if number.is_integer() else number


def with_value(node: Any, steps: tuple[Step, ...], value: Value) -> Any:
    """A node with a value at the end of the steps; arrays and objects are made on the way."""
    if not steps:
        return node if isinstance(node, dict) and value == {} else value
    step, rest = steps[0], steps[1:]
    match step:
        case Member(name):
            return _with_member(node, name, rest, value)
        case AnyMember():
            return _with_member(node, "Example", rest, value)
        case Index(position):
            return _with_element(node, position, rest, value)
        case AnyElement():
            return _with_element(node, 0, rest, value)


def _with_member(node: Any, name: str, steps: tuple[Step, ...], value: Value) -> Any:
    members = node if isinstance(node, dict) else {}
    return members | {name: with_value(members.get(name), steps, value)}


def _with_element(node: Any, position: int, steps: tuple[Step, ...], value: Value) -> Any:
    elements = list(node) if isinstance(node, list) else []
    elements += [None] * (position + 1 - len(elements))
    elements[position] = with_value(elements[position], steps, value)
    return elements
