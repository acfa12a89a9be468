"""
Blocks of bytes as JSON arrays of records, whatever the layout of the file.

In:    blocks of a file: ``{"Records": [...]}`` as delivered, an array, JSON Lines, one record,
       objects with nothing between them, lines that begin with a time.
Out:   chunks: bytes that are one JSON array of a few hundred records. Damaged data becomes one
       chunk for each record that could be recovered, and a `RecordError` for each that could not.
Never: a decoded record. To find where records end costs a fraction of decoding them.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from trailbell.cloudtrail import timestamped_lines
from trailbell.cloudtrail.chunk import Chunk, single_record_chunk
from trailbell.cloudtrail.decode import DECODE_ERRORS, decode
from trailbell.cloudtrail.other_formats import identify_text
from trailbell.cloudtrail.recovery import RecordError, adjacent_objects

_ARRAY_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"Records"\s*:\s*)?\[')
_OBJECT_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?=\{)")
_ARRAY_END = re.compile(rb"\]\s*\}?\s*\Z")
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_JSON_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)*(?:\{\s*["}]|"\{|\[\s*\])')
_FIRST_MEMBER = re.compile(rb'\s*\{\s*("[^"\\]*")\s*:')

MAX_RECORD_BYTES = 64 << 20
"""Bytes within which a record must end. Records of CloudTrail have less than one megabyte."""

EMPTY_FILE = RecordError("empty file")
NOT_RECORDS = RecordError("neither a CloudTrail file nor JSON records")
RECORD_TOO_LONG = RecordError("a record does not end within 64 MB")

_MAX_BOUNDARY_BYTES = 1 << 10
"""More than the bytes from the end of an object to the end of the next one's first name."""


def read_chunks(blocks: Iterable[bytes]) -> Iterator[Chunk | RecordError]:
    """Split a file into chunks, in the order of the file."""
    unread = iter(blocks)
    head = b""
    for block in unread:
        head += block
        if head.strip():
            break
    if not head.strip():
        yield EMPTY_FILE
    elif array := _ARRAY_START.match(head):
        yield from _read_array(head, array.end(), unread)
    elif start := _OBJECT_START.match(head):
        yield from _read_objects(head[start.end() :], unread)
    elif timestamped_lines.is_start(head.lstrip(_BLANKS)):
        yield from _read_timestamped_lines(head.lstrip(_BLANKS), unread)
    elif other_format := identify_text(head):
        yield RecordError(str(other_format), other_format=other_format)
    else:
        yield NOT_RECORDS


def may_contain_records(head: bytes) -> bool:
    """Whether a file with an unknown name is worth reading, judged by its first bytes."""
    return bool(_JSON_START.match(head)) or timestamped_lines.is_start(head.lstrip(_BLANKS))


def _read_timestamped_lines(head: bytes, unread: Iterator[bytes]) -> Iterator[Chunk | RecordError]:
    try:
        yield from timestamped_lines.read_chunks(head, unread, MAX_RECORD_BYTES)
    except OverflowError:
        yield RECORD_TOO_LONG


# ---------------------------------------------------------------- {"Records": [...]}, [...]


def _read_array(head: bytes, start: int, unread: Iterator[bytes]) -> Iterator[Chunk | RecordError]:
    second = next(unread, None)
    if second is None:
        yield _last_chunk(head, start)
        return
    buffer = head[start:] + second
    first = _FIRST_MEMBER.match(buffer)
    name = first[1] if first else b'"'
    for block in unread:
        end = _last_boundary(buffer, name)
        if end:
            yield from _verify(Chunk(b"[" + buffer[:end] + b"]", buffer[:end]))
            buffer = buffer[end:].lstrip(b", \t\r\n")
        elif len(buffer) > MAX_RECORD_BYTES:
            yield RECORD_TOO_LONG
            return
        buffer += block
    yield _last_chunk(b"[" + buffer, 1)


def _last_chunk(buffer: bytes, start: int) -> Chunk:
    """The rest of a file. If the array has no end, the chunk is not JSON and must be recovered."""
    if buffer.endswith(b"]}"):
        return Chunk(buffer[start - 1 : -1], buffer[start:])
    end = _ARRAY_END.search(buffer, max(start, len(buffer) - 64))
    return Chunk(buffer[start - 1 : end.start() + 1] if end else b"", buffer[start:])


def _last_boundary(buffer: bytes, name: bytes) -> int:
    """The end of the last record that another one follows; 0 if there is none."""
    compact = buffer.rfind(b"},{" + name)
    if compact >= 0:
        return compact + 1
    end = 0
    for boundary in re.finditer(rb"\}(?=\s*,\s*\{\s*" + re.escape(name) + rb"\s*:)", buffer):
        end = boundary.end()
    return end


def _verify(chunk: Chunk) -> Iterator[Chunk | RecordError]:
    """Check a guessed boundary: it was right if what comes before it is JSON."""
    try:
        chunk.records()
    except (*DECODE_ERRORS, RecursionError):
        for record in chunk.recovered():
            yield record if isinstance(record, RecordError) else single_record_chunk(record)
    else:
        yield chunk


# ---------------------------------------------------------------- JSON Lines, single records


def _read_objects(buffer: bytes, unread: Iterator[bytes]) -> Iterator[Chunk | RecordError]:
    if not _is_json(buffer.partition(b"\n")[0]):
        yield from _read_multi_line_objects(buffer, unread)
        return
    for block in unread:
        lines, newline, rest = buffer.rpartition(b"\n")
        if newline:
            yield _chunk_of_lines(lines)
        elif len(buffer) > MAX_RECORD_BYTES:
            yield RECORD_TOO_LONG
            return
        buffer = rest + block
    if buffer.strip():
        yield _chunk_of_lines(buffer)


def _chunk_of_lines(text: bytes) -> Chunk:
    """JSON Lines as one array. Text in JSON contains no line breaks, so each one is a boundary."""
    lines = filter(None, map(bytes.strip, text.split(b"\n")))
    return Chunk(b"[" + b",".join(lines) + b"]", text, by_line=True)


def _is_json(line: bytes) -> bool:
    try:
        decode(line)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _read_multi_line_objects(
    buffer: bytes, unread: Iterator[bytes]
) -> Iterator[Chunk | RecordError]:
    """Read objects that are printed over several lines, one after the other."""
    first = _FIRST_MEMBER.match(buffer)
    boundary = adjacent_objects(first[1] if first else b'"')
    searched = 0
    for block in unread:
        end = max((match.end() for match in boundary.finditer(buffer, searched)), default=0)
        if end:
            yield _chunk_of_objects(buffer[:end], boundary)
            buffer = buffer[end:]
        elif len(buffer) > MAX_RECORD_BYTES:
            yield RECORD_TOO_LONG
            return
        # A boundary matches only once the name after it is complete.
        searched = max(0, len(buffer) - _MAX_BOUNDARY_BYTES)
        buffer += block
    yield _chunk_of_objects(buffer, boundary)


def _chunk_of_objects(text: bytes, boundary: re.Pattern[bytes]) -> Chunk:
    """Objects as one array, which is JSON if none is damaged and all begin with the same name."""
    return Chunk(b"[" + b",".join(boundary.split(text)) + b"]", text, _has_json_lines(text))


def _has_json_lines(text: bytes) -> bool:
    """Whether these are JSON Lines of which the first one is damaged."""
    return any(line.startswith(b"{") and _is_json(line) for line in text.split(b"\n"))
