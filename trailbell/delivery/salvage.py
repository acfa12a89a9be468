"""
What can be read of damaged JSON.

In:    bytes that were to be records, one after the other or in an array.
Out:   those records that are whole, and a reason for each that is not.
Never: a record made up from parts of two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)
_OPENING = re.compile(rb'\{\s*"[^"\\]*"')

NO_JSON = "no JSON"
TOO_DEEP = "nested too deeply"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something between two records, or in place of one."""

    reason: str


def of_lines(text: bytes) -> Iterator[bytes | Fault]:
    """JSON Lines: a line that is no JSON spoils no other."""
    for line in text.split(b"\n"):
        if line.strip():
            reason = fault(line)
            yield Fault(reason) if reason else line


def of_objects(text: bytes) -> Iterator[bytes | Fault]:
    """
    Objects found by their braces.

    After a damaged one, reading goes on where something begins as the first object began.
    """
    first = _OPENING.search(text)
    opening = first[0] if first else b"{"
    start = text.find(b"{")
    while start >= 0:
        end = _closing(text, start)
        reason = fault(text[start:end]) if end else NO_JSON
        if reason is None:
            yield text[start:end]
        else:
            yield Fault(reason)
            again = text.find(opening, start + 1)
            if again >= 0 and (not end or again < end):
                end = again
        start = text.find(b"{", end) if end else -1


def _closing(text: bytes, start: int) -> int:
    """Behind the brace that closes the one at ``start``; 0 if none does."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        match token[0]:
            case b"{":
                depth += 1
            case b"}":
                depth -= 1
                if depth == 0:
                    return token.end()
            case _:
                pass
    return 0


def fault(record: bytes) -> str | None:
    """Why it cannot be decoded."""
    try:
        msgspec.json.decode(record)
    except RecursionError:
        return TOO_DEEP
    except msgspec.DecodeError:
        return NO_JSON
    return None
