"""
Tolerant JSON: numbers of any size, and text with damaged characters.

In:    the bytes of one JSON value.
Out:   the value, and what is damaged in its text.
Never: a number that is not JSON when it is printed again. A number that exceeds a double stays
       the text in the file: https://www.rfc-editor.org/rfc/rfc8259#section-6 sets no limit.

msgspec decodes valid JSON. The rest is rare and is left to the standard library, which accepts
half of a surrogate pair and any number of digits.
"""

import json
from dataclasses import dataclass
from math import isfinite
from typing import NoReturn

import msgspec

from trailbell.pattern import NumberText

HALF_SURROGATE_PAIR = "read, but its text contains half of a surrogate pair"
INVALID_UTF8 = "read, but its text contains bytes that are not UTF-8"

DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError)
"""What a msgspec decoder raises for bytes that are not valid JSON, except `RecursionError`."""

_MAX_DIGITS = 4_000
"""Python does not print integers of more than 4,300 digits."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """
    A value, and what is damaged in its text: `None` for valid JSON.

    In the value, bytes that are not UTF-8 are replaced; half of a surrogate pair is kept.
    """

    value: object
    damage: str | None = None


def decode(text: bytes) -> Decoded:
    """Decode one JSON value. Raises `msgspec.DecodeError` and `RecursionError`."""
    try:
        return Decoded(msgspec.json.decode(text))
    except DECODE_ERRORS:
        return _decode_tolerantly(text)


def _decode_tolerantly(text: bytes) -> Decoded:
    replaced = text.decode(errors="replace")
    try:
        value = _decoder.decode(replaced)
    except ValueError as error:
        raise msgspec.DecodeError(str(error)) from None
    if replaced.encode(errors="replace") != text:
        return Decoded(value, INVALID_UTF8)
    return Decoded(value, HALF_SURROGATE_PAIR if _has_half_pair(value) else None)


def _has_half_pair(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _parse_number(text: str) -> int | float | NumberText:
    double = float(text)
    if not isfinite(double) or len(text) > _MAX_DIGITS:
        return NumberText(text)
    return double if {*text} & {*".eE"} else int(text)


def _reject_constant(name: str) -> NoReturn:
    """Reject NaN and Infinity, which Python accepts and JSON does not have."""
    raise ValueError(name)


_decoder = json.JSONDecoder(
    parse_int=_parse_number, parse_float=_parse_number, parse_constant=_reject_constant
)
