"""
Many small files at once, as CloudTrail delivers them.

In:    the contents of files, each of them ``{"Records":[...]}`` and nothing else.
Out:   evaluations, in the order of the files and their records.
Never: a file that is not exactly like that. It is scanned on its own, which takes longer and
       reports what is wrong.

Half of the time of a scan of such files was spent on calls, because a file has a dozen records.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from trailbell.cloudtrail.arrivals import Arrivals
from trailbell.cloudtrail.chunk import raw_records
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.evaluator import Evaluator
from trailbell.cloudtrail.file_scan import find_possible
from trailbell.cloudtrail.prefilter import Candidates, Prefilter
from trailbell.cloudtrail.read_error import ReadError

_START, _END = b'{"Records":[', b"]}"

MAX_BYTES = 1 << 18
"""Bytes of files that are scanned at once. The caches of a processor hold so many."""


def is_delivered(content: bytes) -> bool:
    """Whether a file looks as CloudTrail delivers it."""
    return content.startswith(_START) and content.endswith(_END)


@dataclass(slots=True)
class SmallFiles:
    """Contents of files that are `is_delivered`, with the names of the files in results."""

    names: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, name: str, content: bytes) -> None:
        """Add a file."""
        self.names.append(name)
        self.contents.append(content)
        self.size += len(content)


@dataclass(frozen=True, slots=True)
class SmallFilesScan:
    """The records of small files, of which ``possible`` are those that some detection can match."""

    records: int
    _files: SmallFiles
    _starts: list[int]
    _possible: list[tuple[int, Candidates]]

    def results(self, evaluator: Evaluator) -> Iterator[Evaluation | ReadError]:
        """Evaluate the records. Each has the number that it has in its file."""
        file, start, end, texts = -1, 0, 0, []
        for index, candidates in self._possible:
            if index >= end:
                while index >= self._starts[file + 1]:
                    file += 1
                start, end = self._starts[file], self._starts[file + 1]
                texts = raw_records(_array(self._files.contents[file]))
            number = index - start
            yield from evaluator.evaluate(
                bytes(texts[number]), self._files.names[file], number + 1, candidates
            )


def _array(content: bytes) -> bytes:
    return content[len(_START) - 1 : -1]


def scan_small_files(
    prefilter: Prefilter, files: SmallFiles, arrivals: Arrivals | None
) -> SmallFilesScan | None:
    """Scan files at once; `None` if one of them contains anything but intact records."""
    key_fields = prefilter.key_fields
    try:
        by_file = key_fields.decode_several(map(_array, files.contents))
        records = list(chain.from_iterable(by_file))
        possible = find_possible(prefilter, records)
    except (msgspec.DecodeError, AttributeError, UnicodeDecodeError, RecursionError):
        return None
    if possible is None:
        return None
    if arrivals:
        arrivals.add_fields(key_fields, records)
    starts = [0]
    for some in by_file:
        starts.append(starts[-1] + len(some))
    return SmallFilesScan(len(records), files, starts, possible)
