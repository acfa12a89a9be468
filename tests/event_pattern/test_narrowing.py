"""Which events a changed event pattern no longer matches."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ministack.services import eventbridge as referee

from trailbell.event_pattern.narrowing import find_unmatched

Pattern = dict[str, Any]


def _name(*values: Any) -> Pattern:
    return {"detail": {"eventName": list(values)}}


_NOT_COMPARED = "May match fewer events; the event patterns could not be compared."
_ALL = {"anything-but": {"wildcard": ["Get*", "List*"]}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(_name("A", "B"), [_name("B", "A")], id="another order"),
        pytest.param(_name("A"), [_name("A", "B")], id="one more value"),
        pytest.param(_name("A", "B"), [_name("B"), _name("A")], id="two patterns instead of one"),
        pytest.param(
            _name("A", "B"),
            [{"$or": [_name("A"), _name("B")]}],
            id="alternatives instead of values",
        ),
        pytest.param({"source": ["a"]} | _name("A"), [_name("A")], id="one field less"),
        pytest.param(_name("CreateUser"), [_name({"prefix": "Create"})], id="a prefix of it"),
        pytest.param(_name("CreateUser"), [_name({"suffix": "User"})], id="a suffix of it"),
        pytest.param(_name("CreateUser"), [_name({"wildcard": "C*e*r"})], id="a wildcard"),
        pytest.param(_name("A"), [_name({"equals-ignore-case": "a"})], id="any case"),
        pytest.param(_name("A"), [_name({"anything-but": ["B"]})], id="all but another value"),
        pytest.param(_name("CreateUser"), [_name(_ALL)], id="all but some wildcards"),
        pytest.param(_name("A"), [_name({"exists": True})], id="any value"),
        pytest.param(_name({"prefix": "ab"}), [_name({"prefix": "a"})], id="a shorter prefix"),
        pytest.param(_name({"suffix": "ab"}), [_name({"suffix": "b"})], id="a shorter suffix"),
        pytest.param(_name({"prefix": "ab"}), [_name({"wildcard": "a*"})], id="the same as a star"),
        pytest.param(
            _name({"prefix": "a"}), [_name({"anything-but": ["b"]})], id="a prefix that is left"
        ),
        pytest.param(
            _name({"anything-but": ["A", "B"]}), [_name({"anything-but": "A"})], id="fewer refused"
        ),
        pytest.param(
            _name(_ALL), [_name({"anything-but": {"wildcard": "Get*"}})], id="fewer wildcards"
        ),
        pytest.param(_name("${Name}-a"), [_name({"suffix": "-a"})], id="a suffix after a variable"),
        pytest.param(
            {"source": ["a"], "$or": [_name("A"), _name("B")]},
            [{"$or": [_name("A", "B"), {"detail": {"errorCode": ["x"]}}], "source": ["a"]}],
            id="one more alternative",
        ),
    ],
)
def test_nothing_is_lost(before: Pattern, after: list[Pattern]) -> None:
    assert list(find_unmatched(before, after)) == []


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        pytest.param(
            _name("A", "B"), [_name("A")], ["No longer matches eventName B."], id="one value less"
        ),
        pytest.param(
            _name(*"ABCDEFG"), [_name("A")],
            ["No longer matches eventName B, C, D, E, F and 1 more."], id="many values less",
        ),
        pytest.param(
            _name("A", "B", "C"), [_name("A"), {"source": ["x"]} | _name("C")],
            ["May no longer match eventName B and C."],
            id="a value that another pattern matches in some events",
        ),
        pytest.param(
            _name("A") | {"source": ["x", "y"]}, [_name("A") | {"source": ["y"]}],
            ["No longer matches source x."], id="a field of the envelope",
        ),
        pytest.param(
            _name("A"), [_name("A") | {"account": ["1"]}],
            ["Matches only events with account 1."], id="one more condition",
        ),
        pytest.param(
            _name("A"), [_name({"anything-but": ["A"]})],
            ["No longer matches eventName A."], id="a value that is refused",
        ),
        pytest.param(
            _name({"prefix": "a"}), [_name({"prefix": "ab"})],
            ['May no longer match eventName {"prefix": "a"}.'], id="a longer prefix",
        ),
        pytest.param(
            _name({"prefix": "ab"}), [_name({"wildcard": "a*c"})],
            ['May no longer match eventName {"prefix": "ab"}.'], id="an end that is required",
        ),
        pytest.param(
            _name({"suffix": "ab"}), [_name({"wildcard": "c*b"})],
            ['May no longer match eventName {"suffix": "ab"}.'], id="a beginning that is required",
        ),
        pytest.param(
            _name({"anything-but": ["A"]}), [_name({"anything-but": ["A", "B"]})],
            ['May no longer match eventName {"anything-but": ["A"]}.'], id="one more refused",
        ),
        pytest.param(
            _name("A"), [_name({"anything-but": ["${Name}"]})],
            ["May no longer match eventName A."], id="a variable is refused",
        ),
        pytest.param(
            _name("${Name}"), [_name("A")],
            ["May no longer match eventName ${Name}."], id="a value for a variable",
        ),
        pytest.param(
            {"detail": {"readOnly": [True]}}, [{"detail": {"readOnly": [1]}}],
            ["May no longer match readOnly true."], id="a number for a boolean",
        ),
        pytest.param(
            _name("A", None), [_name("A", {"exists": False})],
            ["May no longer match eventName null."], id="a missing value for null",
        ),
        pytest.param(
            _name("A"), [{"detail": {"eventName": ["A"], "a": ["x"], "b": ["y"]}}],
            [_NOT_COMPARED], id="two more conditions",
        ),
        pytest.param(_name("A"), [], [_NOT_COMPARED], id="no pattern"),
        pytest.param(_name("A"), [{"detail": "x"}], [_NOT_COMPARED], id="an invalid pattern"),
        pytest.param(
            {"$or": [_name("A"), {"source": ["x"]}]}, [_name("B")],
            ["No longer matches eventName A.", "Matches only events with eventName B."],
            id="two alternatives",
        ),
    ],
)  # fmt: skip
def test_what_is_lost(before: Pattern, after: list[Pattern], sentences: list[str]) -> None:
    assert list(find_unmatched(before, after)) == sentences


@pytest.mark.parametrize(
    ("others", "sentences"),
    [
        pytest.param([_name("B", "C")], [], id="all that is lost"),
        pytest.param([_name("B")], ["No longer matches eventName C."], id="a part of it"),
        pytest.param(
            [_name("B", "C") | {"source": ["x"]}],
            ["No longer matches eventName B and C."],
            id="only in some events",
        ),
    ],
)
def test_what_another_pattern_matches_is_not_lost(
    others: list[Pattern], sentences: list[str]
) -> None:
    assert list(find_unmatched(_name("A", "B", "C"), [_name("A")], others)) == sentences


def test_what_another_pattern_lacks_is_not_reported() -> None:
    after = _name("A") | {"account": ["1"], "region": ["x"]}
    assert list(find_unmatched(_name("A", "B"), [after], [_name("B")])) == [_NOT_COMPARED]


_TEXTS = st.text("ab", min_size=1, max_size=2)
_WILDCARDS = st.sampled_from(["a*", "*a", "a*b", "*a*"])
_REFUSED = st.one_of(
    _TEXTS,
    st.lists(_TEXTS, min_size=1, max_size=2),
    st.fixed_dictionaries({"wildcard": st.lists(_WILDCARDS, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"prefix": _TEXTS}),
)
_OPERANDS = st.one_of(
    _TEXTS,
    st.sampled_from([None, True, False, 1, {"exists": True}, {"exists": False}]),
    st.fixed_dictionaries({"prefix": _TEXTS}),
    st.fixed_dictionaries({"suffix": _TEXTS}),
    st.fixed_dictionaries({"wildcard": _WILDCARDS}),
    st.fixed_dictionaries({"equals-ignore-case": _TEXTS}),
    st.fixed_dictionaries({"anything-but": _REFUSED}),
)
_FIELDS = st.dictionaries(
    st.sampled_from("xy"), st.lists(_OPERANDS, min_size=1, max_size=2), min_size=1
)
_PATTERNS = _FIELDS | st.lists(_FIELDS, min_size=2, max_size=2).map(lambda each: {"$or": each})
_VALUES = st.sampled_from([None, True, False, 1, 2, "a", "b", "ab", "aab", "ba", "A", ["a", "b"]])
_EVENTS = st.dictionaries(st.sampled_from("xy"), _VALUES)


def _matches(pattern: Pattern, event: dict[str, Any]) -> bool:
    envelope = {"source": "aws.x", "detail-type": "t", "detail": event}
    status, _, body = referee._test_event_pattern(
        {"EventPattern": json.dumps({"detail": pattern}), "Event": json.dumps(envelope)}
    )
    assert status == 200, body
    return bool(json.loads(body)["Result"])


@given(_PATTERNS, st.lists(_PATTERNS, min_size=1, max_size=2), st.lists(_EVENTS, max_size=20))
@settings(max_examples=600, deadline=None)
def test_an_event_that_is_lost_is_always_reported(
    before: Pattern, after: list[Pattern], events: list[dict[str, Any]]
) -> None:
    """The referee is the engine of the emulator."""
    if not list(find_unmatched({"detail": before}, [{"detail": each} for each in after])):
        lost = [
            event
            for event in events
            if _matches(before, event) and not any(_matches(new, event) for new in after)
        ]
        assert lost == []
