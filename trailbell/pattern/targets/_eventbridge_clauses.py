"""
The matchers of an EventBridge event pattern for one clause.

In:    a clause, and what is known of its field.
Out:   matchers, of which one must match; none if the clause is never true.
Never: fewer matches than the clause has. In arrays there can be more (see
       `trailbell.pattern.array_elements`).

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import re
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.array_elements import (
    Path,
    Selected,
    has_arrays,
    repeated_members,
    selected,
)
from trailbell.pattern.ast import (
    AnyElement,
    Clause,
    Comparison,
    Index,
    Literal,
    NotExists,
    Number,
    Operator,
    Regex,
    Text,
)
from trailbell.pattern.event_scope import matches_stars
from trailbell.pattern.field_types import Field, Repetition, members_of
from trailbell.pattern.printer import condition_text
from trailbell.pattern.record_schema import FieldType, may_spell_a_number
from trailbell.pattern.regex import literal
from trailbell.pattern.targets._eventbridge_matchers import (
    NAME,
    AnyText,
    AnythingBut,
    Exactly,
    Exists,
    JsonLiteral,
    Matcher,
    Numeric,
    Wildcard,
)

_MAX_NUMBER = 5_000_000_000
"""The page above limits numbers to plus or minus five billion."""


def member_path(clause: Clause, field: Field) -> Path:
    """The names on the path that the matchers of a clause are about: ``("resources", "ARN")``."""
    names = tuple(name for name, _ in members_of(clause.selector))
    return names + field.always if isinstance(clause, NotExists) else names


def matchers(clause: Clause, field: Field) -> tuple[Matcher, ...]:
    """Matchers, of which one must match the field. Raises `UnsupportedError`."""
    if isinstance(clause, NotExists):
        _check_absence(clause, field)
        return (Exists(present=False),)
    match selected(clause.selector, field):
        case Selected.NOTHING:
            return ()
        case Selected.ARRAY:
            field = Field(FieldType.ARRAY, field.nullable)
        case Selected.VALUES:
            pass
        case never:
            assert_never(never)
    if isinstance(clause, Comparison):
        return _compared(clause, field)
    if clause.literal is not Literal.NULL:
        return (
            (JsonLiteral(clause.literal is Literal.TRUE),)
            if field.type is FieldType.BOOLEAN
            else ()
        )
    if field.type is FieldType.ARRAY:
        raise _unsupported(clause, "EventBridge would match a null inside the array")
    return () if field.nullable is False else (JsonLiteral(None),)


def _check_absence(clause: NotExists, field: Field) -> None:
    """Raise an error unless ``exists`` means the same: no value on the path, in no array."""
    _require_single(clause)
    if field.type in (FieldType.OBJECT, FieldType.ARRAY) and not field.always:
        reason = "exists does not match objects or arrays; use a field inside it"
        raise _unsupported(clause, reason)
    *outer, (elements, last) = repeated_members(clause.selector, field)
    if any(has is not Repetition.NEVER for _, has in outer):
        raise _unsupported(clause, "exists is about all elements of an array together")
    if selected(clause.selector, field) is Selected.ARRAY:
        raise _unsupported(clause, "exists does not match an empty array; use its element [0]")
    if elements and (elements != (Index(0),) or last is not Repetition.ALWAYS):
        raise _unsupported(clause, "exists is about all elements of an array together")


def _compared(clause: Comparison, field: Field) -> tuple[Matcher, ...]:
    if clause.operator is not Operator.EQUAL:
        _require_single(clause)
    if clause.operator is Operator.NOT_EQUAL and has_arrays(field):
        raise _unsupported(clause, "anything-but matches if any element of an array differs")
    match field.type, clause.value:
        case FieldType.OBJECT | FieldType.ARRAY, _:
            return ()
        case FieldType.BOOLEAN, _:
            raise _unsupported(clause, "the field is a boolean, not text; use IS TRUE or IS FALSE")
        case FieldType.NUMBER, Number(literal=number):
            return _numeric(clause, number)
        case FieldType.NUMBER, _:
            raise _unsupported(clause, "EventBridge compares numbers by value, not by their text")
        case FieldType.TEXT, Regex(source=source):
            return _expression(clause, field, source)
        case FieldType.TEXT, Text(text=text) | Number(literal=text):
            return _text(clause, field, re.sub(r"\*+", "*", text))
        case _:
            raise AssertionError(clause)


def _numeric(clause: Comparison, literal: str) -> tuple[Matcher, ...]:
    number = float(literal)
    if abs(number) > _MAX_NUMBER:
        raise _unsupported(clause, f"the maximum for numbers is {_MAX_NUMBER:,}")
    value = int(number) if number.is_integer() else number
    if clause.operator is Operator.NOT_EQUAL:
        return (Numeric("<", value), Numeric(">", value))
    return (Numeric(clause.operator.value, value),)


def _expression(clause: Comparison, field: Field, source: str) -> tuple[Matcher, ...]:
    """The matcher for a regular expression that is only a text, in which stars are literal."""
    sought = literal(source)
    if sought is not None and "*" not in sought.text:
        start, end = "" if sought.at_start else "*", "" if sought.at_end else "*"
        return _text(clause, field, f"{start}{sought.text}{end}")
    whole = sought is not None and sought.at_start and sought.at_end
    if sought is not None and whole and clause.operator is Operator.EQUAL:
        return (Exactly(sought.text),)
    raise _unsupported(clause, "event patterns have no regular expressions")


def _text(clause: Comparison, field: Field, text: str) -> tuple[Matcher, ...]:
    if field.inferred and text != "*" and _may_be_inferred(text):
        raise _unsupported(clause, "the field has a number or a boolean for such a text")
    match clause.operator:
        case Operator.EQUAL if text == "*":
            exists = field.nullable is False or field.inferred
            return (Exists(present=True) if exists else AnyText(),)
        case Operator.EQUAL:
            return (Wildcard(text) if "*" in text else Exactly(text),)
        case Operator.NOT_EQUAL if text == "*":
            return ()
        case Operator.NOT_EQUAL if field.nullable:
            raise _unsupported(clause, "anything-but matches null, and the field can be null")
        case Operator.NOT_EQUAL:
            return (AnythingBut((text,)),)
        case _:
            return ()  # text is never less or greater than a number


def _may_be_inferred(text: str) -> bool:
    """Whether a text with stars matches a number, or ``true`` or ``false``."""
    return may_spell_a_number(text) or any(matches_stars(text, word) for word in ("true", "false"))


def _require_single(clause: Clause) -> None:
    if any(isinstance(step, AnyElement) for step in clause.selector.steps):
        raise _unsupported(
            clause, "AWS does not document whether one element or all elements must match"
        )


def _unsupported(clause: Clause, reason: str) -> UnsupportedError:
    return UnsupportedError(NAME, condition_text(clause), reason)
