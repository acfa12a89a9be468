"""
One file against the detections.

In:    chunks of the file.
Out:   evaluations and errors, in the order of the file.
Never: a decoded record that no detection can match, or something else counted as a record.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from trailbell.cloudtrail.arrivals import Arrivals
from trailbell.cloudtrail.chunk import Chunk
from trailbell.cloudtrail.chunks import NOT_RECORDS
from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.envelope import MAX_ENVELOPE_DEPTH, is_record, unwrap
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.evaluator import Evaluator
from trailbell.cloudtrail.gunzip import DecompressedBlocks
from trailbell.cloudtrail.key_fields import Fields
from trailbell.cloudtrail.other_formats import OtherFormat, identify
from trailbell.cloudtrail.prefilter import NOTHING, Candidates, Prefilter
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.recovery import NOT_A_RECORD, NOT_JSON, TOO_DEEP, RecordError
from trailbell.cloudtrail.required_text import has_escapes

NO_RECORDS = "not a CloudTrail file: it has no Records"
NO_LIST = "not a CloudTrail file: Records is not a list"


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive elements of one other format, which are reported as one error."""

    other_format: OtherFormat
    first: int
    last: int

    def __str__(self) -> str:
        if self.first == self.last:
            return f"record {self.first}"
        return f"records {self.first} to {self.last}"


class FileScan:
    """
    The scan of one file. Call `scan_chunk` for each chunk, then `finish`.

    A chunk takes one of two ways:

    * Fast: the prefilter reads the key fields of all records at once. Only those records are
      evaluated that some detection can match.
    * Thorough: if the chunk is damaged, or if an element may be something other than a record,
      each element is decoded and checked.

    An element that is not a record may be an envelope, such as an SQS message. Its content is
    chunks again, which are passed to `scan_chunk`: an SQS message that contains an SNS notification
    that contains a log file is three levels of this recursion, which ends after
    `MAX_ENVELOPE_DEPTH` levels. All levels share one counter of elements, so that an error has the
    number of the element in the file.
    """

    def __init__(
        self,
        prefilter: Prefilter,
        file: str,
        blocks: DecompressedBlocks,
        evaluator: Evaluator,
        arrivals: Arrivals | None = None,
    ) -> None:
        self._prefilter = prefilter
        self._evaluator = evaluator
        self._arrivals = arrivals
        self._file = file
        self._blocks = blocks
        self._number = 0  # of the last element, record or not
        self._depth = 0  # of envelopes
        self._envelope: OtherFormat | None = None  # the innermost envelope of a known format
        self._run: _Run | None = None  # not reported yet, because it may continue
        self._has_reported = False  # an error other than the run
        self.records = 0

    def scan_chunk(self, chunk: Chunk | RecordError) -> Iterator[Evaluation | ReadError]:
        """Evaluate the records of a chunk, or report the error in its place."""
        if isinstance(chunk, RecordError):
            yield from self._report(chunk)
            return
        try:
            candidates = self._find_candidates(chunk)
        except (msgspec.ValidationError, AttributeError, UnicodeDecodeError):
            candidates = None  # the type of some field is not the one in CloudTrail's records
        except (msgspec.DecodeError, RecursionError):
            yield from self._check_all(chunk.recovered())
            return
        if candidates is None:
            yield from self._scan_thoroughly(chunk)
        else:
            yield from self._evaluate_candidates(candidates)

    @property
    def only_format(self) -> OtherFormat | None:
        """The other format of the whole file, if it contains nothing else."""
        if self._run and not self._has_reported and not self.records:
            return self._run.other_format
        return None

    def finish(self) -> ReadError | None:
        """The error that is not reported yet at the end of the file."""
        if self._run is None:
            return None
        if self.only_format:
            return ReadError(self._file, str(self.only_format))
        return self._run_error(self._run)

    # ------------------------------------------------------------ fast

    def _find_candidates(self, chunk: Chunk) -> list[tuple[int, bytes, Candidates]] | None:
        """
        Find the records that some detection can match: number, text and candidates of each.

        Returns `None` if an element may not be a record: the numbers of the others are then not
        known yet. Raises what `KeyFields.keys` raises. In both cases no record is counted.
        """
        first = self._number + 1
        records = self._prefilter.key_fields.decode(chunk.array)
        possible = find_possible(self._prefilter, records)
        if possible is None:
            return None
        if len(possible) > len(records) // 2:
            possible = _without_impossible(possible, chunk.array)
        texts = chunk.records() if possible else []
        self._number += len(records)
        self.records += len(records)
        if self._arrivals:
            self._arrivals.add_fields(self._prefilter.key_fields, records)
        return [(first + index, bytes(texts[index]), candidates) for index, candidates in possible]

    def _evaluate_candidates(
        self, possible: list[tuple[int, bytes, Candidates]]
    ) -> Iterator[Evaluation | ReadError]:
        for number, text, candidates in possible:
            for result in self._evaluator.evaluate(text, self._file, number, candidates):
                self._has_reported = self._has_reported or isinstance(result, ReadError)
                yield result

    # ------------------------------------------------------------ thorough

    def _scan_thoroughly(self, chunk: Chunk) -> Iterator[Evaluation | ReadError]:
        try:
            records = chunk.records()
        except (msgspec.DecodeError, RecursionError):
            yield from self._check_all(chunk.recovered())
        else:
            yield from self._check_all(map(bytes, records))

    def _check_all(
        self, elements: Iterable[bytes | RecordError]
    ) -> Iterator[Evaluation | ReadError]:
        for element in elements:
            if isinstance(element, RecordError):
                yield from self._report(element)
            else:
                yield from self._check_and_evaluate(element)

    def _check_and_evaluate(self, text: bytes) -> Iterator[Evaluation | ReadError]:
        """Evaluate an element if it is a record; otherwise open or report it."""
        try:
            decoded = decode(text)
        except RecursionError:
            yield self._next_error(TOO_DEEP)
            return
        except msgspec.DecodeError:
            yield self._next_error(NOT_JSON)
            return
        if not is_record(decoded.value):
            yield from self._scan_other(text, decoded.value)
            return
        self._number += 1
        self.records += 1
        if decoded.damage:
            yield self._error_at(self._number, decoded.damage)
        if self._arrivals and isinstance(decoded.value, dict):
            self._arrivals.add_record(decoded.value)
        yield from self._evaluator.evaluate_checked(
            text, self._file, self._number, self._prefilter.all_candidates
        )

    def _scan_other(self, text: bytes, value: object) -> Iterator[Evaluation | ReadError]:
        """Open an element that is an envelope (a line may be a whole file); report any other."""
        content = unwrap(text, value) if self._depth < MAX_ENVELOPE_DEPTH else None
        other_format = identify(value) or self._envelope
        if content is not None:
            outer, self._envelope = self._envelope, other_format
            self._depth += 1
            for chunk in content:
                yield from self.scan_chunk(chunk)
            self._depth -= 1
            self._envelope = outer
        elif other_format:
            yield from self._report_other_format(other_format)
        elif self._number == 0 and isinstance(value, dict) and not self._depth:
            self._number += 1
            yield self._error(self._file, NO_LIST if "Records" in value else NO_RECORDS)
        else:
            yield self._next_error(NOT_A_RECORD)

    # ------------------------------------------------------------ errors

    def _report(self, error: RecordError) -> Iterator[ReadError]:
        if error.is_truncated and self._blocks.error:
            return  # the error of the file is the reason and is reported at the end
        other_format = error.other_format
        if not other_format and error.reason in (NOT_A_RECORD, NOT_RECORDS.reason):
            other_format = self._envelope
        if other_format:
            yield from self._report_other_format(other_format)
        elif error.is_about_previous:
            yield self._error_at(self._number, error.reason)
        elif self._depth or error.reason in (NOT_JSON, TOO_DEEP, NOT_A_RECORD):
            yield self._next_error(error.reason)
        else:
            yield self._error(self._file, error.reason)

    def _report_other_format(self, other_format: OtherFormat) -> Iterator[ReadError]:
        """Count an element into the current run; report that run if the element ends it."""
        self._number += 1
        run = self._run
        if run and run.other_format == other_format and run.last == self._number - 1:
            self._run = replace(run, last=self._number)
            return
        if run:
            yield self._run_error(run)
        self._run = _Run(other_format, self._number, self._number)

    def _next_error(self, reason: str) -> ReadError:
        """The error of the next element, which is counted."""
        self._number += 1
        return self._error_at(self._number, reason)

    def _error_at(self, number: int, reason: str) -> ReadError:
        return self._error(f"{self._file}, record {number}", reason)

    def _run_error(self, run: _Run) -> ReadError:
        return self._error(f"{self._file}, {run}", str(run.other_format))

    def _error(self, place: str, reason: str) -> ReadError:
        self._has_reported = True
        return ReadError(place, reason)


