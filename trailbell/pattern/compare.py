"""
A value of an event compared with a value of a pattern.

In:    a JSON value (a node), an operator, a value of a pattern.
Out:   an `Outcome`: what all interpretations agree on, or uncertain.
Never: a choice between interpretations that AWS's documentation and measurements leave open.

The documentation: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import assert_never

from trailbell.pattern.ast import Number, Operator, Regex, Text, Value
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.record import NumberText, number_as_text
from trailbell.pattern.regex import translate

BOOLEAN = "AWS does not document how a boolean compares with text; use IS TRUE or IS FALSE"
STAR = "AWS does not document that text after a star may match at its first occurrence only"
DIGITS = "AWS does not document whether text of digits equals a number; put the number in quotes"
ORDERED_DIGITS = "AWS does not document whether text of digits is compared as a number"
LARGE = "AWS does not document how numbers beyond the precision of a double are compared"
SPELLING = "AWS does not document whether a number is compared with text as it was written"
LINES = "AWS does not document what '.', '^' and '$' mean at a line break"
BYTES = "AWS does not document how regular expressions match characters beyond ASCII"

_LIKE_A_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Equality:
    """
    Equal, different, or (`None`) neither, in which case both ``=`` and ``!=`` are false.

    There is one for each interpretation; `reason` says why there is more than one.
    """

    interpretations: tuple[bool | None, ...]
    reason: str = ""

    def outcome(self, operator: Operator) -> Outcome:
        expected = operator is Operator.EQUAL
        return Outcome.unanimous((equal is expected for equal in self.interpretations), self.reason)


def compare(node: object, operator: Operator, value: Value) -> Outcome:
    """``node operator value`` for a node that exists."""
    if operator in (Operator.EQUAL, Operator.NOT_EQUAL):
        return equality(node, value).outcome(operator)
    if isinstance(value, Number):
        return _ordered(number_as_text(node), operator, value.literal)
    return Outcome.NO_MATCH


def equality(node: object, value: Value) -> Equality:
    match number_as_text(node):
        case bool(flag):
            as_text = equality("true" if flag else "false", value).interpretations
            return Equality((None, *as_text), BOOLEAN)
        case NumberText() as number:
            return _number_equality(number, value)
        case str(text):
            return _text_equality(text, value)
        case _:  # null, an object, an array
            return Equality((None,))


def _number_equality(number: str, value: Value) -> Equality:
    match value:
        case Number(literal):
            return Equality(tuple(_exact_and_double(number, Operator.EQUAL, literal)), LARGE)
        case Text() | Regex():
            equalities = [_text_equality(spelling, value) for spelling in _spellings(number)]
            distinct = {equality.interpretations for equality in equalities}
            reason = equalities[0].reason if len(distinct) == 1 else SPELLING
            return Equality(
                tuple(equal for interpretations in distinct for equal in interpretations), reason
            )
        case _:
            assert_never(value)


def _text_equality(text: str, value: Value) -> Equality:
    match value:
        case Text(pattern):
            return Equality(tuple(star_interpretations(pattern, text)), STAR)
        case Regex(source):
            return _regex_equality(source, text)
        case Number(literal):
            if not _LIKE_A_NUMBER.fullmatch(text):
                return Equality((False,))
            by_value = _exact_and_double(text.strip(), Operator.EQUAL, literal)
            return Equality((False, text == literal, *by_value), DIGITS)
        case _:
            assert_never(value)


def star_interpretations(pattern: str, text: str) -> Iterator[bool]:
    """
    Whether ``text`` matches ``pattern`` as a glob, and whether it matches if each piece between
    stars matches at its first occurrence only, as measured in 2019
    (https://github.com/cfchou/metric_filter_parser/tree/b8a3eb1/e2e).
    """
    first, *rest = pattern.split("*")
    if not rest:
        yield text == pattern
        return
    *middle, last = rest
    position = len(first)
    matches = text.startswith(first)
    for piece in middle:
        start = text.find(piece, position)
        matches = matches and start >= 0
        position = start + len(piece)
    yield matches and text.endswith(last) and len(text) - len(last) >= position
    if last:
        start = text.find(last, position)
        yield matches and start >= 0 and start + len(last) == len(text)


@lru_cache(maxsize=1_024)
def _expression(source: str, flags: int, end: str) -> re.Pattern[str]:
    return re.compile(translate(source, end=end), re.ASCII | flags)


@lru_cache(maxsize=1_024)
def _bytes_expression(source: str) -> re.Pattern[bytes]:
    return re.compile(translate(source).encode())


def _regex_equality(source: str, text: str) -> Equality:
    matches = _expression(source, 0, "$").search(text) is not None
    if not text.isascii():
        encoded = text.encode(errors="surrogatepass")
        in_bytes = _bytes_expression(source).search(encoded) is not None
        if in_bytes is not matches:
            return Equality((matches, in_bytes), BYTES)
    if "\n" in text or "\r" in text:
        dialects = ((re.DOTALL, "$"), (re.MULTILINE, "$"), (0, r"\Z"))
        others = (_expression(source, *dialect).search(text) is not None for dialect in dialects)
        return Equality((matches, *others), LINES)
    return Equality((matches,))


def _ordered(node: object, operator: Operator, literal: str) -> Outcome:
    match node:
        case NumberText() as number:
            return Outcome.unanimous(_exact_and_double(number, operator, literal), LARGE)
        case str(text) if _LIKE_A_NUMBER.fullmatch(text):
            interpretations = _exact_and_double(text.strip(), operator, literal)
            return Outcome.unanimous((False, *interpretations), ORDERED_DIGITS)
        case _:
            return Outcome.NO_MATCH


def _exact_and_double(left: str, operator: Operator, right: str) -> tuple[bool, bool]:
    """The comparison of the exact values, and of their doubles."""
    as_doubles = _compare_numbers(float(left), operator, float(right))
    try:
        return _compare_numbers(Decimal(left), operator, Decimal(right)), as_doubles
    except InvalidOperation:  # an exponent of more than eighteen digits
        return as_doubles, not as_doubles


def _compare_numbers(left: float | Decimal, operator: Operator, right: float | Decimal) -> bool:
    match operator:
        case Operator.EQUAL:
            return left == right
        case Operator.NOT_EQUAL:
            return left != right
        case Operator.LESS:
            return left < right
        case Operator.LESS_OR_EQUAL:
            return left <= right
        case Operator.GREATER:
            return left > right
        case Operator.GREATER_OR_EQUAL:
            return left >= right
        case _:
            assert_never(operator)


# At most fifteen digits, no exponent, no needless zero: every decoder that distinguishes integers
# from doubles prints these as they were written.
_PLAIN = re.compile(
    r"-?(0|[1-9][0-9]{0,14})|-?[1-9][0-9]{0,6}\.([0-9]{0,7}[1-9]|0)|0\.[0-9]{1,2}[1-9]"
)


@lru_cache(maxsize=1_024)
def _spellings(number: str) -> tuple[str, ...]:
    """A number as text: as it was written, and in every normal form if that is not one."""
    if _PLAIN.fullmatch(number) and number != "-0":
        return (number,)
    double = float(number)
    spellings = {str(number): None, repr(double): None, _scientific(double): None}
    if abs(double) < 1e25:
        exact = Decimal(number) if len(number) < 100 else Decimal(double)
        spellings |= {str(exact): None, f"{exact:f}": None, f"{exact.normalize():f}": None}
    return tuple(spellings)


def _scientific(double: float) -> str:
    """The number as Java prints doubles below 0.001 and from ten million: ``1.0E10``."""
    mantissa, _, exponent = f"{Decimal(repr(double)).normalize():E}".partition("E")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent or 0)}"
