"""
Files against the detections.

In:    detections, once; files and folders.
Out:   evaluations and errors as they occur; totals at the end.
Never: more of a file in memory than a few blocks, or a folder without records that looks like one
       in which no detection fires.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO, FileIO
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
from trailbell.cloudtrail.small_files import (
    MAX_BYTES,
    SmallFiles,
    is_delivered,
    scan_small_files,
)
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

    def add(self, others: "Totals") -> None:
        """Add the counts of others."""
        self.files += others.files
        self.records += others.records
        self.hits += others.hits
        self.uncertain += others.uncertain
        self.problems += others.problems
        self.left_out += others.left_out
        for name, count in others.left_out_kinds.items():
            self.left_out_kinds[name] = self.left_out_kinds.get(name, 0) + count


Entry = str | UnidentifiedFile | SkippedFile | ReadError
OpenEntry = Callable[[str], BinaryIO | FileIO | ReadError]


def open_file(path: str) -> FileIO | ReadError:
    """Open a file."""
    try:
        return FileIO(path)
    except OSError as error:
        return ReadError(path, reason(error))


def nothing_to_read(folder: str, *, left_out: bool) -> ReadError:
    """The error of a folder without a file to read. ``left_out``: it has other files."""
    return ReadError(folder, NO_CLOUDTRAIL_FILES if left_out else EMPTY_FOLDER)


def ignore_progress(_: Totals) -> None:
    """Report nothing."""


class Scanner:
    """
    Compiles the detections once; `scan` and `read` can then be called any number of times.

    With ``silent``, also yields the records on which a detection does not fire, which is slow.
    ``arrivals`` counts the times of all records. ``on_progress`` is called after some hundred
    records each.
    """

    def __init__(
        self,
        detections: Sequence[Detection],
        *,
        silent: bool = False,
        arrivals: Arrivals | None = None,
        on_progress: Callable[[Totals], None] = ignore_progress,
    ) -> None:
        self._prefilter = Prefilter(detections, silent=silent, times=arrivals is not None)
        self._evaluator = Evaluator(silent=silent)
        self._arrivals = arrivals
        self.on_progress = on_progress
        self.totals = Totals()

    def scan(self, paths: Iterable[str]) -> Iterator[Evaluation | ReadError]:
        """Scan files, folders and ``-``. A file that cannot be opened is an error like others."""
        for path in paths:
            if path == STANDARD_INPUT:
                yield from self.read(sys.stdin.buffer, "standard input")
            elif is_folder(path):
                yield from self._scan_folder(path)
            else:
                yield from self.scan_entries([path], in_folder=False)

    def read(self, stream: BinaryIO | FileIO, file: str) -> Iterator[Evaluation | ReadError]:
        """Scan one stream. ``file`` is its name in evaluations and errors."""
        blocks = DecompressedBlocks(stream)
        return self._read(blocks, blocks, file, in_folder=False)

    def scan_entries(
        self,
        entries: Iterable[Entry],
        *,
        in_folder: bool = True,
        open_entry: OpenEntry = open_file,
    ) -> Iterator[Evaluation | ReadError]:
        """Scan files as `walk_folder` yields them. Consecutive small files are scanned together.

        ``open_entry`` opens a file by its path.
        """
        small = SmallFiles()
        for entry in entries:
            # isinstance() with a union takes as long as the rest of this loop.
            if isinstance(entry, SkippedFile):
                self._skip(entry.other_format)
                continue
            if isinstance(entry, ReadError):
                yield from self._scan_small_files(small)
                yield self._count(entry)
                continue
            stream = open_entry(entry if isinstance(entry, str) else entry.path)
            if isinstance(stream, ReadError):
                yield from self._scan_small_files(small)
                yield self._count(stream)
                continue
            with stream:
                blocks = DecompressedBlocks(stream)
                is_small = isinstance(entry, str) and not self._evaluator.silent
                content = blocks.small_content() if is_small else None
                if content is not None and is_delivered(content):
                    small.add(str(entry), content)
                    if small.size >= MAX_BYTES:
                        yield from self._scan_small_files(small)
                    continue
                yield from self._scan_small_files(small)
                yield from self._scan_entry(entry, blocks, in_folder=in_folder)
        yield from self._scan_small_files(small)

    def _scan_folder(self, folder: str) -> Iterator[Evaluation | ReadError]:
        totals = self.totals
        files, left_out, problems = totals.files, totals.left_out, totals.problems
        yield from self.scan_entries(walk_folder(folder))
        if totals.files == files and totals.problems == problems:
            yield self._count(nothing_to_read(folder, left_out=totals.left_out > left_out))

    def _scan_small_files(self, small: SmallFiles) -> Iterator[Evaluation | ReadError]:
        """Scan files that go together, and forget them."""
        names, contents = small.names, small.contents
        small.names, small.contents, small.size = [], [], 0
        files = SmallFiles(names, contents)
        scan = scan_small_files(self._prefilter, files, self._arrivals) if names else None
        if scan:
            self.totals.files += len(names)
            self.totals.records += scan.records
            self.on_progress(self.totals)
            for result in scan.results(self._evaluator):
                yield self._count(result)
            return
        for name, content in zip(names, contents, strict=True):
            blocks = DecompressedBlocks(BytesIO(content))
            yield from self._read(blocks, blocks, name, in_folder=True)

    def _scan_entry(
        self, entry: str | UnidentifiedFile, blocks: DecompressedBlocks, *, in_folder: bool
    ) -> Iterator[Evaluation | ReadError]:
        if isinstance(entry, str):
            yield from self._read(blocks, blocks, entry, in_folder=in_folder)
            return
        rest = iter(blocks)
        head = next(rest, b"")
        if blocks.error is None and not may_contain_records(head):
            self._skip(identify_text(head))
            return
        yield from self._read(blocks, chain([head], rest), entry.path, in_folder=in_folder)

    def _read(
        self, blocks: DecompressedBlocks, unread: Iterable[bytes], file: str, *, in_folder: bool
    ) -> Iterator[Evaluation | ReadError]:
        file_scan = FileScan(self._prefilter, file, blocks, self._evaluator, self._arrivals)
        self.totals.files += 1
        before = self.totals.records
        for chunk in read_chunks(unread):
            if chunk is EMPTY_FILE and blocks.error:
                break  # the file is not empty, but nothing in it could be decompressed
            for result in file_scan.scan_chunk(chunk):
                yield self._count(result)
            self.totals.records = before + file_scan.records
            self.on_progress(self.totals)
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
