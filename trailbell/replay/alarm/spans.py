"""
Spans of whole numbers: times that are counted in minutes, or in runs of a query.

In:    first and last numbers.
Out:   sorted spans that neither overlap nor touch, and fast questions about them.
Never: a number for each minute. Years of time are a few spans.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans from ``firsts`` to ``lasts``, both included, in ascending order."""

    firsts: Sequence[int] = ()
    lasts: Sequence[int] = ()

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.firsts, self.lasts, strict=True)

    def __len__(self) -> int:
        return len(self.firsts)

    def __contains__(self, number: int) -> bool:
        index = bisect_right(self.firsts, number) - 1
        return index >= 0 and number <= self.lasts[index]

    def changes(self, first: int, last: int) -> Iterator[int]:
        """The numbers from ``first`` to ``last`` at which a span begins, or has just ended."""
        for index in range(bisect_left(self.lasts, first - 1), len(self.lasts)):
            if self.firsts[index] > last:
                return
            if first <= self.firsts[index]:
                yield self.firsts[index]
            if self.lasts[index] < last:
                yield self.lasts[index] + 1

    def touching(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The spans that have a number from ``first`` to ``last``."""
        start, end = bisect_left(self.lasts, first), bisect_right(self.firsts, last)
        return zip(self.firsts[start:end], self.lasts[start:end], strict=True)


def merge(pairs: Iterable[tuple[int, int]]) -> Spans:
    """The spans of these pairs of first and last, which are in ascending order of the first."""
    firsts: list[int] = []
    lasts: list[int] = []
    newest: int | None = None
    for first, last in pairs:
        if newest is None or first > newest + 1:
            firsts.append(first)
            lasts.append(last)
            newest = last
        elif last > newest:
            lasts[-1] = newest = last
    return Spans(firsts, lasts)


def reached(firsts: Sequence[int], lasts: Sequence[int], threshold: int) -> Spans:
    """The numbers at which at least ``threshold`` of the pairs of first and last are there.

    Both are in ascending order.
    """
    pairs = zip(firsts[threshold - 1 :], lasts, strict=False)
    return merge((first, last) for first, last in pairs if first <= last)


def shift(spans: Spans, by: int) -> Spans:
    """The spans that begin and end so much later."""
    return Spans([first + by for first in spans.firsts], [last + by for last in spans.lasts])


def subtract(some: Spans, others: Spans) -> Spans:
    """The numbers of the first that are not in the second."""
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in some:
        rest = first
        for other_first, other_last in others.touching(first, last):
            if rest < other_first:
                firsts.append(rest)
                lasts.append(other_first - 1)
            rest = other_last + 1
        if rest <= last:
            firsts.append(rest)
            lasts.append(last)
    return Spans(firsts, lasts)


def intersect(some: Spans, others: Spans) -> Spans:
    """The numbers that are in both."""
    return merge(
        (max(first, other_first), min(last, other_last))
        for first, last in some
        for other_first, other_last in others.touching(first, last)
    )
