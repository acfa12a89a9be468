"""
A tree as a CloudWatch Logs Insights query, for the log group of a trail.

In:    a tree of a JSON pattern.
Out:   a query.
Never: a ``!=`` alone, which is true in Insights if the field is missing; or a discovered field
       that a large event may not have.

Insights discovers at most 200 fields of an event, in their order. The fields that CloudTrail writes
before ``requestParameters`` are always among them, and only discovered fields can use an index. All
later fields are read from the message with ``jsonParse``.

The types of fields are those of `trailbell.pattern.record_schema`. Insights does not distinguish
null from a missing field.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

import re
from collections.abc import Sequence
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
from trailbell.pattern.record_schema import FieldType, field_path, field_schema, may_spell_a_number

NAME = "Logs Insights"

MAX_LENGTH = 10_000
"""Characters of a query.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
"""

_DISCOVERED = frozenset(
    (
        "eventVersion",
        "userIdentity",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
    )
)
_FIELDS = (
    "@timestamp, eventSource, eventName, awsRegion, sourceIPAddress, userIdentity.arn, errorCode"
)
_NULL_OR_MISSING = "Insights treats null as missing; use NOT EXISTS || IS NULL together"
_PARSED = "record"
_NEVER = "not ispresent(@message)"
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_TEXT = re.compile(r'[^"\\\n\r]*')


def compile(tree: Pattern) -> str:
    """A query for the events, newest first. Raises `UnsupportedError`."""
    return f"{select(tree, _FIELDS)}\n| sort @timestamp desc"


def compile_with_members(tree: Pattern, members: Sequence[str]) -> str:
    """The same query, which also shows the account and these members. Raises `UnsupportedError`.

    ``members`` are paths, such as ``requestParameters.keyId``. They and the account are read from
    the message, because Insights may not discover them.
    """
    first = select(tree, "@timestamp", parse=True)
    from_message = [f"{_PARSED}.{member}" for member in ("recipientAccountId", *members)]
    shown = ", ".join([_FIELDS, *from_message])
    return f"{first}\n| sort @timestamp desc\n| display {shown}"


def select(
    tree: Pattern,
    fields: str,
    booleans: frozenset[Selector] = frozenset(),
    *,
    parse: bool = False,
) -> str:
    """The first two commands of a query: these fields of the events that match.

    With ``parse``, further commands can use the member ``record``, which is the parsed message.

    ``booleans`` are parameters that have no other type in the events that the pattern is about.
    Raises `UnsupportedError`.
    """
    match tree:
        case JsonPattern(condition=inner):
            condition = _condition(inner, booleans)
        case MatchAll():
            condition = "ispresent(@message)"
        case Terms() | SpaceDelimited():
            raise UnsupportedError(
                NAME, pattern_text(tree), "the query matches JSON fields, not the text of an event"
            )
        case _:
            assert_never(tree)
    if len(condition) > MAX_LENGTH:
        reason = f"the condition has more characters than the maximum for a query, {MAX_LENGTH:,}"
        raise UnsupportedError(NAME, pattern_text(tree), reason)
    needed = parse or f"{_PARSED}." in condition
    parsed = f", jsonParse(@message) as {_PARSED}" if needed else ""
    return f"fields {fields}{parsed}\n| filter {condition}"


_Booleans = frozenset[Selector]


def _condition(tree: Condition, booleans: _Booleans) -> str:
    match tree:
        case And(parts=parts):
            return _joined("and", [_condition(part, booleans) for part in parts])
        case Or(parts=parts):
            return _one_of(parts) or _alternatives(parts, booleans)
        case Comparison() | IsLiteral() | NotExists():
            return _clause(tree, booleans)
        case _:
            assert_never(tree)


def _joined(word: str, parts: list[str]) -> str:
    return "(" + f" {word} ".join(parts) + ")" if len(parts) > 1 else parts[0]


def _one_of(parts: tuple[Condition, ...]) -> str | None:
    """``field in ["a", "b"]`` if all alternatives are texts without stars on one field."""
    texts: list[str] = []
    for part in parts:
        match part:
            case Comparison(operator=Operator.EQUAL, value=Text(text=text)) if (
                "*" not in text and _PLAIN_TEXT.fullmatch(text) and _is_text(part.selector)
            ):
                texts.append(f'"{text}"')
            case _:
                return None
    fields = {_field(part) for part in parts if isinstance(part, Comparison)}
    return f"{fields.pop()} in [{', '.join(texts)}]" if len(fields) == 1 else None


def _alternatives(parts: tuple[Condition, ...], booleans: _Booleans) -> str:
    """Alternatives, with ``$.a NOT EXISTS || $.a IS NULL`` as ``not ispresent``."""
    absent = {part.selector for part in parts if isinstance(part, NotExists)}
    null = {
        part.selector
        for part in parts
        if isinstance(part, IsLiteral) and part.literal is Literal.NULL
    }
    missing_or_null = {selector for selector in absent & null if _is_scalar(selector)}
    conditions: list[str] = []
    for part in parts:
        if isinstance(part, NotExists) and part.selector in missing_or_null:
            conditions.append(f"not ispresent({_field(part)})")
        elif not (
            isinstance(part, IsLiteral)
            and part.literal is Literal.NULL
            and part.selector in missing_or_null
        ):
            conditions.append(_condition(part, booleans))
    return _joined("or", conditions)


def _clause(clause: Clause, booleans: _Booleans) -> str:
    known = field_schema(clause.selector)
    match clause:
        case NotExists():
            if not _is_scalar(clause.selector):
                raise _unsupported(clause, "AWS documents ispresent for text and numbers only")
            if known is None or known.nullable:
                raise _unsupported(clause, _NULL_OR_MISSING)
            return f"not ispresent({_field(clause)})"
        case IsLiteral(literal=Literal.NULL):
            if known is None or known.nullable:
                raise _unsupported(clause, _NULL_OR_MISSING)
            return _NEVER
        case IsLiteral(literal=literal):
            return _boolean(clause, literal, booleans)
        case Comparison():
            return _compared(clause)
        case _:
            assert_never(clause)


def _compared(clause: Comparison) -> str:
    match clause.value:
        case Text(text=text):
            return _text(clause, text)
        case Number(literal=number):
            return _number(clause, number)
        case Regex(source=source):
            _require_text(clause)
            return _like(clause, source)
        case _:
            assert_never(clause.value)


def _boolean(clause: IsLiteral, literal: Literal, booleans: _Booleans) -> str:
    """
    A condition for 1 or 0, which discovered booleans are, and for the literal, since AWS does not
    document what ``jsonParse`` returns.

    https://github.com/aws-powertools/powertools-lambda-dotnet/issues/667
    """
    known = field_schema(clause.selector)
    if known is None and clause.selector not in booleans:
        raise _unsupported(clause, "Insights does not distinguish a boolean from a number or text")
    if known is not None and known.type is not FieldType.BOOLEAN:
        return _NEVER
    field, digit = _field(clause), int(literal is Literal.TRUE)
    return f'({field} = {digit} or {field} = "{literal.lower()}")'


def _text(clause: Comparison, text: str) -> str:
    field = _field(clause)
    known = field_schema(clause.selector)
    if clause.operator is Operator.EQUAL:
        if known is None and may_spell_a_number(text):
            raise _unsupported(clause, "Insights compares text that is a number by value")
        if known is not None and known.type is not FieldType.TEXT:
            return _never_text(clause)
        if "*" in text:
            return _starred(clause, text)
        return f'{field} = "{text}"' if _PLAIN_TEXT.fullmatch(text) else _starred(clause, text)
    _require_text(clause)
    if "*" in text or not _PLAIN_TEXT.fullmatch(text):
        return _starred(clause, text)
    return f'(ispresent({field}) and {field} != "{text}")'


def _never_text(clause: Comparison) -> str:
    known = field_schema(clause.selector)
    if known is not None and known.type in (FieldType.OBJECT, FieldType.ARRAY):
        return _NEVER
    raise _unsupported(clause, "the field is a number or a boolean, not text")


def _starred(clause: Comparison, text: str) -> str:
    if not text.strip("*") and text:
        if clause.operator is Operator.NOT_EQUAL:
            return _NEVER
        return f"ispresent({_field(clause)})"
    start = "" if text.startswith("*") else "^"
    end = "" if text.endswith("*") else "$"
    pieces = re.split(r"\*+", text.strip("*"))
    return _like(clause, start + r"[\s\S]*".join(map(_escaped, pieces)) + end)


def _escaped(piece: str) -> str:
    """Text as a literal between slashes; quotes and control characters become hexadecimal."""
    dotted = re.sub(r"[.^$*+?()\[\]{}|/]", r"\\\g<0>", piece.replace("\\", "\0"))
    return re.sub(r'["\x01-\x1f\x7f]', lambda match: f"\\x{ord(match[0]):02x}", dotted).replace(
        "\0", r"\x5c"
    )


def _like(clause: Comparison, expression: str) -> str:
    field = _field(clause)
    slashes = "/" + re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", expression) + "/"
    if clause.operator is Operator.EQUAL:
        return f"{field} like {slashes}"
    return f"(ispresent({field}) and {field} not like {slashes})"


def _number(clause: Comparison, number: str) -> str:
    known = field_schema(clause.selector)
    ordering = clause.operator not in (Operator.EQUAL, Operator.NOT_EQUAL)
    if known is None:
        raise _unsupported(clause, "Insights compares text that is a number by value")
    match known.type:
        case FieldType.NUMBER:
            field = _field(clause)
            return f"(ispresent({field}) and {field} {clause.operator} {number})"
        case FieldType.TEXT:
            return _NEVER if ordering else _text(clause, number)
        case FieldType.OBJECT | FieldType.ARRAY:
            return _NEVER
        case FieldType.BOOLEAN:
            raise _unsupported(clause, "the field is a boolean, not a number")
        case _:
            assert_never(known.type)


def _field(clause: Clause) -> str:
    match clause.selector.steps:
        case (Member(name=first), *_) if first in _DISCOVERED and field_path(clause.selector):
            words: list[str] = []
        case _:
            words = [_PARSED]
    for step in clause.selector.steps:
        match step:
            case Member(name=name) if _PLAIN_NAME.fullmatch(name):
                words.append(f".{name}")
            case Member(name=name) if name and "`" not in name:
                words.append(f".`{name}`")
            case Index(position=position):
                words.append(f"[{position}]")
            case Member() | AnyElement() | AnyMember():
                raise _unsupported(clause, "Insights has no name for the field")
            case _:
                assert_never(step)
    return "".join(words).removeprefix(".")


def _is_scalar(selector: Selector) -> bool:
    known = field_schema(selector)
    return known is not None and known.type not in (FieldType.OBJECT, FieldType.ARRAY)


def _is_text(selector: Selector) -> bool:
    known = field_schema(selector)
    return known is not None and known.type is FieldType.TEXT


def _require_text(clause: Comparison) -> None:
    if not _is_text(clause.selector):
        raise _unsupported(clause, "the field is not known to be text in every event")


def _unsupported(clause: Clause, reason: str) -> UnsupportedError:
    return UnsupportedError(NAME, condition_text(clause), reason)
