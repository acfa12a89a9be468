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

from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.other_formats import Foreign

_TOKEN = {
    first: re.compile(rb'"(?:[^"\\]|\\.)*"|[%b]' % both, re.DOTALL)
    for first, both in ((b"{", b"{}"), (b"[", rb"\[\]"))
}
_OPENING = re.compile(rb'\{\s*"[^"\\]*"')
_NAME = re.compile(rb'\{\s*("[^"\\]*")')
_NEXT = re.compile(rb"[\s,]*(?=[\[{])")

NO_JSON = "no JSON"
TOO_DEEP = "nested too deeply"
NO_RECORD = "no CloudTrail record: it names no event"


@dataclass(frozen=True, slots=True)
class RecordError:
    """
    Something between two records, or in place of one.

    ``is_cut``: it lacks its end, and nothing comes after it. Where the file is known to end too
    early, that says it. ``foreign``: what stands there instead, where that is known.
    ``is_remark``: it is about the record before it, which was read.
    """

    reason: str
    is_cut: bool = False
    foreign: Foreign | None = None
    is_remark: bool = False


def of_lines(text: bytes) -> Iterator[bytes | RecordError]:
    """JSON Lines: a line that is no JSON spoils no other. Several objects may share a line."""
    lines = [part for line in text.split(b"\n") if line.strip() for part in _parts(line)]
    for number, line in enumerate(lines, 1):
        reason = fault(line)
        last = number == len(lines) and not text.endswith(b"\n")
        yield RecordError(reason, is_cut=last and _has_no_end(line)) if reason else line


def one_after_the_other(first_name: bytes) -> re.Pattern[bytes]:
    """
    Behind an object that another one follows, with nothing between but blanks.

    No JSON has this within it: in text, the quotes of a name are escaped.
    """
    return re.compile(rb"(?<=\})(?=\s*\{\s*" + re.escape(first_name) + rb"\s*:)")


def _parts(line: bytes) -> Iterator[bytes]:
    """A line that is JSON; or the objects it begins with, and what begins as they do."""
    if fault(line) is None:
        yield line
        return
    first = _NAME.search(line)
    line = line.strip()
    while line.startswith(b"{") and (end := _closing(line, 0)) and fault(line[:end]) is None:
        yield line[:end]
        line = line[end:].lstrip(b", \t\r")
    if line:
        yield from one_after_the_other(first[1]).split(line) if first else [line]


def of_objects(text: bytes) -> Iterator[bytes | RecordError]:
    """
    Objects found by their braces, and arrays where an object should be; at least one thing.

    After a damaged one, reading goes on where something begins as the first object began; after
    one that is nested too deeply and has no end, it does not: all that begins there is within it.
    """
    first = _OPENING.search(text)
    opening = first[0] if first else b"{"
    start = _next(text, 0)
    if start < 0 and not text.lstrip().startswith(b"]"):
        yield RecordError(NO_JSON, is_cut=True)
    while start >= 0:
        end = _closing(text, start)
        reason = fault(text[start : end or None])
        if end and reason is None:
            yield text[start:end]
        elif reason == TOO_DEEP:
            yield RecordError(TOO_DEEP)
        else:
            again = text.find(opening, start + 1)
            yield RecordError(NO_JSON, is_cut=not end and again < 0)
            if again >= 0 and (not end or again < end):
                end = again
        start = _next(text, end) if end else -1


def _next(text: bytes, start: int) -> int:
    """Where the next element begins; -1 if there is none."""
    element = _NEXT.match(text, start)
    return element.end() if element else text.find(b"{", start)


def _has_no_end(line: bytes) -> bool:
    start = line.find(b"{")
    return start >= 0 and not _closing(line, start)


def _closing(text: bytes, start: int) -> int:
    """Behind what closes the brace or bracket at ``start``; 0 if nothing does."""
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


def fault(record: bytes) -> str | None:
    """Why it cannot be decoded; nothing for what is damaged and can be."""
    try:
        decode(record)
    except RecursionError:
        return TOO_DEEP
    except msgspec.DecodeError:
        return NO_JSON
    return None
