"""
One member's matchers in an EventBridge event pattern, and what two of them say together.

In:    a clause about a member whose shape is known.
Out:   matchers, one of which must hold; none at all when the clause can never hold.
Never: two matchers on one member that must both hold, unless one matcher says both: an event
       pattern has no "and" there.

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
"""Numbers beyond plus or minus five billion are refused, by the page above."""


@dataclass(frozen=True, slots=True)
class Exactly:
    text: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Text with one or more single stars, and something besides."""

    text: str


@dataclass(frozen=True, slots=True)
class AnyText:
    """Text of any kind, the empty one too; unlike `Present`, not null."""


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """Something that is none of these; each may hold stars."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    present: bool


@dataclass(frozen=True, slots=True)
class JsonLiteral:
    """JSON's own ``null``, ``true`` or ``false``."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Numeric:
    operator: str
    number: int | float


Matcher = Exactly | Wildcard | AnyText | AnythingBut | Exists | JsonLiteral | Numeric


def members(clause: Clause) -> tuple[str, ...]:
    """``("resources", "ARN")``: the path of names, for a clause that `matchers` accepts."""
    return tuple(step.name for step in clause.selector.steps if isinstance(step, Member))


def matchers(clause: Clause) -> tuple[Matcher, ...]:
    """What the member's value must be, by any of these. Raises `UnsupportedError`."""
    known = field_schema(clause.selector)
    if known is None:
        reason = "the type of the field is not known, and EventBridge treats arrays differently"
        raise _refusal(clause, reason)
    match clause:
        case NotExists():
            _single(clause)
            if known.type in (FieldType.OBJECT, FieldType.ARRAY):
                raise _refusal(
                    clause, "exists does not match objects or arrays; use a field inside it"
                )
            return (Exists(present=False),)
        case IsLiteral(literal=Literal.NULL):
            if known.type is FieldType.ARRAY:
                raise _refusal(clause, "EventBridge would match a null inside the array")
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
        _single(clause)
    match known.type, clause.value:
        case FieldType.OBJECT | FieldType.ARRAY, _:
            return ()
        case FieldType.BOOLEAN, _:
            raise _refusal(clause, "the field is a boolean, not text; use IS TRUE or IS FALSE")
        case _, Regex():
            raise _refusal(clause, "event patterns have no regular expressions")
        case FieldType.NUMBER, Number(literal=number):
            return _numeric(clause, number)
        case FieldType.NUMBER, _:
            raise _refusal(clause, "EventBridge compares numbers by value, not by their text")
        case FieldType.TEXT, Text(text=text) | Number(literal=text):
            return _text(clause, known, text)
        case _:
            raise AssertionError(clause)


def _numeric(clause: Comparison, literal: str) -> tuple[Matcher, ...]:
    number = float(literal)
    if abs(number) > _MAX_NUMBER:
        raise _refusal(clause, f"the maximum for numbers is {_MAX_NUMBER:,}")
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
            raise _refusal(clause, "anything-but matches null, and the field can be null")
        case Operator.NOT_EQUAL:
            return (AnythingBut((text,)),)
        case _:
            return ()  # an ordering never holds for text


def _single(clause: Clause) -> None:
    if any(isinstance(step, AnyElement) for step in clause.selector.steps):
        raise _refusal(
            clause, "AWS does not document whether one element or all elements must match"
        )


# ------------------------------------------------------------------------------- two at once


def intersect(
    left: tuple[Matcher, ...], right: tuple[Matcher, ...], clause: str
) -> tuple[Matcher, ...]:
    """What satisfies one of the left and one of the right; none: a contradiction."""
    found = (_pair(one, other, clause) for one in left for other in right)
    return tuple(dict.fromkeys(matcher for matcher in found if matcher is not None))


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
        case (AnythingBut(texts=some), AnythingBut(texts=more)):
            return AnythingBut(tuple(dict.fromkeys(some + more)))
        case _:
            reason = "an event pattern cannot combine these conditions on one field"
            raise UnsupportedError(NAME, clause, reason)


def _accepts(matcher: Matcher, text: str) -> bool:
    match matcher:
        case Exactly(text=wanted):
            return wanted == text
        case Wildcard(text=wanted):
            return _glob(wanted, text)
        case AnyText():
            return True
        case AnythingBut(texts=unwanted):
            return not any(_glob(one, text) for one in unwanted)
        case Exists(present=present):
            return present
        case JsonLiteral() | Numeric():
            return False
        case _:
            assert_never(matcher)


def _glob(starred: str, text: str) -> bool:
    expression = ".*".join(map(re.escape, starred.split("*")))
    return re.fullmatch(expression, text, re.DOTALL) is not None


# ------------------------------------------------------------------------------- as JSON


def to_json(matcher: Matcher) -> object:
    """One element of a member's list."""
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
            return {"anything-but": _unwanted(texts)}
        case Exists(present=present):
            return {"exists": present}
        case JsonLiteral(value=value):
            return value
        case Numeric(operator=operator, number=number):
            return {"numeric": [operator, number]}
        case _:
            assert_never(matcher)


def _unwanted(texts: tuple[str, ...]) -> object:
    if any("*" in text for text in texts):
        return {"wildcard": [_escaped(text) for text in texts]}
    return list(texts)


def _escaped(text: str) -> str:
    """A backslash escapes in ``wildcard``, and nowhere else."""
    return text.replace("\\", "\\\\")


def _refusal(clause: Clause, reason: str) -> UnsupportedError:
    return UnsupportedError(NAME, condition_text(clause), reason)
