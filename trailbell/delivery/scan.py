"""
Records against detections.

In:    detections, once; files.
Out:   hits and problems as they are found; totals at the end.
Never: more of a file in memory than a few blocks, or a record decoded whole that cannot fire.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from typing import BinaryIO

import msgspec

from trailbell.delivery.chunks import EMPTY, Chunk, chunks
from trailbell.delivery.dispatch import Candidates, Detection, Dispatch
from trailbell.delivery.envelope import MOST_WITHIN, opened
from trailbell.delivery.files import STANDARD_INPUT, LeftOut, files
from trailbell.delivery.problem import Problem
from trailbell.delivery.salvage import NO_JSON, NO_RECORD, TOO_DEEP, Fault
from trailbell.delivery.unpack import Blocks
from trailbell.pattern import Outcome

NO_RECORDS = "no CloudTrail file: it has no Records"
NO_LIST = "no CloudTrail file: Records is not a list"

# An Insights event has neither eventSource nor eventName, but these:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insightDetails.html
_TELLING = frozenset(
    ("eventVersion", "eventTime", "eventID", "eventType", "eventName", "eventSource")
)


@dataclass(frozen=True, slots=True)
class Hit:
    """
    A detection that fires on a record, or that may (`Outcome.UNCERTAIN`, with the reason); or
    one that does not, if the scanner was asked for those as well.

    ``text`` is the record's own JSON; ``number`` is its place in the file, from 1.
    """

    detection: Detection
    outcome: Outcome
    file: str
    number: int
    text: bytes

    @property
    def record(self) -> dict[str, object]:
        """The text, decoded; what is no UTF-8 in it replaced."""
        decoded = msgspec.json.decode(self.text.decode(errors="replace"))
        return decoded if isinstance(decoded, dict) else {}


@dataclass(slots=True)
class Totals:
    """What was read so far; ``left_out`` are files of folders that are not for records by name."""

    files: int = 0
    records: int = 0
    hits: int = 0
    uncertain: int = 0
    problems: int = 0
    left_out: int = 0


class Scanner:
    """
    Compiles the detections once; `scan` and `read` may then be called any number of times.

    With ``silent``, records that a detection stays silent on are told too, which is slow.
    """

    def __init__(self, detections: Sequence[Detection], *, silent: bool = False) -> None:
        self._dispatch = Dispatch(detections, silent=silent)
        self._silent = silent
        self.totals = Totals()

    def scan(self, paths: Iterable[str]) -> Iterator[Hit | Problem]:
        """Files, folders, ``-``. What cannot be opened is a problem like any other."""
        for path in files(paths):
            if isinstance(path, LeftOut):
                self.totals.left_out += 1
            elif path == STANDARD_INPUT:
                yield from self.read(sys.stdin.buffer, "standard input")
            else:
                yield from self._open(path)

    def _open(self, path: str) -> Iterator[Hit | Problem]:
        try:
            stream = FileIO(path)
        except OSError as error:
            yield self._problem(path, error.strerror or str(error))
            return
        with stream:
            yield from self.read(stream, path)

    def read(self, stream: BinaryIO | FileIO, file: str) -> Iterator[Hit | Problem]:
        """One file. ``file`` is what it is called in hits and problems."""
        self.totals.files += 1
        blocks = Blocks(stream)
        reading = _Reading(self._dispatch, file, blocks, silent=self._silent)
        for chunk in chunks(blocks):
            if chunk is EMPTY and blocks.fault:
                break  # it is not empty: nothing of it could be unpacked
            for found in reading.chunk(chunk):
                yield self._counted(found)
        self.totals.records += reading.records
        if blocks.fault:
            yield self._problem(file, blocks.fault)

    def _counted(self, found: Hit | Problem) -> Hit | Problem:
        if isinstance(found, Problem):
            self.totals.problems += 1
        elif found.outcome.name == "MATCH":
            self.totals.hits += 1
        elif found.outcome.name == "UNCERTAIN":
            self.totals.uncertain += 1
        return found

    def _problem(self, place: str, reason: str) -> Problem:
        self.totals.problems += 1
        return Problem(place, reason)


class _Reading:
    """One file, and how far it has been read."""

    def __init__(self, dispatch: Dispatch, file: str, blocks: Blocks, *, silent: bool) -> None:
        self._silent = silent
        self._dispatch = dispatch
        self._file = file
        self._blocks = blocks
        self._place = 0  # of the last record, good or bad
        self._within = 0  # envelopes
        self.records = 0

    def chunk(self, chunk: Chunk | Fault) -> Iterator[Hit | Problem]:
        if isinstance(chunk, Fault):
            yield from self._fault(chunk)
            return
        try:
            found = self._possible(chunk)
        except (msgspec.ValidationError, AttributeError):
            found = None  # some member has a shape that CloudTrail does not give it
        except (msgspec.DecodeError, RecursionError):
            yield from self._saved(chunk)
            return
        yield from self._each(chunk) if found is None else self._look_up(found)

    def _possible(self, chunk: Chunk) -> list[tuple[int, bytes, Candidates]]:
        """
        Records that may fire something: their places, texts and candidates.

        Raises as `Members.keys` does; then no record is counted.
        """
        dispatch, first = self._dispatch, self._place + 1
        keys = dispatch.members.keys(chunk.array)
        possible = [(number, found) for number, key in enumerate(keys) if (found := dispatch[key])]
        texts = chunk.records() if possible else []
        self._place += len(keys)
        self.records += len(keys)
        return [(first + number, bytes(texts[number]), found) for number, found in possible]

    def _look_up(self, possible: list[tuple[int, bytes, Candidates]]) -> Iterator[Hit | Problem]:
        for number, text, found in possible:
            if found is self._dispatch.everything:
                yield from self._doubtful(text, number)
            else:
                yield from self._hits(text, number, found)

    def _each(self, chunk: Chunk) -> Iterator[Hit | Problem]:
        """Every record is looked at."""
        try:
            texts = chunk.records()
        except (msgspec.DecodeError, RecursionError):
            yield from self._saved(chunk)
        else:
            for text in texts:
                yield from self._next(bytes(text))

    def _saved(self, chunk: Chunk) -> Iterator[Hit | Problem]:
        for saved in chunk.saved():
            yield from self._fault(saved) if isinstance(saved, Fault) else self._next(saved)

    def _next(self, text: bytes) -> Iterator[Hit | Problem]:
        self._place += 1
        self.records += 1
        yield from self._doubtful(text, self._place)

    def _hits(self, text: bytes, number: int, candidates: Candidates) -> Iterator[Hit]:
        for candidate, decided in candidates:
            outcome = candidate.outcome(text, decided=decided)
            if self._silent or outcome.name != "NO_MATCH":
                yield Hit(candidate.detection, outcome, self._file, number, text)

    def _doubtful(self, text: bytes, number: int) -> Iterator[Hit | Problem]:
        """Something that may not be a record at all."""
        try:
            record = msgspec.json.decode(text)
        except RecursionError:
            yield self._bad(number, TOO_DEEP)
            return
        except msgspec.DecodeError:
            yield self._bad(number, NO_JSON)
            return
        if not isinstance(record, dict) or not _TELLING & record.keys():
            yield from self._no_record(text, record, number)
        else:
            yield from self._hits(text, number, self._dispatch.everything)

    def _no_record(self, text: bytes, value: object, number: int) -> Iterator[Hit | Problem]:
        """It may be what records come in: a line of JSON Lines can be a whole file."""
        inner = opened(text, value) if self._within < MOST_WITHIN else None
        if inner is not None:
            self.records -= 1
            self._place -= 1
            self._within += 1
            for one in inner:
                yield from self.chunk(one)
            self._within -= 1
        elif number == 1 and isinstance(value, dict):
            self.records -= 1
            yield Problem(self._file, NO_LIST if "Records" in value else NO_RECORDS)
        else:
            yield self._bad(number, NO_RECORD)

    def _fault(self, fault: Fault) -> Iterator[Problem]:
        if fault.is_cut and self._blocks.fault:
            return  # that is the reason, and will be told
        if fault.reason in (NO_JSON, TOO_DEEP, NO_RECORD):
            self._place += 1
            yield Problem(f"{self._file}, record {self._place}", fault.reason)
        else:
            yield Problem(self._file, fault.reason)

    def _bad(self, number: int, reason: str) -> Problem:
        self.records -= 1
        return Problem(f"{self._file}, record {number}", reason)
