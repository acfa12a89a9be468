"""
Records against detections.

In:    detections, once; files.
Out:   hits and problems as they are found; totals at the end.
Never: more of a file in memory than a few blocks, or a folder without records passed off as one
       in which nothing fires.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import FileIO
from itertools import chain
from typing import BinaryIO

from trailbell.cloudtrail.chunks import EMPTY, chunks, may_hold_records
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.file_scan import Reading
from trailbell.cloudtrail.files import STANDARD_INPUT, Doubtful, LeftOut, files, is_folder
from trailbell.cloudtrail.gunzip import Blocks
from trailbell.cloudtrail.other_formats import Foreign, named_text
from trailbell.cloudtrail.prefilter import Detection, Prefilter
from trailbell.cloudtrail.read_error import ReadError

EMPTY_FOLDER = "an empty folder: there is no CloudTrail file in it"
NO_FILE = "no CloudTrail file in this folder"


@dataclass(slots=True)
class Totals:
    """
    What was read so far; ``left_out`` are files of folders that are not for records, by name or
    content, and ``left_out_kinds`` says what those are that are known.
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
    Compiles the detections once; `scan` and `read` may then be called any number of times.

    With ``silent``, records that a detection stays silent on are told too, which is slow.
    """

    def __init__(self, detections: Sequence[Detection], *, silent: bool = False) -> None:
        self._dispatch = Prefilter(detections, silent=silent)
        self._silent = silent
        self.totals = Totals()

    def scan(self, paths: Iterable[str]) -> Iterator[Evaluation | ReadError]:
        """Files, folders, ``-``. What cannot be opened is a problem like any other."""
        for path in paths:
            if path == STANDARD_INPUT:
                yield from self.read(sys.stdin.buffer, "standard input")
            elif is_folder(path):
                yield from self._folder(path)
            else:
                yield from self._open(path)

    def read(self, stream: BinaryIO | FileIO, file: str) -> Iterator[Evaluation | ReadError]:
        """One file. ``file`` is what it is called in hits and problems."""
        blocks = Blocks(stream)
        return self._read(blocks, blocks, file, walked=False)

    def _folder(self, folder: str) -> Iterator[Evaluation | ReadError]:
        totals = self.totals
        files_before, left_before, problems = totals.files, totals.left_out, totals.problems
        for found in files(folder):
            if isinstance(found, (str, Doubtful)):  # a union takes as long as the rest of this loop
                yield from self._open(found, walked=True)
            elif isinstance(found, LeftOut):
                self._leave_out(found.kind)
            else:
                yield self._counted(found)
        if totals.files == files_before and totals.problems == problems:
            left = totals.left_out > left_before
            yield self._counted(ReadError(folder, NO_FILE if left else EMPTY_FOLDER))

    def _open(
        self, found: str | Doubtful, *, walked: bool = False
    ) -> Iterator[Evaluation | ReadError]:
        path = found if isinstance(found, str) else found.path
        try:
            stream = FileIO(path)
        except OSError as error:
            yield self._counted(ReadError(path, error.strerror or str(error)))
            return
        with stream:
            blocks = Blocks(stream)
            unread: Iterable[bytes] = blocks
            if isinstance(found, Doubtful):
                rest = iter(blocks)
                head = next(rest, b"")
                if blocks.fault is None and not may_hold_records(head):
                    self._leave_out(named_text(head))
                    return
                unread = chain([head], rest)
            yield from self._read(blocks, unread, path, walked=walked)

    def _read(
        self, blocks: Blocks, unread: Iterable[bytes], file: str, *, walked: bool
    ) -> Iterator[Evaluation | ReadError]:
        reading = Reading(self._dispatch, file, blocks, silent=self._silent)
        self.totals.files += 1
        for chunk in chunks(unread):
            if chunk is EMPTY and blocks.fault:
                break  # it is not empty: nothing of it could be unpacked
            for found in reading.chunk(chunk):
                yield self._counted(found)
        self.totals.records += reading.records
        if blocks.fault:
            yield self._counted(ReadError(file, blocks.fault))
        if reading.run is None:
            return
        only = reading.only
        if walked and only and only.is_beside and not blocks.fault:
            self.totals.files -= 1
            self._leave_out(only)
        else:
            yield self._counted(reading.rest(reading.run))

    def _counted(self, found: Evaluation | ReadError) -> Evaluation | ReadError:
        if isinstance(found, ReadError):
            self.totals.problems += 1
        elif found.outcome.name == "MATCH":
            self.totals.hits += 1
        elif found.outcome.name == "UNCERTAIN":
            self.totals.uncertain += 1
        return found

    def _leave_out(self, kind: Foreign | None) -> None:
        self.totals.left_out += 1
        if kind:
            kinds = self.totals.left_out_kinds
            kinds[kind.name] = kinds.get(kind.name, 0) + 1
