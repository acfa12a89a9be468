"""
The matchers of one field in an EventBridge event pattern, and the combination of two of them.

In:    a clause on a field of a known type.
Out:   matchers, of which one must match; none if the clause is never true.
Never: two matchers on one field that must both match, unless one matcher can express both. An
       event pattern has no "and" for one field.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import re
from dataclasses import dataclass
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import (
    AnyElement,
    Clause,
    Comparison,
    IsLiteral,
    Literal,
    Member,
    NotExists,
    Number,
    Operator,
    Regex,
    Text,
)
from trailbell.pattern.printer import condition_text
from trailbell.pattern.record_schema import FieldSchema, FieldType, field_schema

NAME = "EventBridge"

_MAX_NUMBER = 5_000_000_000
"""The page above limits numbers to plus or minus five billion."""


@dataclass(frozen=True, slots=True)
class Exactly:
    text: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Text with single stars and at least one other character."""

    text: str


@dataclass(frozen=True, slots=True)
class AnyText:
    """Any text, even an empty one; unlike `Exists`, not null."""


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """A value that matches none of these texts, which may contain stars."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    present: bool


@dataclass(frozen=True, slots=True)
class JsonLiteral:
    """The JSON literal ``null``, ``true`` or ``false``."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Numeric:
    operator: str
    number: int | float


Matcher = Exactly | Wildcard | AnyText | AnythingBut | Exists | JsonLiteral | Numeric


def member_path(clause: Clause) -> tuple[str, ...]:
    """The names on the path of a clause that `matchers` accepts: ``("resources", "ARN")``."""
    return tuple(step.name for step in clause.selector.steps if isinstance(step, Member))


def matchers(clause: Clause) -> tuple[Matcher, ...]:
    """Matchers, of which one must match the field. Raises `UnsupportedError`."""
    known = field_schema(clause.selector)
    if known is None:
        reason = "the type of the field is not known, and EventBridge treats arrays differently"
        raise _unsupported(clause, reason)
    match clause:
        case NotExists():
            _require_single(clause)
            if known.type in (FieldType.OBJECT, FieldType.ARRAY):
                raise _unsupported(
                    clause, "exists does not match objects or arrays; use a field inside it"
                )
            return (Exists(present=False),)
        case IsLiteral(literal=Literal.NULL):
            if known.type is FieldType.ARRAY:
                raise _unsupported(clause, "EventBridge would match a null inside the array")
            return (JsonLiteral(None),) if known.nullable else ()
        case IsLiteral(literal=literal):
            return (
                (JsonLiteral(literal is Literal.TRUE),) if known.type is FieldType.BOOLEAN else ()
            )
        case Comparison():
            return _compared(clause, known)
        case _:
            assert_never(clause)


def _compared(clause: Comparison, known: FieldSchema) -> tuple[Matcher, ...]:
    if clause.operator is not Operator.EQUAL:
        _require_single(clause)
    match known.type, clause.value:
        case FieldType.OBJECT | FieldType.ARRAY, _:
            return ()
        case FieldType.BOOLEAN, _:
            raise _unsupported(clause, "the field is a boolean, not text; use IS TRUE or IS FALSE")
        case _, Regex():
            raise _unsupported(clause, "event patterns have no regular expressions")
        case FieldType.NUMBER, Number(literal=number):
            return _numeric(clause, number)
        case FieldType.NUMBER, _:
            raise _unsupported(clause, "EventBridge compares numbers by value, not by their text")
        case FieldType.TEXT, Text(text=text) | Number(literal=text):
            return _text(clause, known, text)
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


def _text(clause: Comparison, known: FieldSchema, text: str) -> tuple[Matcher, ...]:
    text = re.sub(r"\*+", "*", text)
    match clause.operator:
        case Operator.EQUAL if text == "*":
            return (AnyText(),) if known.nullable else (Exists(present=True),)
        case Operator.EQUAL:
            return (Wildcard(text) if "*" in text else Exactly(text),)
        case Operator.NOT_EQUAL if text == "*":
            return ()
        case Operator.NOT_EQUAL if known.nullable:
            raise _unsupported(clause, "anything-but matches null, and the field can be null")
        case Operator.NOT_EQUAL:
            return (AnythingBut((text,)),)
        case _:
            return ()  # text is never less or greater than a number


