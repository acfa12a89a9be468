"""Compiled selectors select what the reference selects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pattern.strategies import NAMES, JsonValue
from trailbell.pattern import selection
from trailbell.pattern.ast import AnyElement, AnyMember, Index, Member, Selector, Step
from trailbell.pattern.record import select

_NAMES = st.sampled_from(NAMES[:3])
_STEPS: st.SearchStrategy[Step] = st.one_of(
    _NAMES.map(Member), st.integers(0, 2).map(Index), st.just(AnyElement()), st.just(AnyMember())
)
_VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.sampled_from((None, True, 1, "text")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("steps", "value", "selected"),
    [
        pytest.param((AnyElement(),), {"a": 1}, ([], True), id="an object has no elements"),
        pytest.param((AnyMember(),), [1], ([], True), id="a list has no members"),
        pytest.param((AnyElement(),), [], ([], False), id="an empty list misses nothing"),
        pytest.param(
            (AnyElement(), Member("a")), [{"a": 1}, 2], ([1], True), id="one branch misses it"
        ),
        pytest.param(
            (AnyMember(), AnyElement()), {"a": [], "b": [1]}, ([1], False), id="a list in each"
        ),
        pytest.param((Member("a"), Index(1)), {"a": [1, 2]}, ([2], False), id="an index"),
    ],
)
def test_what_is_selected(
    steps: tuple[Step, ...], value: object, selected: tuple[list[object], bool]
) -> None:
    assert selection.of_several(steps)(value) == selected


@given(st.lists(_STEPS, min_size=1, max_size=4), _VALUES)
def test_it_is_what_the_reference_selects(steps: list[Step], value: JsonValue) -> None:
    nodes, some_missing = selection.of_several(tuple(steps))(value)
    expected = select(value, Selector(tuple(steps)))
    assert (tuple(nodes), some_missing or not nodes) == (expected.nodes, expected.some_missing)
