"""
A tree as SQL for Athena (Trino), for the CloudTrail table that AWS documents.

In:    a tree of a JSON pattern.
Out:   a query, or only the condition of its WHERE clause.
Never: a column that the table does not have; or an event less than the tree matches. It matches
       more only where a column is NULL for a missing field and for null, and the pattern asks for
       one of the two. `differences` lists these clauses.

NULL in SQL replaces a guard: ``x <> 'v'`` is not true if x is NULL, which is what ``!=`` means in a
filter pattern. Where the table cannot distinguish text from a number, the result relies on
`trailbell.pattern.record_schema`. Below JSON text, a number is compared as it is spelled there,
which is one of the spellings on which `trailbell.pattern.compare` wants all to agree.

Functions and the syntax of regular expressions, which is Java's, are those of engine version 3:
https://docs.aws.amazon.com/athena/latest/ug/engine-versions-reference-0003.html
https://trino.io/docs/current/functions/regexp.html
https://trino.io/docs/current/functions/json.html
"""

from collections.abc import Iterator
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    Literal,
    MatchAll,
    Member,
    NotExists,
    Operator,
    Or,
    Pattern,
    Selector,
    SpaceDelimited,
    Terms,
    Text,
)
from trailbell.pattern.event_scope import ANY_EVENT
from trailbell.pattern.field_types import RecordFieldTypes
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.record_schema import FieldType, field_path, field_schema
from trailbell.pattern.targets._athena_table import DOCUMENTS, ROWS, SCALARS, TABLE
from trailbell.pattern.targets._athena_values import (
    NAME,
    below_document,
    is_always_text,
    of_text,
    unsupported,
)
from trailbell.pattern.targets._sql import joined, quoted

_COLUMNS = (
    "eventtime, eventsource, eventname, awsregion, sourceipaddress, useridentity.arn, "
    "errorcode, eventid"
)

_RECORD = RecordFieldTypes()


def compile(tree: Pattern) -> str:
    """
    A query for the events, newest first. Raises `UnsupportedError`.

    The query scans the whole table. To reduce the cost, add ``AND "timestamp" >= '2026/11/01'``.
    Comments at its beginning say where it may select more events, see `differences`.
    """
    comments = (f"-- Also selects what is null, or missing: {it}\n" for it in differences(tree))
    return (
        f"{''.join(comments)}SELECT {_COLUMNS}\nFROM {TABLE}\nWHERE {condition(tree)}\n"
        "ORDER BY eventtime DESC;"
    )


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


def differences(tree: Pattern) -> tuple[str, ...]:
    """The clauses for which the condition is also true if the field is null, or missing.

    CloudTrail leaves out what does not exist, but records with ``"errorCode": null`` occur.
    """
    return tuple(_differences(tree.condition)) if isinstance(tree, JsonPattern) else ()


def _differences(tree: Condition) -> Iterator[str]:
    match tree:
        case And(parts=parts):
            for part in parts:
                yield from _differences(part)
        case Or(parts=parts):
            together = _absent_or_null(parts)
            for part in parts:
                if getattr(part, "selector", None) not in together:
                    yield from _differences(part)
        case NotExists() | IsLiteral(literal=Literal.NULL):
            if _nullable_column(tree.selector):
                yield condition_text(tree)
        case Comparison() | IsLiteral():
            pass
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
                "*" not in text and is_always_text(part.selector)
            ):
                columns.add(SCALARS.get(field_path(part.selector) or ""))
                texts.append(quoted(text))
            case _:
                return None
    column = columns.pop() if len(columns) == 1 else None
    return f"{column} IN ({', '.join(texts)})" if column else None


def _alternatives(parts: tuple[Condition, ...]) -> str:
    """Alternatives, with ``$.a NOT EXISTS || $.a IS NULL`` as ``column IS NULL``."""
    together = _absent_or_null(parts)
    conditions = [
        _condition(part)
        for part in parts
        if not (
            isinstance(part, IsLiteral)
            and part.literal is Literal.NULL
            and part.selector in together
        )
    ]
    return joined("OR", conditions) if len(conditions) > 1 else conditions[0]


def _absent_or_null(parts: tuple[Condition, ...]) -> set[Selector]:
    """The columns about which alternatives ask both questions, which the table answers exactly."""
    absent = {part.selector for part in parts if isinstance(part, NotExists)}
    null = {
        part.selector
        for part in parts
        if isinstance(part, IsLiteral) and part.literal is Literal.NULL
    }
    return {selector for selector in absent & null if _column(selector)}


def _column(selector: Selector) -> str | None:
    name = field_path(selector) or ""
    return SCALARS.get(name) or DOCUMENTS.get(name)


def _nullable_column(selector: Selector) -> str | None:
    """The column of a field that can be null, and is NULL then, as if the field was missing."""
    known = field_schema(selector)
    return _column(selector) if known is None or known.nullable else None


def _clause(clause: Clause) -> str:
    name = field_path(clause.selector) or ""
    if name in SCALARS:
        return _of_column(clause, SCALARS[name])
    if name in ROWS:
        return _of_resources(clause, ROWS[name])
    if name in DOCUMENTS:
        return _of_document(clause, DOCUMENTS[name])
    match clause.selector.steps:
        case (Member(name=first), *rest) if first in DOCUMENTS and rest:
            return below_document(clause, DOCUMENTS[first], tuple(rest))
        case _ if isinstance(clause, NotExists) and (always := _always_there(clause.selector)):
            return f"{always} IS NULL"
        case _:
            raise unsupported(clause, "the table has no column for the field")


# ------------------------------------------------------------------- a column, a field of a struct


def _always_there(selector: Selector) -> str | None:
    """The column that is NULL only if an object is missing.

    AWS does not document whether a struct that is missing is NULL or has only NULL in it.
    """
    field = _RECORD.field(selector, ANY_EVENT)
    if field is None or not field.always:
        return None
    return SCALARS.get(".".join((field_path(selector) or "", *field.always)))


def _of_column(clause: Clause, column: str) -> str:
    known = field_schema(clause.selector)
    match clause:
        case NotExists():
            return f"{column} IS NULL"
        case IsLiteral(literal=Literal.NULL):
            return f"{column} IS NULL" if known is None or known.nullable else "false"
        case IsLiteral(literal=literal):
            if known is None or known.type is not FieldType.BOOLEAN:
                return "false"
            return f"{column} = '{literal.lower()}'"
        case Comparison() if known is None or known.type is not FieldType.TEXT:
            raise unsupported(clause, "the field is a boolean, not text; use IS TRUE or IS FALSE")
        case Comparison():
            return of_text(clause, column)
        case _:
            assert_never(clause)


def _of_resources(clause: Clause, column: str) -> str:
    if not isinstance(clause, Comparison) or clause.operator is Operator.NOT_EQUAL:
        raise unsupported(
            clause, "AWS does not document whether one element or all elements must match"
        )
    return f"any_match(resources, r -> {of_text(clause, f'r.{column}')})"


def _of_document(clause: Clause, column: str) -> str:
    match clause:
        case NotExists() | IsLiteral(literal=Literal.NULL):
            return f"{column} IS NULL"
        case IsLiteral() | Comparison():
            return "false"  # the field is an object, for which no comparison is true
        case _:
            assert_never(clause)
