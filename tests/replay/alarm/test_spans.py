"""Spans of numbers are sets of numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.replay.alarm.spans import Spans, intersect, merge, reached, shift, subtract

_PAIRS = st.lists(st.tuples(st.integers(-20, 60), st.integers(0, 12)), max_size=8).map(
    lambda pairs: sorted((first, first + length) for first, length in pairs)
)
_SPANS = _PAIRS.map(merge)


def _numbers(spans: Spans) -> set[int]:
    return {number for first, last in spans for number in range(first, last + 1)}


@pytest.mark.parametrize(
    ("pairs", "spans"),
    [
        pytest.param([], Spans([], []), id="nothing"),
        pytest.param([(1, 2), (4, 5)], Spans([1, 4], [2, 5]), id="apart"),
        pytest.param([(1, 2), (3, 5)], Spans([1], [5]), id="one begins after the other"),
        pytest.param([(1, 9), (3, 5)], Spans([1], [9]), id="one within the other"),
    ],
)
def test_spans_neither_overlap_nor_touch(pairs: list[tuple[int, int]], spans: Spans) -> None:
    assert merge(pairs) == spans


@given(_SPANS, _SPANS, st.integers(-25, 80))
def test_operations_are_those_of_sets(some: Spans, others: Spans, number: int) -> None:
    numbers, other_numbers = _numbers(some), _numbers(others)
    assert _numbers(intersect(some, others)) == numbers & other_numbers
    assert _numbers(subtract(some, others)) == numbers - other_numbers
    assert _numbers(shift(some, 7)) == {each + 7 for each in numbers}
    assert (number in some) == (number in numbers)
    assert len(some) == len([*some])


@given(_SPANS, st.integers(-25, 80), st.integers(0, 30))
def test_questions_about_a_range(spans: Spans, first: int, length: int) -> None:
    last, numbers = first + length, _numbers(spans)
    assert [*spans.touching(first, last)] == [
        (a, b) for a, b in spans if numbers & {*range(max(a, first), min(b, last) + 1)}
    ]
    assert {*spans.changes(first, last)} == {
        number
        for number in range(first, last + 1)
        if (number in numbers) != (number - 1 in numbers)
    }


@given(st.lists(st.integers(0, 40), max_size=10).map(sorted), st.integers(0, 6), st.integers(1, 4))
def test_a_threshold_is_reached_where_enough_are(
    firsts: list[int], length: int, threshold: int
) -> None:
    lasts = [first + length for first in firsts]
    assert _numbers(reached(firsts, lasts, threshold)) == {
        number
        for number in range(60)
        if sum(a <= number <= b for a, b in zip(firsts, lasts, strict=True)) >= threshold
    }
