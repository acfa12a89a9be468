"""Rules that count events."""

from typing import Any

import pytest
from sigma.correlations import SigmaCorrelationRule

from trailbell.sigma.counting import Count, count_of_condition, count_of_correlation
from trailbell.sigma.refused import RefusedError

_HINT = "count events, with event_count and gte or gt"


def _correlation(**members: Any) -> SigmaCorrelationRule:
    counted = {"rules": ["a"], "type": "event_count", "timespan": "10m", "condition": {"gte": 5}}
    return SigmaCorrelationRule.from_dict({"title": "A test", "correlation": counted | members})


def _condition(condition: str, timeframe: str | None = "10m") -> dict[str, Any]:
    detection: dict[str, Any] = {"a": {"eventName": "x"}, "condition": condition}
    return {"detection": detection | ({"timeframe": timeframe} if timeframe else {})}


@pytest.mark.parametrize(
    ("members", "problem", "hint"),
    [
        pytest.param(
            {"type": "value_count", "condition": {"gte": 5, "field": "eventName"}},
            'an alarm cannot evaluate a correlation of type "value_count"',
            _HINT,
            id="different values",
        ),
        pytest.param(
            {"type": "temporal", "rules": ["a", "b"]},
            'an alarm cannot evaluate a correlation of type "temporal"',
            _HINT,
            id="several rules at one time",
        ),
        pytest.param(
            {"condition": {"lt": 5}},
            'an alarm cannot evaluate a count with "lt"',
            _HINT,
            id="fewer events",
        ),
        pytest.param(
            {"condition": {"gte": 0}},
            "the count is always reached",
            "count at least one event",
            id="no event",
        ),
        pytest.param(
            {"timespan": "2d"},
            "an alarm counts for at most a day, not 172,800 seconds",
            "write a shorter time, with a lower count",
            id="more than a day",
        ),
    ],
)
def test_what_an_alarm_cannot_count_is_refused(
    members: dict[str, Any], problem: str, hint: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        count_of_correlation(_correlation(**members))
    assert (refused.value.problem, refused.value.hint) == (problem, hint)


@pytest.mark.parametrize(
    ("members", "count"),
    [
        pytest.param({}, Count(5, 600), id="at least"),
        pytest.param({"condition": {"gt": 5}}, Count(6, 600), id="more than"),
        pytest.param(
            {"group-by": ["userIdentity.arn"]},
            Count(5, 600, ("userIdentity.arn",)),
            id="for each caller",
        ),
        pytest.param({"timespan": "1m"}, Count(5, 300, written=60), id="a time that is too short"),
        pytest.param(
            {"timespan": "301s"}, Count(5, 360, written=301), id="a time that is not in minutes"
        ),
    ],
)
def test_the_count_of_a_correlation(members: dict[str, Any], count: Count) -> None:
    assert count_of_correlation(_correlation(**members)) == count


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(
            _condition("a | count(eventName) by userIdentity.arn > 5"),
            'an alarm cannot count the different values of "eventName"',
            id="different values",
        ),
        pytest.param(
            _condition("a | count() < 5"),
            'an alarm cannot evaluate a count with "<"',
            id="fewer events",
        ),
        pytest.param(
            _condition("a | near b"),
            'the condition "a | near b" aggregates events in a way that no alarm can',
            id="another aggregation",
        ),
        pytest.param(
            _condition("a | count() > 5", "soon"),
            'the timeframe "soon" is no number with a unit',
            id="a timeframe that is no time",
        ),
    ],
)
def test_what_an_old_condition_cannot_count_is_refused(
    content: dict[str, Any], problem: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        count_of_condition(content)
    assert refused.value.problem == problem


@pytest.mark.parametrize(
    ("content", "condition", "count"),
    [
        pytest.param(_condition("a"), "a", None, id="a condition that does not count"),
        pytest.param(
            _condition("a and not b | count() by userIdentity.arn, awsRegion > 20"),
            "a and not b",
            Count(21, 600, ("userIdentity.arn", "awsRegion")),
            id="more than, for each of several fields",
        ),
        pytest.param(_condition("a | count() >= 3"), "a", Count(3, 600), id="at least"),
        pytest.param(
            _condition("a | count() > 3", None), "a", Count(4, 300), id="without a timeframe"
        ),
    ],
)
def test_the_count_of_an_old_condition(
    content: dict[str, Any], condition: str, count: Count | None
) -> None:
    expected = {"detection": {"a": {"eventName": "x"}, "condition": condition}}
    assert count_of_condition(content) == (expected, count)
