"""
Files against the detections.

In:    detections, once; files and folders.
Out:   evaluations and errors as they occur; totals at the end.
Never: more of a file in memory than a few blocks, or a folder without records that looks like one
       in which no detection fires.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import FileIO
from itertools import chain
from typing import BinaryIO

from trailbell.cloudtrail.arrivals import Arrivals
from trailbell.cloudtrail.chunks import EMPTY_FILE, may_contain_records, read_chunks
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.evaluator import Evaluator
from trailbell.cloudtrail.file_scan import FileScan
from trailbell.cloudtrail.files import (
    STANDARD_INPUT,
    SkippedFile,
    UnidentifiedFile,
    is_folder,
    walk_folder,
)
from trailbell.cloudtrail.gunzip import DecompressedBlocks
from trailbell.cloudtrail.other_formats import OtherFormat, identify_text
from trailbell.cloudtrail.prefilter import Detection, Prefilter
from trailbell.cloudtrail.read_error import ReadError
from trailbell.text_files import reason

EMPTY_FOLDER = "empty folder: it contains no CloudTrail files"
NO_CLOUDTRAIL_FILES = "no CloudTrail files in this folder"


@dataclass(slots=True)
class Totals:
    """
    Counts of what was read so far.

    ``left_out`` counts the files of folders that, by name or content, are not meant to contain
    records; ``left_out_kinds`` counts those of known formats, by the name of the format.
    """

    files: int = 0
    records: int = 0
    hits: int = 0
    uncertain: int = 0
    problems: int = 0
    left_out: int = 0
    left_out_kinds: dict[str, int] = field(default_factory=dict)


class Scanner:
    """
    Compiles the detections once; `scan` and `read` can then be called any number of times.

    With ``silent``, also yields the records on which a detection does not fire, which is slow.
    ``arrivals`` counts the times of all records.
    """

    def __init__(
        self,
        detections: Sequence[Detection],
        *,
        silent: bool = False,
        arrivals: Arrivals | None = None,
    ) -> None:
        self._prefilter = Prefilter(detections, silent=silent, times=arrivals is not None)
        self._evaluator = Evaluator(silent=silent)
        self._arrivals = arrivals
        self.totals = Totals()

    def scan(self, paths: Iterable[str]) -> Iterator[Evaluation | ReadError]:
        """Scan files, folders and ``-``. A file that cannot be opened is an error like others."""
        for path in paths:
            if path == STANDARD_INPUT:
                yield from self.read(sys.stdin.buffer, "standard input")
            elif is_folder(path):
                yield from self._scan_folder(path)
            else:
                yield from self._open(path)

    def read(self, stream: BinaryIO | FileIO, file: str) -> Iterator[Evaluation | ReadError]:
        """Scan one stream. ``file`` is its name in evaluations and errors."""
        blocks = DecompressedBlocks(stream)
        return self._read(blocks, blocks, file, in_folder=False)

    def _scan_folder(self, folder: str) -> Iterator[Evaluation | ReadError]:
        totals = self.totals
        files, left_out, problems = totals.files, totals.left_out, totals.problems
        for entry in walk_folder(folder):
            # isinstance() with a union takes as long as the rest of this loop.
            if isinstance(entry, (str, UnidentifiedFile)):
                yield from self._open(entry, in_folder=True)
            elif isinstance(entry, SkippedFile):
                self._skip(entry.other_format)
            else:
                yield self._count(entry)
        if totals.files == files and totals.problems == problems:
            has_other_files = totals.left_out > left_out
            reason = NO_CLOUDTRAIL_FILES if has_other_files else EMPTY_FOLDER
            yield self._count(ReadError(folder, reason))

    def _open(
        self, entry: str | UnidentifiedFile, *, in_folder: bool = False
    ) -> Iterator[Evaluation | ReadError]:
        path = entry if isinstance(entry, str) else entry.path
        try:
            stream = FileIO(path)
        except OSError as error:
            yield self._count(ReadError(path, reason(error)))
            return
        with stream:
            blocks = DecompressedBlocks(stream)
            unread: Iterable[bytes] = blocks
            if isinstance(entry, UnidentifiedFile):
                rest = iter(blocks)
                head = next(rest, b"")
                if blocks.error is None and not may_contain_records(head):
                    self._skip(identify_text(head))
                    return
                unread = chain([head], rest)
            yield from self._read(blocks, unread, path, in_folder=in_folder)

    def _read(
        self, blocks: DecompressedBlocks, unread: Iterable[bytes], file: str, *, in_folder: bool
    ) -> Iterator[Evaluation | ReadError]:
        file_scan = FileScan(self._prefilter, file, blocks, self._evaluator, self._arrivals)
        self.totals.files += 1
        for chunk in read_chunks(unread):
            if chunk is EMPTY_FILE and blocks.error:
                break  # the file is not empty, but nothing in it could be decompressed
            for result in file_scan.scan_chunk(chunk):
                yield self._count(result)
        self.totals.records += file_scan.records
        if blocks.error:
            yield self._count(ReadError(file, blocks.error))
        only = file_scan.only_format
        if in_folder and only and only.is_expected_in_buckets and not blocks.error:
            self.totals.files -= 1
            self._skip(only)
        elif last := file_scan.finish():
            yield self._count(last)

    def _count(self, result: Evaluation | ReadError) -> Evaluation | ReadError:
        if isinstance(result, ReadError):
            self.totals.problems += 1
        elif result.outcome.name == "MATCH":
            self.totals.hits += 1
        elif result.outcome.name == "UNCERTAIN":
            self.totals.uncertain += 1
        return result

    def _skip(self, other_format: OtherFormat | None) -> None:
        self.totals.left_out += 1
        if other_format:
            counts = self.totals.left_out_kinds
            counts[other_format.name] = counts.get(other_format.name, 0) + 1
