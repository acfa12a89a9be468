"""
The canonical text of a tree.

In:    a tree, or any node of one.
Out:   text that parses to the same tree. Every part of ``&&`` and ``||`` is in parentheses, so
       that no reader has to know the precedence; every value but a number is in quotes.
Never: a spelling that AWS does not document (lower-case keywords, double quotes around a name),
       if the tree can be written without it.
"""

import re
from types import UnionType
from typing import assert_never

from trailbell.pattern.ast import (
    And,
    AnyElement,
    AnyMember,
    Comparison,
    Condition,
    Field,
    FieldAnd,
    FieldComparison,
    FieldCondition,
    FieldEllipsis,
    FieldOr,
    Index,
    IsLiteral,
    JsonPattern,
    MatchAll,
    Member,
    NotExists,
    Number,
    Or,
    Pattern,
    Phrase,
    Regex,
    Selector,
    SpaceDelimited,
    Step,
    Term,
    Terms,
    Text,
    Value,
)

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def pattern_text(pattern: Pattern) -> str:
    match pattern:
        case JsonPattern(condition):
            return f"{{ {condition_text(condition)} }}"
        case Terms(terms):
            return " ".join(map(term_text, terms))
        case SpaceDelimited(fields):
            return f"[{', '.join(map(_field, fields))}]"
        case MatchAll():
            return '" "'
        case _:
            assert_never(pattern)


def condition_text(condition: Condition) -> str:
    match condition:
        case Comparison(selector, operator, value):
            return f"{selector_text(selector)} {operator} {value_text(value)}"
        case IsLiteral(selector, literal):
            return f"{selector_text(selector)} IS {literal}"
        case NotExists(selector):
            return f"{selector_text(selector)} NOT EXISTS"
        case And(parts):
            return " && ".join(f"({condition_text(part)})" for part in parts)
        case Or(parts):
            return " || ".join(f"({condition_text(part)})" for part in parts)
        case _:
            assert_never(condition)


def selector_text(selector: Selector) -> str:
    return "$" + "".join(map(_step, selector.steps))


def _step(step: Step) -> str:
    match step:
        case Member(name) if _NAME.fullmatch(name):
            return f".{name}"
        case Member(name):
            quote = '"' if "'" in name else "'"
            return f".[{quote}{name}{quote}]"
        case Index(position):
            return f"[{position}]"
        case AnyElement():
            return "[*]"
        case AnyMember():
            return ".*"
        case _:
            assert_never(step)


def value_text(value: Value) -> str:
    match value:
        case Text(text):
            return _quoted(text)
        case Number(literal):
            return literal
        case Regex(source):
            return f"%{source}%"
        case _:
            assert_never(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def term_text(term: Term) -> str:
    match term.sought:
        case Phrase(text):
            return f"{term.role}{_quoted(text)}"
        case Regex(source):
            return f"{term.role}%{source}%"
        case _:
            assert_never(term.sought)


def _field(field: Field | FieldEllipsis) -> str:
    match field:
        case FieldEllipsis():
            return "..."
        case Field(name, condition):
            return name if condition is None else field_condition_text(name, condition)
        case _:
            assert_never(field)


def field_condition_text(name: str, condition: FieldCondition) -> str:
    """The condition with necessary parentheses only, since AWS documents none for fields."""
    match condition:
        case FieldComparison(operator, value):
            return f"{name} {operator} {value_text(value)}"
        case FieldAnd(parts):
            return " && ".join(_field_part(name, part, FieldAnd | FieldOr) for part in parts)
        case FieldOr(parts):
            return " || ".join(_field_part(name, part, FieldOr) for part in parts)
        case _:
            assert_never(condition)


def _field_part(name: str, part: FieldCondition, needs_parentheses: UnionType | type) -> str:
    text = field_condition_text(name, part)
    return f"({text})" if isinstance(part, needs_parentheses) else text
