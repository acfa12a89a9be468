"""
Some records of a file, as bytes.

In:    bytes that are one JSON array of records, or were meant to be.
Out:   each record's own bytes, or those of the records that can be saved.
Never: a decoded record.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from trailbell.cloudtrail.recovery import RecordError, of_lines, of_objects

_raws = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Chunk:
    """``array`` is JSON, or was meant to be: then `saved` reads what can be read of
    ``read_text``.
    """

    array: bytes
    text: bytes
    by_line: bool = False

    def saved(self) -> Iterator[bytes | RecordError]:
        """Each record that is whole."""
        yield from (of_lines if self.by_line else of_objects)(self.text)

    def records(self) -> list[msgspec.Raw]:
        """Each record's own bytes. Raises `msgspec.DecodeError` and `RecursionError`."""
        return _raws.decode(self.array)


def alone(record: bytes) -> Chunk:
    """A chunk of one record."""
    return Chunk(b"[" + record + b"]", record)
