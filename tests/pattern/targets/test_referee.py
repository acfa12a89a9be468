"""
The engine that checks event patterns.

It is the emulator's TestEventPattern. Its results must be those of AWS's own matcher
(https://github.com/aws/event-ruler) where event patterns and filter patterns differ.
"""

import json

import pytest
from ministack.services import eventbridge as referee


def answer_of(pattern: object, event: object) -> bool | str:
    """Whether the pattern matches, or the reason why it is rejected."""
    envelope = {"source": "aws.x", "detail-type": "t", "detail": event}
    status, _, body = referee._test_event_pattern(
        {"EventPattern": json.dumps({"detail": pattern}), "Event": json.dumps(envelope)}
    )
    answer = json.loads(body)
    return bool(answer["Result"]) if status == 200 else str(answer["message"])


@pytest.mark.parametrize(
    ("pattern", "event"),
    [
        pytest.param({"a": ["123"]}, {"a": 123}, id="types are strict"),
        pytest.param({"a": ["X"]}, {"a": "x"}, id="case counts"),
        pytest.param({"a": [{"wildcard": "1*"}]}, {"a": 123}, id="a star never sees a number"),
        pytest.param({"a": [{"wildcard": "*"}]}, {"a": None}, id="nor null"),
        pytest.param({"a": [{"anything-but": ["x"]}]}, {}, id="anything-but needs a value"),
        pytest.param({"a": [{"anything-but": ["x"]}]}, {"a": ["x"]}, id="in an array too"),
        pytest.param(
            {"a": [{"anything-but": {"wildcard": ["x", "y*"]}}]}, {"a": "yes"}, id="several"
        ),
        pytest.param({"a": [{"exists": False}]}, {"a": None}, id="null exists"),
        pytest.param({"a": [None]}, {}, id="what is missing is not null"),
        pytest.param({"a": [None]}, {"a": {"b": None}}, id="an object is not null"),
        pytest.param({"a": [True]}, {"a": "true"}, id="text is no boolean"),
        pytest.param({"a": ["true"]}, {"a": True}, id="a boolean is no text"),
        pytest.param({"a": [{"numeric": ["<", 5]}]}, {"a": "4"}, id="text is no number"),
        pytest.param(
            {"a": {"b": ["1"], "c": ["2"]}},
            {"a": [{"b": "1"}, {"c": "2"}]},
            id="conditions on elements hold for one element",
        ),
        pytest.param(
            {"a": ["x"], "$or": [{"a": ["y"]}, {"b": ["y"]}]},
            {"a": "x"},
            id="a member inside $or replaces the one outside",
        ),
    ],
)
def test_silent(pattern: object, event: object) -> None:
    assert answer_of(pattern, event) is False


@pytest.mark.parametrize(
    ("pattern", "event"),
    [
        pytest.param({"a": ["123", 123]}, {"a": 123}, id="both spellings of a number"),
        pytest.param({"a": [300]}, {"a": 300.0}, id="numbers by value"),
        pytest.param({"a": [{"wildcard": "*1.1"}]}, {"a": "1.1.1"}, id="a star backtracks"),
        pytest.param({"a": [{"wildcard": "*"}]}, {"a": ""}, id="empty text is text"),
        pytest.param({"a": [{"anything-but": ["x"]}]}, {"a": None}, id="null is anything"),
        pytest.param({"a": [{"anything-but": ["x"]}]}, {"a": True}, id="a boolean is anything"),
        pytest.param({"a": [{"anything-but": ["x"]}]}, {"a": ["x", "y"]}, id="another element"),
        pytest.param({"a": [{"exists": False}]}, {"a": {"b": 1}}, id="an object does not exist"),
        pytest.param({"a": [{"exists": False}]}, {"a": []}, id="an empty array does not exist"),
        pytest.param({"a": {"b": [{"exists": False}]}}, {"a": None}, id="below null"),
        pytest.param({"a": {"b": [{"exists": False}]}}, {"a": "t"}, id="below text"),
        pytest.param({"a": [{"exists": True}]}, {"a": None}, id="null is there"),
        pytest.param({"a": ["x"]}, {"a": ["y", "x"]}, id="an array is looked into"),
        pytest.param({"a": {"b": ["x"]}}, {"a": [{"b": "x"}]}, id="and looked through"),
        pytest.param({"a.b": ["x"]}, {"a": {"b": "x"}}, id="a dotted name is a path"),
        pytest.param(
            {"a": ["x"], "$or": [{"a": ["y"]}, {"b": ["y"]}]},
            {"a": "y"},
            id="a member inside $or replaces the one outside",
        ),
        pytest.param(
            {"u": {"a": ["x"]}, "$or": [{"u": {"b": ["y"]}}, {"c": ["z"]}]},
            {"u": {"a": "x", "b": "y"}},
            id="but not its neighbours",
        ),
        pytest.param(
            {"$or": [{"a": ["x"], "$or": [{"b": ["1"]}, {"c": ["1"]}]}, {"d": ["1"]}]},
            {"a": "x", "c": "1"},
            id="$or within $or",
        ),
    ],
)
def test_fires(pattern: object, event: object) -> None:
    assert answer_of(pattern, event) is True


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        pytest.param({"a": [{"wildcard": "a**b"}]}, "Consecutive wildcard", id="two stars"),
        pytest.param({"a": [{"anything-but": [None]}]}, "anything but list", id="null"),
        pytest.param({"a": [{"anything-but": ["x", 1]}]}, "anything but list", id="mixed"),
        pytest.param({"$or": [{"a": ["x"]}]}, "Unrecognized match type", id="one alternative"),
        pytest.param({}, "Empty objects are not allowed", id="an empty pattern"),
    ],
)
def test_refused(pattern: object, reason: str) -> None:
    answer = answer_of(pattern, {"a": "x"})
    assert isinstance(answer, str)
    assert reason in answer
