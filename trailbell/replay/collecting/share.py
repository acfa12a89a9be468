"""
What one process scans without asking for more.

In:    paths of files and folders.
Out:   shares of their files of about the same size, in the order of the files.
Never: the list of a whole folder in memory, or a file in two shares. A file of many gigabytes is
       one share, which one process scans.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trailbell.cloudtrail.day_folder import DaysToRead
from trailbell.cloudtrail.files import (
    STANDARD_INPUT,
    SkippedFile,
    UnidentifiedFile,
    is_folder,
    walk_folder,
)
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import Entry
from trailbell.replay.collecting.buckets import SCHEME, OpenBucket, list_entries, split_url

_BYTES = 1 << 20
"""Compressed bytes of a share: a tenth of a second of work, so that processes end together."""

_ENTRIES = 300
"""Paths of a share, which fit into the buffer of a pipe."""

_UNCOMPRESSED = (".json", ".jsonl", ".ndjson", ".log")
_COMPRESSION = 10
"""Times by which gzip makes records smaller."""


@dataclass(frozen=True, slots=True)
class Share:
    """
    Some files of the path with the index ``root``.

    ``weight`` are their bytes, as if compressed. ``in_folder`` is false for a file that is a path
    itself. ``bucket`` is the bucket of objects.
    """

    number: int
    root: int
    entries: tuple[Entry, ...]
    in_folder: bool = True
    weight: int = 0
    is_standard_input: bool = False
    bucket: str = ""

    @property
    def is_small(self) -> bool:
        """Whether it consists of local files that are scanned within some tenths of a second."""
        return bool(self.weight) and self.weight <= 2 * _BYTES and not self.bucket


@dataclass(slots=True)
class _Shares:
    """Makes shares of the entries of one path after the other."""

    number: int = 0
    entries: list[Entry] = field(default_factory=list)
    weight: int = 0

    bucket: str = ""

    def take(self, root: int, *, in_folder: bool = True) -> Share:
        share = Share(
            self.number,
            root,
            tuple(self.entries),
            in_folder=in_folder,
            weight=self.weight,
            bucket=self.bucket,
        )
        self.number += 1
        self.entries, self.weight = [], 0
        return share


def read_shares(paths: Iterable[str], days: DaysToRead, open_bucket: OpenBucket) -> Iterator[Share]:
    """
    Read the shares of files, folders, ``-`` and ``s3://bucket/prefix``.

    Of the folders of CloudTrail, only those of ``days`` are read. Raises the errors of
    `trailbell.aws.s3_objects` for a bucket that cannot be read.
    """
    shares = _Shares()
    for root, path in enumerate(paths):
        if path == STANDARD_INPUT:
            yield Share(shares.number, root, (), is_standard_input=True)
            shares.number += 1
        elif path.startswith(SCHEME):
            shares.bucket = split_url(path)[0]
            bucket, is_needed = (
                open_bucket(shares.bucket),
                days.is_needed if days.is_limited else None,
            )
            yield from _read_entries(shares, root, list_entries(bucket, path, is_needed))
            shares.bucket = ""
        elif is_folder(path):
            entries = walk_folder(path, days.is_needed)
            weighted = ((entry, _weight(entry)) for entry in entries)
            yield from _read_entries(shares, root, weighted)
        else:
            shares.entries, shares.weight = [path], _weight(path)
            yield shares.take(root, in_folder=False)


def _read_entries(
    shares: _Shares, root: int, entries: Iterable[tuple[Entry, int]]
) -> Iterator[Share]:
    for entry, weight in entries:
        shares.entries.append(entry)
        shares.weight += weight
        if shares.weight >= _BYTES or len(shares.entries) >= _ENTRIES:
            yield shares.take(root)
    yield shares.take(root)


def _weight(entry: Entry) -> int:
    """The bytes of a file, as if it were compressed; 0 if that is not known."""
    if isinstance(entry, (SkippedFile, ReadError)):
        return 0
    path = entry.path if isinstance(entry, UnidentifiedFile) else entry
    try:
        size = os.stat(path).st_size  # noqa: PTH116 # a Path would take twice as long
    except OSError:
        return 0  # the attempt to open it reports what is wrong
    return size // _COMPRESSION if path.endswith(_UNCOMPRESSED) else size
