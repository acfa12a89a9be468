"""
Blocks of bytes as JSON arrays of records, whatever the file looks like.

In:    blocks of a file: ``{"Records": [...]}`` as delivered, an array, JSON Lines, one record,
       objects with nothing between them, lines that begin with a time.
Out:   chunks: bytes that are one JSON array of a few hundred records. What is damaged comes as
       one array for each record that could be saved, and a `Violation` for each that could not.
Never: a decoded record. Finding where records end costs a fraction of decoding them.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from trailbell.cloudtrail import timestamped_lines
from trailbell.cloudtrail.chunk import Chunk, alone
from trailbell.cloudtrail.decode import UNREADABLE, decode
from trailbell.cloudtrail.other_formats import named_text
from trailbell.cloudtrail.recovery import RecordError, one_after_the_other

_WRAPPER = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"Records"\s*:\s*)?\[')
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?=\{)")
_END = re.compile(rb"\]\s*\}?\s*\Z")
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)*(?:\{\s*["}]|"\{|\[\s*\])')
_FIRST_NAME = re.compile(rb'\s*\{\s*("[^"\\]*")\s*:')

LARGEST = 64 << 20
"""Bytes within which a record must end; CloudTrail's end within one megabyte."""

EMPTY = RecordError("empty file")
NOT_RECORDS = RecordError("neither a CloudTrail file nor JSON records")
_LONGEST_BOUNDARY = 1 << 10

ENDLESS = RecordError("no end of a record within 64 MB")


def chunks(blocks: Iterable[bytes]) -> Iterator[Chunk | RecordError]:
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
    elif timestamped_lines.begins(head.lstrip(_BLANKS)):
        yield from _timed(head.lstrip(_BLANKS), unread)
    elif foreign := named_text(head):
        yield RecordError(str(foreign), foreign=foreign)
    else:
        yield NOT_RECORDS


def may_hold_records(head: bytes) -> bool:
    """Whether a file that begins so is worth reading, if its name says nothing."""
    return bool(_JSON.match(head)) or timestamped_lines.begins(head.lstrip(_BLANKS))


def _timed(head: bytes, unread: Iterator[bytes]) -> Iterator[Chunk | RecordError]:
    try:
        yield from timestamped_lines.chunks_of_lines(head, unread, LARGEST)
    except OverflowError:
        yield ENDLESS


def _alone(found: Iterable[bytes | RecordError]) -> Iterator[Chunk | RecordError]:
    for one in found:
        yield one if isinstance(one, RecordError) else alone(one)


# ---------------------------------------------------------------- {"Records": [...]}, [...]


def _array(head: bytes, start: int, unread: Iterator[bytes]) -> Iterator[Chunk | RecordError]:
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


def _verified(chunk: Chunk) -> Iterator[Chunk | RecordError]:
    """A boundary is guessed; it was right if what lies before it is JSON."""
    try:
        chunk.records()
    except (*UNREADABLE, RecursionError):
        yield from _alone(chunk.saved())
    else:
        yield chunk


# ---------------------------------------------------------------- JSON Lines, single records


def _objects(buffer: bytes, unread: Iterator[bytes]) -> Iterator[Chunk | RecordError]:
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
        decode(line)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _printed_over_lines(buffer: bytes, unread: Iterator[bytes]) -> Iterator[Chunk | RecordError]:
    first = _FIRST_NAME.match(buffer)
    boundary = one_after_the_other(first[1] if first else b'"')
    looked_at = 0
    for block in unread:
        cut = max((found.end() for found in boundary.finditer(buffer, looked_at)), default=0)
        if cut:
            yield _of_objects(buffer[:cut], boundary)
            buffer = buffer[cut:]
        elif len(buffer) > LARGEST:
            yield ENDLESS
            return
        # A boundary is seen once the name behind it is whole.
        looked_at = max(0, len(buffer) - _LONGEST_BOUNDARY)
        buffer += block
    yield _of_objects(buffer, boundary)


def _of_objects(text: bytes, boundary: re.Pattern[bytes]) -> Chunk:
    """JSON, if nothing is damaged and all objects begin alike."""
    return Chunk(b"[" + b",".join(boundary.split(text)) + b"]", text, _has_whole_lines(text))


def _has_whole_lines(text: bytes) -> bool:
    """Whether these are JSON Lines whose first is damaged."""
    return any(line.startswith(b"{") and _is_whole(line) for line in text.split(b"\n"))
