"""
Lines that begin with a time, as the AWS CLI and exports of CloudWatch Logs write them.

In:    blocks of a file: ``2026-01-15T12:34:56.000Z {...}``, with or without the name of a log
       stream in between, and the JSON on the same line or printed over the following ones.
Out:   chunks of the messages after the times, in the order of the file.
Never: JSON from the middle of a sentence: at most one word may precede it.

aws logs tail: https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html
Exports: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html
"""

import re
from collections.abc import Iterator

from trailbell.cloudtrail.chunk import Chunk
from trailbell.cloudtrail.recovery import NOT_JSON, RecordError

_COLOR = rb"(?:\x1b\[[\d;]*m)*"
_TIME = _COLOR + rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*(?:Z|[+-]\d\d:?\d\d)?" + _COLOR
_LINE = re.compile(rb"^" + _TIME + rb"[ \t]", re.MULTILINE)
_MESSAGE = re.compile(_TIME + rb"[ \t]+(?:[^\s{]\S*[ \t]+)?\s*(?=\{)")


def is_start(head: bytes) -> bool:
    """Whether a file that begins with these bytes has such lines, some of them with JSON."""
    return bool(
        _LINE.match(head) and any(_MESSAGE.match(head, start) for start in _line_starts(head))
    )


def read_chunks(
    buffer: bytes, unread: Iterator[bytes], max_bytes: int
) -> Iterator[Chunk | RecordError]:
    """Split a file into chunks. Raises `OverflowError` if a line is longer than ``max_bytes``."""
    for block in unread:
        starts = _line_starts(buffer)
        if len(starts) > 1:
            yield from _messages(buffer[: starts[-1]])
            buffer = buffer[starts[-1] :]
        elif len(buffer) > max_bytes:
            raise OverflowError
        buffer += block
    yield from _messages(buffer)


def _line_starts(buffer: bytes) -> list[int]:
    return [line.start() for line in _LINE.finditer(buffer)]


def _messages(text: bytes) -> Iterator[Chunk | RecordError]:
    messages: list[bytes] = []
    starts = _line_starts(text)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if message := _MESSAGE.match(text, start, end):
            messages.append(text[message.end() : end].rstrip())
            continue
        if messages:
            yield _chunk(messages)
            messages = []
        yield RecordError(NOT_JSON)
    if messages:
        yield _chunk(messages)


def _chunk(messages: list[bytes]) -> Chunk:
    return Chunk(b"[" + b",".join(messages) + b"]", b"\n".join(messages))
