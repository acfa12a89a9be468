"""
A tree as SQL for DuckDB, for CloudTrail files as they are delivered.

In:    a tree of a JSON pattern.
Out:   a query of ``*.json.gz``, or only the condition on a column of type JSON.
Never: an inferred schema. DuckDB would derive a STRUCT from a sample of the records and fail for
       the first record with other types; a JSON column has no schema.

DuckDB keeps the value of a number, but not how it was written (``1.10`` becomes ``1.1``). Where
that matters, the result relies on `trailbell.pattern.record_schema`.

https://duckdb.org/docs/stable/data/json/json_functions
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
    Terms,
    Text,
)
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.record_schema import FieldType, field_schema, may_spell_a_number
from trailbell.pattern.targets._sql import joined, like, quoted

NAME = "DuckDB"

_NUMBERS = "('BIGINT', 'UBIGINT', 'DOUBLE')"
_SCALARS = "('VARCHAR', 'BIGINT', 'UBIGINT', 'DOUBLE')"
# Numbers that every decoder prints as they were written.
_UNCHANGED_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,14}|-?[1-9][0-9]{0,6}\.([0-9]{0,7}[1-9]|0)")
_FIRST_INEXACT = 2**53  # the first integer whose successor is not a double

# A delivered file is one object; 256 MB is more than CloudTrail writes into a file.
_FILES = "read_json('*.json.gz', columns = {'Records': 'JSON[]'}, maximum_object_size = 268435456)"


def compile(tree: Pattern) -> str:
    """A query for the records, one JSON document per row. Raises `UnsupportedError`."""
    return (
        "SELECT record\n"
        f"FROM (SELECT unnest(Records) AS record FROM {_FILES})\n"
        f"WHERE {condition(tree)};"
    )


def condition(tree: Pattern, column: str = "record") -> str:
    """
    The condition on a column of type JSON.

    It is true if the pattern matches, and false or NULL otherwise. Raises `UnsupportedError`.
    """
    match tree:
        case JsonPattern(condition=inner):
            return _condition(inner, column)
        case MatchAll():
            return "true"
        case Terms() | SpaceDelimited():
            raise UnsupportedError(
                NAME, pattern_text(tree), "the query matches JSON fields, not the text of an event"
            )
        case _:
            assert_never(tree)


def _condition(tree: Condition, column: str) -> str:
    match tree:
        case And(parts=parts):
            return joined("AND", [_condition(part, column) for part in parts])
        case Or(parts=parts):
            return joined("OR", [_condition(part, column) for part in parts])
        case Comparison() | IsLiteral() | NotExists():
            return _clause(tree, column)
        case _:
            assert_never(tree)


@dataclass(frozen=True, slots=True)
class _Node:
    """SQL for the selected value: its JSON type, and its text (numbers are printed again)."""

    type: str
    text: str


def _clause(clause: Clause, column: str) -> str:
    path = _path(clause)
    if not any(isinstance(step, AnyElement | AnyMember) for step in clause.selector.steps):
        place = quoted(path)
        if isinstance(clause, NotExists):
            return f"NOT json_exists({column}, {place})"
        return _of_node(clause, _Node(f"json_type({column}, {place})", f"({column} ->> {place})"))
    if isinstance(clause, NotExists):
        raise _unsupported(
            clause, "AWS does not document what a wildcard means that selects nothing"
        )
    if isinstance(clause, Comparison) and clause.operator is Operator.NOT_EQUAL:
        raise _unsupported(
            clause, "AWS does not document whether one element or all elements must differ"
        )
    inner = _of_node(clause, _Node("json_type(x)", "(x ->> '$')"))
    return f"len(list_filter(json_extract({column}, {quoted(path)}), lambda x: {inner})) > 0"


def _path(clause: Clause) -> str:
    """``$."a"."b.c"[0][*].*``; every name is in quotes, so that it can contain a dot."""
    words = ["$"]
    for step in clause.selector.steps:
        match step:
            case Member(name=name):
                if not name or set(name) & set('"\\*'):
                    raise _unsupported(clause, f"DuckDB has no path for the field name {name!r}")
                words.append(f'."{name}"')
            case Index(position=position):
                words.append(f"[{position}]")
            case AnyElement():
                words.append("[*]")
            case AnyMember():
                words.append(".*")
            case _:
                assert_never(step)
    return "".join(words)


def _of_node(clause: Comparison | IsLiteral, node: _Node) -> str:
    match clause:
        case IsLiteral(literal=Literal.NULL):
            return f"{node.type} = 'NULL'"
        case IsLiteral(literal=literal):
            return f"({node.type} = 'BOOLEAN' AND {node.text} = '{literal.lower()}')"
        case Comparison():
            return _compared(clause, node)
        case _:
            assert_never(clause)


def _compared(clause: Comparison, node: _Node) -> str:
    match clause.value:
        case Text(text=text):
            return _text(clause, node, text)
        case Number(literal=number):
            return _number(clause, node, number)
        case Regex(source=source):
            return _regex(clause, node, source)
        case _:
            assert_never(clause.value)


def _text(clause: Comparison, node: _Node, text: str) -> str:
    equal = clause.operator is Operator.EQUAL
    if not text.strip("*") and text:
        return f"{node.type} IN {_SCALARS}" if equal else "false"
    if "*" in text:
        test = f"{node.text} {'LIKE' if equal else 'NOT LIKE'} {like(text)}"
    else:
        test = f"{node.text} {'=' if equal else '<>'} {quoted(text)}"
    of_text = f"({node.type} = 'VARCHAR' AND {test})"
    if _always_text(clause.selector):
        return of_text
    if not may_spell_a_number(text):
        return of_text if equal else f"({of_text} OR {node.type} IN {_NUMBERS})"
    if not _UNCHANGED_NUMBER.fullmatch(text):
        raise _unsupported(clause, "DuckDB does not keep how a number was written")
    return f"({node.type} IN {_SCALARS} AND {test})"


def _number(clause: Comparison, node: _Node, number: str) -> str:
    if abs(float(number)) >= _FIRST_INEXACT:
        raise _unsupported(clause, "numbers of this size are rounded")
    sign = "<>" if clause.operator is Operator.NOT_EQUAL else clause.operator.value
    of_number = f"({node.type} IN {_NUMBERS} AND TRY_CAST({node.text} AS DOUBLE) {sign} {number})"
    if clause.operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
        return of_number
    return f"({of_number} OR ({node.type} = 'VARCHAR' AND {node.text} {sign} {quoted(number)}))"


def _regex(clause: Comparison, node: _Node, source: str) -> str:
    if not _always_text(clause.selector):
        raise _unsupported(clause, "DuckDB does not keep how a number was written")
    negation = "NOT " if clause.operator is Operator.NOT_EQUAL else ""
    test = f"{negation}regexp_matches({node.text}, {quoted(source)})"
    return f"({node.type} = 'VARCHAR' AND {test})"


def _always_text(selector: Selector) -> bool:
    known = field_schema(selector)
    return known is not None and known.type is FieldType.TEXT


def _unsupported(clause: Clause, reason: str) -> UnsupportedError:
    return UnsupportedError(NAME, condition_text(clause), reason)
