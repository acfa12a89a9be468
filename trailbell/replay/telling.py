"""
What the notifications of an alarm tell of: each hit once.

In:    the hits that an alarm counts, and the evaluations in which it is in ALARM.
Out:   notifications, with the hits that they tell of and those that they mask.
Never: a hit in two notifications. The first that counts it tells of it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from trailbell.replay.hit import Hit
from trailbell.replay.model import Notification
from trailbell.replay.spans import Spans, reached


@dataclass(frozen=True)
class Counted:
    """Hits in the order of their delivery, with the first and the last data point that has each.

    ``firsts`` and ``lasts`` are in ascending order.
    """

    hits: Sequence[Hit]
    firsts: Sequence[int]
    lasts: Sequence[int]

    def breaching(self, threshold: int) -> Spans:
        """The data points with at least so many hits."""
        return reached(self.firsts, self.lasts, threshold)

    def between(self, first: int, last: int) -> range:
        """The indices of the hits that are in any data point from ``first`` to ``last``."""
        return range(bisect_left(self.lasts, first), bisect_right(self.firsts, last))


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Whose alarm it is, which data points an evaluation evaluates, and when it is.

    ``time_of`` is in seconds since 1970.
    """

    detection: str
    installation: str
    contributor: str
    evaluated: Callable[[int], Iterable[int]]
    time_of: Callable[[int], int]


def tell(alarm: Alarm, counted: Counted, in_alarm: Spans) -> tuple[Notification, ...]:
    """A notification for each span of evaluations in ALARM, in the order of time.

    A hit that an alarm counts, goes on to count, and counts again when it goes into ALARM the next
    time is told of by the first notification. A hit is masked if it is delivered while the alarm is
    in ALARM and no later notification counts it either.
    """
    is_told = bytearray(len(counted.hits))
    told: list[tuple[list[int], list[int]]] = []
    for first, _ in in_alarm:
        indices = {i for point in alarm.evaluated(first) for i in counted.between(point, point)}
        told.append((sorted(indices), [index for index in indices if not is_told[index]]))
        for index in indices:
            is_told[index] = True
    return tuple(
        _notification(alarm, counted, first, last, told[number], is_told)
        for number, (first, last) in enumerate(in_alarm)
    )


def _notification(
    alarm: Alarm,
    counted: Counted,
    first: int,
    last: int,
    told: tuple[list[int], list[int]],
    is_told: bytearray,
) -> Notification:
    hits, (all_told, newly_told) = counted.hits, told
    standing = range(bisect_right(counted.firsts, first), bisect_right(counted.firsts, last))
    masked = [hits[index] for index in standing if not is_told[index]]
    identities = tuple(dict.fromkeys(hits[index].identity for index in all_told))
    return Notification(
        detection=alarm.detection,
        installation=alarm.installation,
        contributor=alarm.contributor,
        first=min(hits[index].time for index in all_told),
        sent=alarm.time_of(first),
        until=alarm.time_of(last + 1),
        hits=len(newly_told),
        told=identities,
        masked=tuple(
            dict.fromkeys(hit.identity for hit in masked if hit.identity not in identities)
        ),
        masked_hits=len(masked),
    )
