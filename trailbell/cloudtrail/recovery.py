"""
The records of damaged JSON that can be read.

In:    bytes that should be records, one after the other or in an array.
Out:   the records that are intact, and a reason for each one that is not.
Never: a record made up of parts of two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.other_formats import OtherFormat

_TOKEN = {
    first: re.compile(rb'"(?:[^"\\]|\\.)*"|[%b]' % both, re.DOTALL)
    for first, both in ((b"{", b"{}"), (b"[", rb"\[\]"))
}
_OPENING = re.compile(rb'\{\s*"[^"\\]*"')
_NAME = re.compile(rb'\{\s*("[^"\\]*")')
_NEXT = re.compile(rb"[\s,]*(?=[\[{])")

NOT_JSON = "not valid JSON"
TOO_DEEP = "nested too deeply"
NOT_A_RECORD = "not a CloudTrail record: it has no event name"


@dataclass(frozen=True, slots=True)
class RecordError:
    """
    A problem in the place of a record, or with the record before it.

    ``is_truncated``: the record has no end and nothing follows it. If the file is known to be
    truncated, that is reported instead. ``other_format``: what the data is, if that is known.
    ``is_about_previous``: the problem concerns the record before it, which was read.
    """

    reason: str
    is_truncated: bool = False
    other_format: OtherFormat | None = None
    is_about_previous: bool = False


def recover_lines(text: bytes) -> Iterator[bytes | RecordError]:
    """Read JSON Lines. A damaged line affects no other. Several objects may share a line."""
    parts = [part for line in text.split(b"\n") if line.strip() for part in _split_line(line)]
    for number, part in enumerate(parts, 1):
        reason = decode_error(part)
        is_last = number == len(parts) and not text.endswith(b"\n")
        is_truncated = is_last and _has_no_end(part)
        yield RecordError(reason, is_truncated=is_truncated) if reason else part


def adjacent_objects(first_name: bytes) -> re.Pattern[bytes]:
    """
    Match the boundary between two objects that have only blanks between them.

    ``first_name`` is the name, in quotes, of the first member of every object. The expression
    matches nothing inside JSON, because quotes in text are escaped.
    """
    return re.compile(rb"(?<=\})(?=\s*\{\s*" + re.escape(first_name) + rb"\s*:)")


def _split_line(line: bytes) -> Iterator[bytes]:
    """Split a line that is not JSON: the objects it begins with, and what begins like them."""
    if decode_error(line) is None:
        yield line
        return
    first = _NAME.search(line)
    line = line.strip()
    while line.startswith(b"{") and (end := _closing(line, 0)) and decode_error(line[:end]) is None:
        yield line[:end]
        line = line[end:].lstrip(b", \t\r")
    if line:
        yield from adjacent_objects(first[1]).split(line) if first else [line]


def recover_objects(text: bytes) -> Iterator[bytes | RecordError]:
    """
    Find objects by their braces, and arrays where an object should be. Yields at least once.

    After a damaged object, reading continues where an object begins with the same name as the
    first one. After an object that is nested too deeply and has no end, nothing more is read:
    everything that follows is inside it.
    """
    first = _OPENING.search(text)
    opening = first[0] if first else b"{"
    start = _next_element(text, 0)
    if start < 0 and not text.lstrip().startswith(b"]"):
        yield RecordError(NOT_JSON, is_truncated=True)
    while start >= 0:
        end = _closing(text, start)
        reason = decode_error(text[start : end or None])
        if end and reason is None:
            yield text[start:end]
        elif reason == TOO_DEEP:
            yield RecordError(TOO_DEEP)
        else:
            following = text.find(opening, start + 1)
            yield RecordError(NOT_JSON, is_truncated=not end and following < 0)
            if following >= 0 and (not end or following < end):
                end = following
        start = _next_element(text, end) if end else -1


def _next_element(text: bytes, start: int) -> int:
    """The position at which the next element begins; -1 if there is none."""
    element = _NEXT.match(text, start)
    return element.end() if element else text.find(b"{", start)


def _has_no_end(line: bytes) -> bool:
    start = line.find(b"{")
    return start >= 0 and not _closing(line, start)


def _closing(text: bytes, start: int) -> int:
    """The position after the brace or bracket that closes the one at ``start``; 0 if none does."""
    opening = text[start : start + 1]
    depth = 0
    for token in _TOKEN[opening].finditer(text, start):
        if token[0] == opening:
            depth += 1
        elif not token[0].startswith(b'"'):
            depth -= 1
            if depth <= 0:
                return token.end()
    return 0


def decode_error(record: bytes) -> str | None:
    """Why a record cannot be decoded; `None` if it can, even with damaged text."""
    try:
        decode(record)
    except RecursionError:
        return TOO_DEEP
    except msgspec.DecodeError:
        return NOT_JSON
    return None
