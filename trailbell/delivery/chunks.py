"""
Blocks of bytes as JSON arrays of records, whatever the file looks like.

In:    blocks of a file: ``{"Records": [...]}`` as delivered, an array, JSON Lines, one record.
Out:   chunks: bytes that are one JSON array of a few hundred records. What is damaged comes as
       one array for each record that could be saved, and a `Fault` for each that could not.
Never: a decoded record. Finding where records end costs a fraction of decoding them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from trailbell.delivery.salvage import Fault, of_lines, of_objects

_WRAPPER = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"Records"\s*:\s*)?\[')
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?=\{)")
_END = re.compile(rb"\]\s*\}?\s*\Z")
_FIRST_NAME = re.compile(rb'\s*\{\s*("[^"\\]*")\s*:')

LARGEST = 64 << 20
"""Bytes within which a record must end; CloudTrail's end within one megabyte."""

EMPTY = Fault("empty file")
NOT_RECORDS = Fault("neither a CloudTrail file nor JSON records")
ENDLESS = Fault("no end of a record within 64 MB")

_raws = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Chunk:
    """``array`` is JSON, or was meant to be: then `saved` reads what can be read of ``text``."""

    array: bytes
    text: bytes
    by_line: bool = False

    def saved(self) -> Iterator[bytes | Fault]:
        """Each record that is whole."""
        yield from (of_lines if self.by_line else of_objects)(self.text)

    def records(self) -> list[msgspec.Raw]:
        """Each record's own bytes. Raises `msgspec.DecodeError` and `RecursionError`."""
        return _raws.decode(self.array)


def chunks(blocks: Iterable[bytes]) -> Iterator[Chunk | Fault]:
    """A file's chunks, in its order."""
    unread = iter(blocks)
    head = b""
    for block in unread:
        head += block
        if head.strip():
            break
    if not head.strip():
        yield EMPTY
    elif wrapper := _WRAPPER.match(head):
        yield from _array(head, wrapper.end(), unread)
    elif start := _OBJECT.match(head):
        yield from _objects(head[start.end() :], unread)
    else:
        yield NOT_RECORDS


def alone(record: bytes) -> Chunk:
    """A chunk of one record."""
    return Chunk(b"[" + record + b"]", record)


def _alone(found: Iterable[bytes | Fault]) -> Iterator[Chunk | Fault]:
    for one in found:
        yield one if isinstance(one, Fault) else alone(one)


# ---------------------------------------------------------------- {"Records": [...]}, [...]


def _array(head: bytes, start: int, unread: Iterator[bytes]) -> Iterator[Chunk | Fault]:
    second = next(unread, None)
    if second is None:
        yield _last(head, start)
        return
    buffer = head[start:] + second
    first = _FIRST_NAME.match(buffer)
    name = first[1] if first else b'"'
    for block in unread:
        cut = _last_boundary(buffer, name)
        if cut:
            yield from _verified(Chunk(b"[" + buffer[:cut] + b"]", buffer[:cut]))
            buffer = buffer[cut:].lstrip(b", \t\r\n")
        elif len(buffer) > LARGEST:
            yield ENDLESS
            return
        buffer += block
    yield _last(b"[" + buffer, 1)


def _last(buffer: bytes, start: int) -> Chunk:
    """The rest of a file; without an end of the array, it is no JSON and to be salvaged."""
    if buffer.endswith(b"]}"):
        return Chunk(buffer[start - 1 : -1], buffer[start:])
    end = _END.search(buffer, max(start, len(buffer) - 64))
    return Chunk(buffer[start - 1 : end.start() + 1] if end else b"", buffer[start:])


def _last_boundary(buffer: bytes, name: bytes) -> int:
    """Behind the last record that is followed by another; 0 if there is none."""
    compact = buffer.rfind(b"},{" + name)
    if compact >= 0:
        return compact + 1
    boundary = 0
    for found in re.finditer(rb"\}(?=\s*,\s*\{\s*" + re.escape(name) + rb"\s*:)", buffer):
        boundary = found.end()
    return boundary


def _verified(chunk: Chunk) -> Iterator[Chunk | Fault]:
    """A boundary is guessed; it was right if what lies before it is JSON."""
    try:
        chunk.records()
    except (msgspec.DecodeError, RecursionError):
        yield from _alone(chunk.saved())
    else:
        yield chunk


# ---------------------------------------------------------------- JSON Lines, single records


def _objects(buffer: bytes, unread: Iterator[bytes]) -> Iterator[Chunk | Fault]:
    if not _is_whole(buffer.partition(b"\n")[0]):
        yield from _printed_over_lines(buffer, unread)
        return
    for block in unread:
        lines, newline, rest = buffer.rpartition(b"\n")
        if newline:
            yield _of_lines(lines)
        elif len(buffer) > LARGEST:
            yield ENDLESS
            return
        buffer = rest + block
    if buffer.strip():
        yield _of_lines(buffer)


def _of_lines(lines: bytes) -> Chunk:
    """No line break stands inside JSON text, so each one separates."""
    written = filter(None, map(bytes.strip, lines.split(b"\n")))
    return Chunk(b"[" + b",".join(written) + b"]", lines, by_line=True)


def _is_whole(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _printed_over_lines(buffer: bytes, unread: Iterator[bytes]) -> Iterator[Chunk | Fault]:
    for block in unread:
        buffer += block
        if len(buffer) > LARGEST:
            yield ENDLESS
            return
    yield from _alone(of_lines(buffer) if _has_whole_lines(buffer) else of_objects(buffer))


def _has_whole_lines(text: bytes) -> bool:
    """Whether these are JSON Lines whose first is damaged."""
    return any(line.startswith(b"{") and _is_whole(line) for line in text.split(b"\n"))
