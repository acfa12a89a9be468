"""
A tree as SQL for Athena (Trino), for the CloudTrail table that AWS documents.

In:    a tree of a JSON pattern.
Out:   a query, or only the condition of its WHERE clause.
Never: a column that the table does not have, or a question that it cannot answer: a text column
       is NULL for a missing field and for null, and a number has become text.

NULL in SQL replaces a guard: ``x <> 'v'`` is not true if x is NULL, which is what ``!=`` means in a
filter pattern. Where the table cannot distinguish text from a number, or a missing field from
null, the result relies on `trailbell.pattern.record_schema`.
"""

import re
from dataclasses import dataclass
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import (
    And,
    AnyElement,
    AnyMember,
    Clause,
    Comparison,
    Condition,
    Index,
    IsLiteral,
    JsonPattern,
    Literal,
    MatchAll,
    Member,
    NotExists,
    Number,
    Operator,
    Or,
    Pattern,
    Regex,
    Selector,
    SpaceDelimited,
    Step,
    Terms,
    Text,
)
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.record_schema import FieldType, field_path, field_schema, may_spell_a_number
from trailbell.pattern.targets._athena_table import DOCUMENTS, ROWS, SCALARS, TABLE
from trailbell.pattern.targets._sql import joined, like, quoted

NAME = "Athena"

_COLUMNS = (
    "eventtime, eventsource, eventname, awsregion, sourceipaddress, useridentity.arn, "
    "errorcode, eventid"
)

# Numbers that every decoder prints as they were written.
_UNCHANGED_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,14}|-?[1-9][0-9]{0,6}\.([0-9]{0,7}[1-9]|0)")
_FIRST_INEXACT = 2**53  # the first integer whose successor is not a double
_NULL_OR_MISSING = "the column is NULL for missing and for null; use NOT EXISTS || IS NULL together"
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def compile(tree: Pattern) -> str:
    """
    A query for the events, newest first. Raises `UnsupportedError`.

    The query scans the whole table. To reduce the cost, add ``AND "timestamp" >= '2026/11/01'``.
    """
    return f"SELECT {_COLUMNS}\nFROM {TABLE}\nWHERE {condition(tree)}\nORDER BY eventtime DESC;"


def condition(tree: Pattern) -> str:
    """The condition of the WHERE clause. Raises `UnsupportedError`."""
    match tree:
        case JsonPattern(condition=inner):
            return _condition(inner)
        case MatchAll():
            return "true"
        case Terms() | SpaceDelimited():
            raise UnsupportedError(
                NAME, pattern_text(tree), "the table does not contain the text of an event"
            )
        case _:
            assert_never(tree)


def _condition(tree: Condition) -> str:
    match tree:
        case And(parts=parts):
            return joined("AND", [_condition(part) for part in parts])
        case Or(parts=parts):
            return _one_of(parts) or _alternatives(parts)
        case Comparison() | IsLiteral() | NotExists():
            return _clause(tree)
        case _:
            assert_never(tree)


def _one_of(parts: tuple[Condition, ...]) -> str | None:
    """``column IN ('a', 'b')`` if all alternatives are texts without stars on one column."""
    columns, texts = set(), []
    for part in parts:
        match part:
            case Comparison(operator=Operator.EQUAL, value=Text(text=text)) if (
                "*" not in text and _always_text(part.selector)
            ):
                columns.add(SCALARS.get(field_path(part.selector) or ""))
                texts.append(quoted(text))
            case _:
                return None
    column = columns.pop() if len(columns) == 1 else None
    return f"{column} IN ({', '.join(texts)})" if column else None


def _alternatives(parts: tuple[Condition, ...]) -> str:
    """
    Alternatives, with ``$.a NOT EXISTS || $.a IS NULL`` as ``column IS NULL``.

    A column cannot answer one of these two questions without the other.
    """
    absent = {part.selector for part in parts if isinstance(part, NotExists)}
    null = {
        part.selector
        for part in parts
        if isinstance(part, IsLiteral) and part.literal is Literal.NULL
    }
    conditions: list[str] = []
    for part in parts:
        column = None
        if isinstance(part, NotExists | IsLiteral) and part.selector in absent & null:
            column = _column(part.selector)
        if column is None or (isinstance(part, IsLiteral) and part.literal is not Literal.NULL):
            conditions.append(_condition(part))
        elif isinstance(part, NotExists):
            conditions.append(f"{column} IS NULL")
    return joined("OR", conditions) if len(conditions) > 1 else conditions[0]


def _column(selector: Selector) -> str | None:
    name = field_path(selector) or ""
    return SCALARS.get(name) or DOCUMENTS.get(name)


def _clause(clause: Clause) -> str:
    name = field_path(clause.selector) or ""
    if name in SCALARS:
        return _of_column(clause, SCALARS[name])
    if name in ROWS:
        return _of_resources(clause, ROWS[name])
    if name in DOCUMENTS:
        return _of_document(clause)
    match clause.selector.steps:
        case (Member(name=first), *rest) if first in DOCUMENTS and rest:
            return _below_document(clause, DOCUMENTS[first], tuple(rest))
        case _:
            raise _unsupported(clause, "the table has no column for the field")


