"""
Text to tree: log events that divide into fields at their blanks.

In:    a pattern that starts with ``[``.
Out:   `Space`.
Never: a condition that speaks of another field than its own.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-space-delimited-log-events.html
"""

import re

from trailbell.pattern.ast import (
    Field,
    FieldAnd,
    FieldComparison,
    FieldCondition,
    FieldOr,
    SomeFields,
    Space,
)
from trailbell.pattern.lexer import Kind
from trailbell.pattern.parser_state import Cursor, Source

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_ENDS = (Kind.COMMA, Kind.BRACKET)


def space(source: Source) -> Space:
    cursor = Cursor(source, 1)
    fields = [_field(cursor)]
    while cursor.at(Kind.COMMA):
        cursor.take()
        fields.append(_field(cursor))
    if not cursor.at(Kind.BRACKET):
        raise cursor.fault("divide fields with ',' and close the pattern with ']'")
    closing = cursor.take()
    if not cursor.at(Kind.END):
        raise cursor.fault("nothing may follow the closing ']'")
    if fields == [Field("", None)]:
        raise source.fault(closing.start, "unexpected ']'", "name at least one field")
    if sum(isinstance(item, SomeFields) for item in fields) > 1:
        second = source.text.rindex("...")
        raise source.fault(second, "a second '...'", "one is read; name the fields between")
    return Space(tuple(fields))


def _field(cursor: Cursor) -> Field | SomeFields:
    here = cursor.here
    if here.kind in _ENDS:  # [..., status_code = 4*,] has four fields in the guide of 2018
        return Field("", None)
    if here.kind is Kind.WORD and here.text == "...":
        cursor.take()
        return SomeFields()
    return _Conditions(cursor).field()


class _Conditions:
    """One field. Depth is bounded: parentheses may stand within parentheses 20 times."""

    deepest = 20

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.name: str | None = None

    def field(self) -> Field:
        if not self.cursor.at(Kind.OPEN):
            name = self._name()
            if self.cursor.at(*_ENDS):
                return Field(name, None)
            first: FieldCondition = self._compared()
            condition = self._either(0, first)
        else:
            condition = self._either(0)
        return Field(self.name or "", condition)

    def _name(self) -> str:
        token = self.cursor.here
        if token.kind is not Kind.WORD or not _NAME.fullmatch(token.text):
            raise self.cursor.fault("a field's name should stand here, or '...'")
        self.cursor.take()
        if self.name not in (None, token.text):
            raise self.cursor.source.fault(
                token.start,
                f"unexpected {token.text!r}",
                f"a condition speaks of its own field, {self.name!r}",
            )
        self.name = token.text
        return token.text

    def _compared(self) -> FieldComparison:
        operator = self.cursor.operator("a comparison or ',' should follow: = != < <= > >=")
        return FieldComparison(operator, self.cursor.value(operator))

    def _either(self, depth: int, first: FieldCondition | None = None) -> FieldCondition:
        parts = [self._both(depth, first)]
        while self.cursor.at(Kind.OR):
            self.cursor.take()
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else FieldOr(tuple(parts))

    def _both(self, depth: int, first: FieldCondition | None = None) -> FieldCondition:
        parts = [first if first is not None else self._unit(depth)]
        while self.cursor.at(Kind.AND):
            self.cursor.take()
            parts.append(self._unit(depth))
        return parts[0] if len(parts) == 1 else FieldAnd(tuple(parts))

    def _unit(self, depth: int) -> FieldCondition:
        if not self.cursor.at(Kind.OPEN):
            self._name()
            return self._compared()
        opening = self.cursor.take()
        if depth == self.deepest:
            raise self.cursor.source.fault(
                opening.start, "parentheses nested too deep", f"{self.deepest} levels are read"
            )
        condition = self._either(depth + 1)
        if not self.cursor.at(Kind.CLOSE):
            raise self.cursor.fault("close the parenthesis with ')'")
        closing = self.cursor.take()
        self.cursor.source.doubt(
            opening.start, closing.end, "the guide shows no parentheses around a field's conditions"
        )
        return condition
