"""
JSON as it comes: numbers of any size, and text that is not quite sound.

In:    the bytes of one JSON value.
Out:   the value, and what is damaged in its text.
Never: a number that is no JSON any more when it is printed. One that no double holds stays the
       text it was written as: https://www.rfc-editor.org/rfc/rfc8259#section-6 sets no limit.

msgspec decodes what is sound; the rest is rare and goes to the standard library, which takes half
a surrogate pair and any number of digits.
"""

import json
from dataclasses import dataclass
from math import isfinite
from typing import NoReturn

import msgspec

from trailbell.pattern import NumberText

HALF_PAIR = "read, but its text holds half of a surrogate pair"
NO_UTF8 = "read, but its text holds bytes that are no UTF-8"

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)
"""What a decoder of msgspec raises for bytes that are no sound JSON, `RecursionError` aside."""

_MOST_DIGITS = 4_000
"""Python refuses to print integers of more than 4,300."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """``damage`` is `None` for sound text; what is damaged in the value is replaced or kept."""

    value: object
    damage: str | None = None


def decode(text: bytes) -> Decoded:
    """Raises `msgspec.DecodeError` for what is no JSON, and `RecursionError`."""
    try:
        return Decoded(msgspec.json.decode(text))
    except UNREADABLE:
        return _unsound(text)


def _unsound(text: bytes) -> Decoded:
    written = text.decode(errors="replace")
    try:
        value = _decoder.decode(written)
    except ValueError as error:
        raise msgspec.DecodeError(str(error)) from None
    if written.encode(errors="replace") != text:
        return Decoded(value, NO_UTF8)
    return Decoded(value, HALF_PAIR if _has_half_pair(value) else None)


def _has_half_pair(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _number(text: str) -> int | float | NumberText:
    double = float(text)
    if not isfinite(double) or len(text) > _MOST_DIGITS:
        return NumberText(text)
    return double if {*text} & {*".eE"} else int(text)


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)


_decoder = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_no_constant)