def _require_single(clause: Clause) -> None:
    if any(isinstance(step, AnyElement) for step in clause.selector.steps):
        raise _unsupported(
            clause, "AWS does not document whether one element or all elements must match"
        )


# ------------------------------------------------------------------------------- two matchers


def intersect(
    left: tuple[Matcher, ...], right: tuple[Matcher, ...], clause: str
) -> tuple[Matcher, ...]:
    """Matchers for what one of ``left`` and one of ``right`` match; none for a contradiction."""
    pairs = (_pair(first, second, clause) for first in left for second in right)
    return tuple(dict.fromkeys(matcher for matcher in pairs if matcher is not None))


def _pair(left: Matcher, right: Matcher, clause: str) -> Matcher | None:
    if left == right:
        return left
    match left, right:
        case (Exists(present=False), _) | (_, Exists(present=False)):
            return None
        case (Exists(), other) | (other, Exists()):
            return other
        case (Exactly(text=text), other) | (other, Exactly(text=text)):
            return Exactly(text) if _accepts(other, text) else None
        case (JsonLiteral(), _) | (_, JsonLiteral()):
            return None
        case (AnyText(), Wildcard() | AnythingBut() as other):
            return other
        case (Wildcard() | AnythingBut() as other, AnyText()):
            return other
        case (AnythingBut(texts=first), AnythingBut(texts=second)):
            return AnythingBut(tuple(dict.fromkeys(first + second)))
        case _:
            reason = "an event pattern cannot combine these conditions on one field"
            raise UnsupportedError(NAME, clause, reason)


def _accepts(matcher: Matcher, text: str) -> bool:
    match matcher:
        case Exactly(text=expected):
            return expected == text
        case Wildcard(text=pattern):
            return _matches(pattern, text)
        case AnyText():
            return True
        case AnythingBut(texts=patterns):
            return not any(_matches(pattern, text) for pattern in patterns)
        case Exists(present=present):
            return present
        case JsonLiteral() | Numeric():
            return False
        case _:
            assert_never(matcher)


def _matches(pattern: str, text: str) -> bool:
    expression = ".*".join(map(re.escape, pattern.split("*")))
    return re.fullmatch(expression, text, re.DOTALL) is not None


# ------------------------------------------------------------------------------- as JSON


def to_json(matcher: Matcher) -> object:
    """The matcher as an element of the list of a field."""
    match matcher:
        case Exactly(text=text):
            return text
        case Wildcard(text=text) if text.count("*") == 1 and text.endswith("*"):
            return {"prefix": text[:-1]}
        case Wildcard(text=text) if text.count("*") == 1 and text.startswith("*"):
            return {"suffix": text[1:]}
        case Wildcard(text=text):
            return {"wildcard": _escaped(text)}
        case AnyText():
            return {"wildcard": "*"}
        case AnythingBut(texts=texts):
            return {"anything-but": _excluded(texts)}
        case Exists(present=present):
            return {"exists": present}
        case JsonLiteral(value=value):
            return value
        case Numeric(operator=operator, number=number):
            return {"numeric": [operator, number]}
        case _:
            assert_never(matcher)


def _excluded(texts: tuple[str, ...]) -> object:
    if any("*" in text for text in texts):
        return {"wildcard": [_escaped(text) for text in texts]}
    return list(texts)


def _escaped(text: str) -> str:
    """Escape backslashes, as only ``wildcard`` requires."""
    return text.replace("\\", "\\\\")


def _unsupported(clause: Clause, reason: str) -> UnsupportedError:
    return UnsupportedError(NAME, condition_text(clause), reason)
