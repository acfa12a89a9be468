"""
The notifications of an alarm, and which hits they count: each hit once.

In:    the hits that an alarm counts, and the evaluations in which it is in ALARM.
Out:   notifications, with the hits that they count and those that they mask.
Never: a hit in the numbers of two notifications. It is in that of the first.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from trailbell.replay.alarm.spans import Spans, reached
from trailbell.replay.hit import Hit
from trailbell.replay.model import Notification


@dataclass(frozen=True, slots=True)
class Counted:
    """The first and the last data point that counts each hit, in the order of their delivery.

    Both are in ascending order. A hit whose first is after its last is in none.
    """

    firsts: Sequence[int]
    lasts: Sequence[int]

    def breaching(self, threshold: int) -> Spans:
        """The data points with at least so many hits."""
        return reached(self.firsts, self.lasts, threshold)

    def in_point(self, point: int) -> range:
        """The indices of the hits that a data point counts."""
        return range(bisect_left(self.lasts, point), bisect_right(self.firsts, point))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """
    An alarm that was evaluated, or one contributor of it.

    ``in_alarm`` are the evaluations in ALARM. ``points`` are the data points that count in an
    evaluation, ``time_of`` is its time in seconds since 1970.
    """

    counted: Counted
    in_alarm: Spans
    points: Callable[[int], Iterable[int]]
    time_of: Callable[[int], int]


def notify(
    detection: str, installation: str, contributor: str, hits: Sequence[Hit], alarm: Evaluated
) -> Iterator[Notification]:
    """A notification for each span of evaluations in ALARM, in the order of time.

    ``hits`` are those of ``counted``, in the same order. An alarm that leaves ALARM and soon goes
    into it again can count a hit again: if data points are missing, it "may repeatedly re-evaluate
    the last set of data points", and notify again. A hit is masked if it is delivered while the
    alarm is in ALARM, unless the next notification counts it.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    counted, is_told = alarm.counted, bytearray(len(hits))
    told: list[tuple[list[int], int]] = []
    for first, _ in alarm.in_alarm:
        counts = {index for point in alarm.points(first) for index in counted.in_point(point)}
        told.append((sorted(counts), sum(not is_told[index] for index in counts)))
        for index in counts:
            is_told[index] = True
    for (first, last), (counts_in_order, number) in zip(alarm.in_alarm, told, strict=True):
        standing = range(bisect_right(counted.firsts, first), bisect_right(counted.firsts, last))
        masked = [hits[index] for index in standing if not is_told[index]]
        identities = dict.fromkeys(hits[index].identity for index in counts_in_order)
        others = dict.fromkeys(hit.identity for hit in masked)
        yield Notification(
            detection=detection,
            installation=installation,
            contributor=contributor,
            first=min(hits[index].time for index in counts_in_order),
            sent=alarm.time_of(first),
            until=alarm.time_of(last + 1),
            hits=number,
            told=tuple(identities),
            masked=tuple(other for other in others if other not in identities),
            masked_hits=len(masked),
        )


def reported(hits: Sequence[Hit], alarm: Evaluated) -> Iterator[Hit]:
    """The hits that a notification counts. ``hits`` are those of ``counted``, in the same order."""
    counted = {
        index
        for first, _ in alarm.in_alarm
        for point in alarm.points(first)
        for index in alarm.counted.in_point(point)
    }
    return (hit for index, hit in enumerate(hits) if index in counted)