# ------------------------------------------------------------------- a column, a field of a struct


def _of_column(clause: Clause, column: str) -> str:
    known = field_schema(clause.selector)
    match clause:
        case NotExists() | IsLiteral(literal=Literal.NULL):
            if known is None or known.nullable:
                raise _unsupported(clause, _NULL_OR_MISSING)
            return f"{column} IS NULL" if isinstance(clause, NotExists) else "false"
        case IsLiteral(literal=literal):
            if known is None or known.type is not FieldType.BOOLEAN:
                return "false"
            return f"{column} = '{literal.lower()}'"
        case Comparison() if known is None or known.type is not FieldType.TEXT:
            raise _unsupported(clause, "the field is a boolean, not text; use IS TRUE or IS FALSE")
        case Comparison():
            return _of_text(clause, column)
        case _:
            assert_never(clause)


def _of_resources(clause: Clause, column: str) -> str:
    if not isinstance(clause, Comparison) or clause.operator is Operator.NOT_EQUAL:
        raise _unsupported(
            clause, "AWS does not document whether one element or all elements must match"
        )
    return f"any_match(resources, r -> {_of_text(clause, f'r.{column}')})"


def _of_text(clause: Comparison, column: str) -> str:
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


# ----------------------------------------------------------------- a column that holds JSON as text


def _of_document(clause: Clause) -> str:
    match clause:
        case NotExists() | IsLiteral(literal=Literal.NULL):
            raise _unsupported(clause, _NULL_OR_MISSING)
        case IsLiteral() | Comparison():
            return "false"  # the field is an object, for which no comparison is true
        case _:
            assert_never(clause)


@dataclass(frozen=True, slots=True)
class _Node:
    """SQL for the selected value: as JSON text, and as the text of a scalar."""

    json: str
    scalar: str


def _below_document(clause: Clause, column: str, steps: tuple[Step, ...]) -> str:
    star = next((i for i, step in enumerate(steps) if isinstance(step, AnyElement)), None)
    if star is None:
        place = quoted(_path(clause, steps))
        if isinstance(clause, NotExists):
            return f"json_extract({column}, {place}) IS NULL"
        node = _Node(
            f"json_format(json_extract({column}, {place}))",
            f"json_extract_scalar({column}, {place})",
        )
        return _of_node(clause, node)
    if isinstance(clause, NotExists) or (
        isinstance(clause, Comparison) and clause.operator is Operator.NOT_EQUAL
    ):
        raise _unsupported(
            clause, "AWS does not document whether one element or all elements must match"
        )
    array = (
        f"TRY_CAST(json_extract({column}, {quoted(_path(clause, steps[:star]))}) AS ARRAY(JSON))"
    )
    place = quoted(_path(clause, steps[star + 1 :]))
    node = _Node(f"json_format(json_extract(e, {place}))", f"json_extract_scalar(e, {place})")
    return f"any_match({array}, e -> {_of_node(clause, node)})"


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
                raise _unsupported(clause, "json_extract of Trino has no path for the field")
            case _:
                assert_never(step)
    return "".join(words)


def _of_node(clause: Comparison | IsLiteral, node: _Node) -> str:
    match clause:
        case IsLiteral(literal=literal):
            return f"{node.json} = '{literal.lower()}'"
        case Comparison() if _always_text(clause.selector):
            return _of_text(clause, node.scalar)
        case Comparison():
            return _compared(clause, node)
        case _:
            assert_never(clause)


def _compared(clause: Comparison, node: _Node) -> str:
    """A comparison with a value of an unknown type."""
    match clause.value:
        case Text(text=text):
            return _text(clause, node, text)
        case Number(literal=number):
            return _number(clause, node, number)
        case Regex():
            raise _unsupported(clause, "the table may have changed how a number is written")
        case _:
            assert_never(clause.value)


def _text(clause: Comparison, node: _Node, text: str) -> str:
    if text and not text.strip("*"):
        return f"{node.scalar} IS NOT NULL" if clause.operator is Operator.EQUAL else "false"
    if may_spell_a_number(text) and not _UNCHANGED_NUMBER.fullmatch(text):
        raise _unsupported(clause, "the table may have changed how a number is written")
    return _of_text(clause, node.scalar)


def _number(clause: Comparison, node: _Node, number: str) -> str:
    if abs(float(number)) >= _FIRST_INEXACT:
        raise _unsupported(clause, "numbers of this size are rounded")
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


def _always_text(selector: Selector) -> bool:
    known = field_schema(selector)
    return known is not None and known.type is FieldType.TEXT


def _unsupported(clause: Clause, reason: str) -> UnsupportedError:
    return UnsupportedError(NAME, condition_text(clause), reason)
