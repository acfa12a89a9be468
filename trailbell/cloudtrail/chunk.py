"""
A chunk: some records of a file, as bytes.

In:    bytes that are one JSON array of records, or that should be one.
Out:   each record's own bytes, or those of the records that can be recovered.
Never: a decoded record.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from trailbell.cloudtrail.recovery import RecordError, recover_lines, recover_objects

_raw_records = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Chunk:
    """
    Records as one JSON array.

    ``array`` may be damaged. In that case, `recovered` reads the intact records from ``text``, the
    bytes as they are in the file: line by line with ``by_line``, by their braces otherwise.
    """

    array: bytes
    text: bytes
    by_line: bool = False

    def recovered(self) -> Iterator[bytes | RecordError]:
        """The bytes of each intact record, and an error for each damaged one."""
        yield from (recover_lines if self.by_line else recover_objects)(self.text)

    def records(self) -> list[msgspec.Raw]:
        """The bytes of each record. Raises `msgspec.DecodeError` and `RecursionError`."""
        return raw_records(self.array)


def raw_records(array: bytes) -> list[msgspec.Raw]:
    """The bytes of each record of an array. Raises `msgspec.DecodeError` and `RecursionError`."""
    return _raw_records.decode(array)


def single_record_chunk(record: bytes) -> Chunk:
    """A chunk of one record."""
    return Chunk(b"[" + record + b"]", record)
