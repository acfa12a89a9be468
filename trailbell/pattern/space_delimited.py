"""
The parser of patterns for space-delimited log events.

In:    a pattern that starts with ``[``.
Out:   `SpaceDelimited`.
Never: a field with a condition on another field.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-space-delimited-log-events.html
"""

import re

from trailbell.pattern.ast import (
    Field,
    FieldAnd,
    FieldComparison,
    FieldCondition,
    FieldEllipsis,
    FieldOr,
    SpaceDelimited,
)
from trailbell.pattern.lexer import TokenKind
from trailbell.pattern.parser_state import ParserState, TokenStream

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_ENDS = (TokenKind.COMMA, TokenKind.BRACKET)


def space(state: ParserState) -> SpaceDelimited:
    tokens = TokenStream(state, 1)
    fields = [_field(tokens)]
    while tokens.is_at(TokenKind.COMMA):
        tokens.advance()
        fields.append(_field(tokens))
    if not tokens.is_at(TokenKind.BRACKET):
        raise tokens.error("separate fields with ',' and close the pattern with ']'")
    closing = tokens.advance()
    if not tokens.is_at(TokenKind.END):
        raise tokens.error("remove everything after the closing ']'")
    if fields == [Field("", None)]:
        raise state.error(closing.start, "unexpected ']'", "name at least one field")
    if sum(isinstance(item, FieldEllipsis) for item in fields) > 1:
        second = state.text.rindex("...")
        raise state.error(
            second, "the pattern has more than one '...'", "name the fields between them"
        )
    return SpaceDelimited(tuple(fields))


def _field(tokens: TokenStream) -> Field | FieldEllipsis:
    current = tokens.current
    if current.kind in _ENDS:  # [..., status_code = 4*,] has four fields in the guide of 2018
        return Field("", None)
    if current.kind is TokenKind.WORD and current.text == "...":
        tokens.advance()
        return FieldEllipsis()
    return _FieldReader(tokens).field()


class _FieldReader:
    """Reads one field, with at most `max_depth` levels of nested parentheses."""

    max_depth = 20

    def __init__(self, tokens: TokenStream) -> None:
        self.tokens = tokens
        self.name: str | None = None

    def field(self) -> Field:
        if not self.tokens.is_at(TokenKind.OPEN):
            name = self._name()
            if self.tokens.is_at(*_ENDS):
                return Field(name, None)
            first: FieldCondition = self._comparison()
            condition = self._alternatives(0, first)
        else:
            condition = self._alternatives(0)
        return Field(self.name or "", condition)

    def _name(self) -> str:
        token = self.tokens.current
        if token.kind is not TokenKind.WORD or not _NAME.fullmatch(token.text):
            raise self.tokens.error("expected the name of a field, or '...'")
        self.tokens.advance()
        if self.name not in (None, token.text):
            raise self.tokens.state.error(
                token.start,
                f"unexpected {token.text!r}",
                f"write {self.name!r}; all conditions of a field must use its own name",
            )
        self.name = token.text
        return token.text

    def _comparison(self) -> FieldComparison:
        operator = self.tokens.operator("expected ',' or a comparison: = != < <= > >=")
        return FieldComparison(operator, self.tokens.value(operator))

    def _alternatives(self, depth: int, first: FieldCondition | None = None) -> FieldCondition:
        parts = [self._conjunction(depth, first)]
        while self.tokens.is_at(TokenKind.OR):
            self.tokens.advance()
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else FieldOr(tuple(parts))

    def _conjunction(self, depth: int, first: FieldCondition | None = None) -> FieldCondition:
        parts = [first if first is not None else self._unit(depth)]
        while self.tokens.is_at(TokenKind.AND):
            self.tokens.advance()
            parts.append(self._unit(depth))
        return parts[0] if len(parts) == 1 else FieldAnd(tuple(parts))

    def _unit(self, depth: int) -> FieldCondition:
        if not self.tokens.is_at(TokenKind.OPEN):
            self._name()
            return self._comparison()
        opening = self.tokens.advance()
        if depth == self.max_depth:
            raise self.tokens.state.error(
                opening.start,
                "the parentheses are nested too deep",
                f"use at most {self.max_depth} levels",
            )
        condition = self._alternatives(depth + 1)
        if not self.tokens.is_at(TokenKind.CLOSE):
            raise self.tokens.error("close the parenthesis with ')'")
        closing = self.tokens.advance()
        self.tokens.state.add_ambiguity(
            opening.start,
            closing.end,
            "AWS does not document parentheses around the conditions of a field",
        )
        return condition
