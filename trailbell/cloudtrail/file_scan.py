"""
One file against detections.

In:    chunks of the file.
Out:   hits and problems, in the order of the file.
Never: a record decoded whole that cannot fire, or something else counted as a record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from trailbell.cloudtrail.chunk import Chunk
from trailbell.cloudtrail.chunks import NOT_RECORDS
from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.envelope import MOST_WITHIN, is_record, unwrap
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.gunzip import Blocks
from trailbell.cloudtrail.other_formats import Foreign, named
from trailbell.cloudtrail.prefilter import Candidates, Prefilter
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.recovery import NO_JSON, NO_RECORD, TOO_DEEP, RecordError

NO_RECORDS = "no CloudTrail file: it has no Records"
NO_LIST = "no CloudTrail file: Records is not a list"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbors of one kind, none of them a record: told once."""

    kind: Foreign
    first: int
    last: int

    def __str__(self) -> str:
        if self.first == self.last:
            return f"record {self.first}"
        return f"records {self.first} to {self.last}"


class Reading:
    """How far a file has been read. Where there is a `run` at its end, `rest` tells it."""

    def __init__(self, dispatch: Prefilter, file: str, blocks: Blocks, *, silent: bool) -> None:
        self._silent = silent
        self._dispatch = dispatch
        self._file = file
        self._blocks = blocks
        self._place = 0  # of the last record, good or bad
        self._within = 0  # envelopes
        self._kind: Foreign | None = None  # of the innermost envelope that has a name
        self.run: Run | None = None  # not told yet, because it may go on
        self._told = False  # something that is not in the run
        self.records = 0

    def chunk(self, chunk: Chunk | RecordError) -> Iterator[Evaluation | ReadError]:
        if isinstance(chunk, RecordError):
            yield from self._fault(chunk)
            return
        try:
            found = self._possible(chunk)
        except (msgspec.ValidationError, AttributeError, UnicodeDecodeError):
            found = None  # some member has a shape that CloudTrail does not give it
        except (msgspec.DecodeError, RecursionError):
            yield from self._saved(chunk)
            return
        yield from self._each(chunk) if found is None else self._look_up(found)

    @property
    def only(self) -> Foreign | None:
        """What the whole file is, if it is one thing and holds no record."""
        return self.run.kind if self.run and not self._told and not self.records else None

    def rest(self, run: Run) -> ReadError:
        """The problem that ``run`` is, at the end of the file."""
        if self.only:
            return ReadError(self._file, str(run.kind))
        return self._problem(f"{self._file}, {run}", str(run.kind))

    def _possible(self, chunk: Chunk) -> list[tuple[int, bytes, Candidates]] | None:
        """
        Records that may fire something: their places, texts and candidates; `None` if some may be
        no records, so that their places are not known yet.

        Raises as `KeyFields.keys` does. Then, as with `None`, no record is counted.
        """
        dispatch, first = self._dispatch, self._place + 1
        keys = dispatch.members.keys(chunk.array)
        possible = [(number, found) for number, key in enumerate(keys) if (found := dispatch[key])]
        for _, found in possible:
            if found is dispatch.everything:
                return None
        texts = chunk.records() if possible else []
        self._place += len(keys)
        self.records += len(keys)
        return [(first + number, bytes(texts[number]), found) for number, found in possible]

    def _look_up(
        self, possible: list[tuple[int, bytes, Candidates]]
    ) -> Iterator[Evaluation | ReadError]:
        for number, text, found in possible:
            if text.isascii():
                yield from self._hits(text, number, found)
            else:
                yield from self._hits_beyond_ascii(text, number, found)

    def _hits_beyond_ascii(
        self, text: bytes, number: int, found: Candidates
    ) -> Iterator[Evaluation | ReadError]:
        """What is no UTF-8 in members that no detection asks for was passed over until here."""
        hits = list(self._hits(text, number, found))
        if hits and (damage := decode(text).damage):
            yield self._problem(f"{self._file}, record {number}", damage)
        yield from hits

    def _each(self, chunk: Chunk) -> Iterator[Evaluation | ReadError]:
        """Every record is looked at."""
        try:
            texts = chunk.records()
        except (msgspec.DecodeError, RecursionError):
            yield from self._saved(chunk)
        else:
            for text in texts:
                yield from self._next(bytes(text))

    def _saved(self, chunk: Chunk) -> Iterator[Evaluation | ReadError]:
        for saved in chunk.saved():
            yield from self._fault(saved) if isinstance(saved, RecordError) else self._next(saved)

    def _hits(self, text: bytes, number: int, candidates: Candidates) -> Iterator[Evaluation]:
        for candidate, decided in candidates:
            outcome = candidate.outcome(text, decided=decided)
            if self._silent or outcome.name != "NO_MATCH":
                yield Evaluation(candidate.detection, outcome, self._file, number, text)

    def _next(self, text: bytes) -> Iterator[Evaluation | ReadError]:
        """Something that may not be a record at all."""
        try:
            decoded = decode(text)
        except RecursionError:
            yield from self._bad(TOO_DEEP)
            return
        except msgspec.DecodeError:
            yield from self._bad(NO_JSON)
            return
        if not is_record(decoded.value):
            yield from self._no_record(text, decoded.value)
            return
        self._place += 1
        self.records += 1
        if decoded.damage:
            yield self._problem(f"{self._file}, record {self._place}", decoded.damage)
        yield from self._hits(text, self._place, self._dispatch.everything)

    def _no_record(self, text: bytes, value: object) -> Iterator[Evaluation | ReadError]:
        """It may be what records come in: a line of JSON Lines can be a whole file."""
        inner = unwrap(text, value) if self._within < MOST_WITHIN else None
        kind = named(value) or self._kind
        if inner is not None:
            outer, self._kind = self._kind, kind
            self._within += 1
            for one in inner:
                yield from self.chunk(one)
            self._within -= 1
            self._kind = outer
        elif kind:
            yield from self._foreign(kind)
        elif self._place == 0 and isinstance(value, dict) and not self._within:
            self._place += 1
            yield self._problem(self._file, NO_LIST if "Records" in value else NO_RECORDS)
        else:
            yield from self._bad(NO_RECORD)

    def _fault(self, fault: RecordError) -> Iterator[ReadError]:
        if fault.is_cut and self._blocks.fault:
            return  # that is the reason, and will be told
        kind = fault.foreign
        if not kind and fault.reason in (NO_RECORD, NOT_RECORDS.reason):
            kind = self._kind
        if kind:
            yield from self._foreign(kind)
        elif fault.is_remark:
            yield self._problem(f"{self._file}, record {self._place}", fault.reason)
        elif self._within or fault.reason in (NO_JSON, TOO_DEEP, NO_RECORD):
            yield from self._bad(fault.reason)
        else:
            yield self._problem(self._file, fault.reason)

    def _bad(self, reason: str) -> Iterator[ReadError]:
        self._place += 1
        yield self._problem(f"{self._file}, record {self._place}", reason)

    def _problem(self, place: str, reason: str) -> ReadError:
        self._told = True
        return ReadError(place, reason)

    def _foreign(self, kind: Foreign) -> Iterator[ReadError]:
        self._place += 1
        run = self.run
        if run and run.kind == kind and run.last == self._place - 1:
            self.run = replace(run, last=self._place)
            return
        if run:
            yield self._problem(f"{self._file}, {run}", str(run.kind))
        self.run = Run(kind, self._place, self._place)
