"""
A clause about a value in the table: a column of text, or JSON below a column.

In:    a clause, and SQL for the column.
Out:   SQL that is true for the same values.
Never: a condition of several clauses, or the name of a column.

https://trino.io/docs/current/functions/json.html
"""

import re
from dataclasses import dataclass
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import (
    AnyElement,
    AnyMember,
    Clause,
    Comparison,
    Index,
    IsLiteral,
    Member,
    NotExists,
    Number,
    Operator,
    Regex,
    Selector,
    Step,
    Text,
)
from trailbell.pattern.printer import condition_text
from trailbell.pattern.record_schema import FieldType, field_schema
from trailbell.pattern.targets._sql import like, quoted

NAME = "Athena"

_FIRST_INEXACT = 2**53  # the first integer whose successor is not a double
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WILDCARDS = (AnyElement, AnyMember)


def of_text(clause: Comparison, column: str) -> str:
    """A comparison with a column that is text unless it is NULL."""
    equal = clause.operator is Operator.EQUAL
    if clause.operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
        return "false"
    match clause.value:
        case Text(text=text) if text and not text.strip("*"):
            return f"{column} IS NOT NULL" if equal else "false"
        case Text(text=text) if "*" in text:
            return f"{column} {'LIKE' if equal else 'NOT LIKE'} {like(text)}"
        case Text(text=text) | Number(literal=text):
            return f"{column} {'=' if equal else '<>'} {quoted(text)}"
        case Regex(source=source):
            return f"{'' if equal else 'NOT '}regexp_like({column}, {quoted(source)})"
        case _:
            assert_never(clause.value)


@dataclass(frozen=True, slots=True)
class _Node:
    """SQL for the selected value: as JSON text, and as the text of a scalar."""

    json: str
    scalar: str


def below_document(clause: Clause, value: str, steps: tuple[Step, ...]) -> str:
    """A clause about what is below JSON: a column, or a value that it contains.

    A selector has at most one wildcard.

    Casts of JSON: https://trino.io/docs/current/functions/json.html#cast-from-json
    """
    step = next((i for i, step in enumerate(steps) if isinstance(step, _WILDCARDS)), None)
    if step is None:
        place = quoted(_path(clause, steps))
        if isinstance(clause, NotExists):
            return f"json_extract({value}, {place}) IS NULL"
        node = _Node(
            f"json_format(json_extract({value}, {place}))",
            f"json_extract_scalar({value}, {place})",
        )
        return _of_node(clause, node)
    if isinstance(clause, NotExists) or (
        isinstance(clause, Comparison) and clause.operator is Operator.NOT_EQUAL
    ):
        raise unsupported(
            clause, "AWS does not document whether one element or all elements must match"
        )
    parent = f"json_extract({value}, {quoted(_path(clause, steps[:step]))})"
    if isinstance(steps[step], AnyElement):
        values = f"TRY_CAST({parent} AS ARRAY(JSON))"
    else:
        values = f"map_values(TRY_CAST({parent} AS MAP(VARCHAR, JSON)))"
    return f"any_match({values}, e -> {below_document(clause, 'e', steps[step + 1 :])})"


def _path(clause: Clause, steps: tuple[Step, ...]) -> str:
    """``$.a["b.c"][0]``: https://trino.io/docs/current/functions/json.html"""
    words = ["$"]
    for step in steps:
        match step:
            case Member(name=name) if _PLAIN_NAME.fullmatch(name):
                words.append(f".{name}")
            case Member(name=name) if not set(name) & set('"\\'):
                words.append(f'["{name}"]')
            case Index(position=position):
                words.append(f"[{position}]")
            case Member() | AnyMember() | AnyElement():
                raise unsupported(clause, "json_extract of Trino has no path for the field")
            case _:
                assert_never(step)
    return "".join(words)


def _of_node(clause: Comparison | IsLiteral, node: _Node) -> str:
    match clause:
        case IsLiteral(literal=literal):
            return f"{node.json} = '{literal.lower()}'"
        case Comparison() if is_always_text(clause.selector):
            return of_text(clause, node.scalar)
        case Comparison():
            return _compared(clause, node)
        case _:
            assert_never(clause)


def _compared(clause: Comparison, node: _Node) -> str:
    """A comparison with a value of an unknown type."""
    match clause.value:
        case Text() | Regex():
            return of_text(clause, node.scalar)
        case Number(literal=number):
            return _number(clause, node, number)
        case _:
            assert_never(clause.value)


def _number(clause: Comparison, node: _Node, number: str) -> str:
    if abs(float(number)) >= _FIRST_INEXACT:
        raise unsupported(clause, "numbers of this size are rounded")
    sign = "<>" if clause.operator is Operator.NOT_EQUAL else clause.operator.value
    of_number = (
        f"({_is_text(node, 'NOT LIKE')} AND TRY_CAST({node.scalar} AS DOUBLE) {sign} {number})"
    )
    if clause.operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
        return of_number
    of_text = f"({_is_text(node, 'LIKE')} AND {node.scalar} {sign} {quoted(number)})"
    return f"({of_number} OR {of_text})"


def _is_text(node: _Node, test: str) -> str:
    """Test whether the JSON text is a string; ``TRY_CAST`` alone would accept "5" as a number."""
    return f"{node.json} {test} '\"%'"


def is_always_text(selector: Selector) -> bool:
    known = field_schema(selector)
    return known is not None and known.type is FieldType.TEXT


def unsupported(clause: Clause, reason: str) -> UnsupportedError:
    return UnsupportedError(NAME, condition_text(clause), reason)