def find_possible(
    prefilter: Prefilter, records: Sequence[Fields]
) -> list[tuple[int, Candidates]] | None:
    """
    Find the records that some detection can match, by their decoded fields: index and candidates.

    Returns `None` if an element may not be a record. Raises `AttributeError` for null instead of
    an object.
    """
    all_candidates = prefilter.all_candidates
    keys = map(prefilter.key_fields.key, records)
    possible = []
    for index, candidates in enumerate(map(prefilter.__getitem__, keys)):
        if candidates:
            test = candidates.test
            if test is None or test(records[index]):
                if candidates is all_candidates:
                    return None
                possible.append((index, candidates))
    return possible


def _without_impossible(
    possible: list[tuple[int, Candidates]], array: bytes
) -> list[tuple[int, Candidates]]:
    """The records without those whose only candidate requires a text that no record has.

    A detection about events of any name is the only candidate of most, and its text is rare.
    """
    by_id = {id(candidates): candidates for _, candidates in possible if len(candidates) == 1}
    required = {candidates[0].required for candidates in by_id.values()} - {NOTHING}
    absent = {each for each in required if not each.is_in(array)}
    if not absent or has_escapes(array):
        return possible
    impossible = {number for number, (only,) in by_id.items() if only.required in absent}
    return [pair for pair in possible if id(pair[1]) not in impossible]
