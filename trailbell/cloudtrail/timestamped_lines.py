"""
Lines that begin with a time, as the AWS CLI and exports of CloudWatch Logs write them.

In:    blocks of a file: ``2026-01-15T12:34:56.000Z {...}``, the name of a log stream between the
       two or not, and the JSON on the same line or printed over the following ones.
Out:   chunks of what stands behind the times, in its order.
Never: JSON out of the middle of a sentence: between the time and it stands one word at most.

aws logs tail: https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html
Exports: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html
"""

import re
from collections.abc import Iterator

from trailbell.cloudtrail.chunk import Chunk
from trailbell.cloudtrail.recovery import NO_JSON, RecordError

_COLOR = rb"(?:\x1b\[[\d;]*m)*"
_TIME = _COLOR + rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*(?:Z|[+-]\d\d:?\d\d)?" + _COLOR
_LINE = re.compile(rb"^" + _TIME + rb"[ \t]", re.MULTILINE)
_MESSAGE = re.compile(_TIME + rb"[ \t]+(?:[^\s{]\S*[ \t]+)?\s*(?=\{)")


def begins(head: bytes) -> bool:
    """Whether a file that begins so consists of such lines, some with JSON in them."""
    return bool(_LINE.match(head) and any(_MESSAGE.match(head, at) for at in _starts(head)))


def chunks_of_lines(
    buffer: bytes, unread: Iterator[bytes], largest: int
) -> Iterator[Chunk | RecordError]:
    """Raises `OverflowError` when no line ends within ``largest`` bytes."""
    for block in unread:
        starts = _starts(buffer)
        if len(starts) > 1:
            yield from _messages(buffer[: starts[-1]])
            buffer = buffer[starts[-1] :]
        elif len(buffer) > largest:
            raise OverflowError
        buffer += block
    yield from _messages(buffer)


def _starts(buffer: bytes) -> list[int]:
    return [line.start() for line in _LINE.finditer(buffer)]


def _messages(text: bytes) -> Iterator[Chunk | RecordError]:
    found: list[bytes] = []
    starts = _starts(text)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if message := _MESSAGE.match(text, start, end):
            found.append(text[message.end() : end].rstrip())
            continue
        if found:
            yield _chunk(found)
            found = []
        yield RecordError(NO_JSON)
    if found:
        yield _chunk(found)


def _chunk(messages: list[bytes]) -> Chunk:
    return Chunk(b"[" + b",".join(messages) + b"]", b"\n".join(messages))
