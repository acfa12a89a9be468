"""
Rules that count events, as a threshold and a period.

In:    a correlation of Sigma 2, or a condition of Sigma 1 such as ``selection | count() > 5``.
Out:   `Count`; the rule without its counting.
Never: another count. What an alarm cannot count (distinct values, an order, fewer events) is
       refused.

https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationTimespan,
    SigmaCorrelationType,
)
from sigma.exceptions import SigmaTimespanError

from trailbell.sigma.refused import RefusedError

_MIN_PERIOD, _DAY = 300, 86_400
_PIPE = re.compile(
    r"(?P<condition>[^|]*)\|\s*count\(\s*(?P<field>[^)]*?)\s*\)"
    r"(?:\s+by\s+(?P<by>[\w.,\s-]+?))?\s*(?P<operator>>=|<=|==|=|<|>)\s*(?P<number>\d+)\s*"
)
_AT_LEAST = {
    SigmaCorrelationConditionOperator.GTE: 0,
    SigmaCorrelationConditionOperator.GT: 1,
}
_COUNT_EVENTS = "count events, with event_count and gte or gt"


@dataclass(frozen=True)
class Count:
    """At least ``threshold`` events in ``period`` seconds, counted for each value of ``by``.

    ``written`` are the seconds of the rule, if an alarm cannot have that period.
    """

    threshold: int
    period: int
    by: tuple[str, ...] = ()
    written: int = 0


def count_of_correlation(rule: SigmaCorrelationRule) -> Count:
    """The count of a correlation. Raises `RefusedError`."""
    if rule.type is not SigmaCorrelationType.EVENT_COUNT:
        name = str(getattr(rule.type, "name", rule.type)).lower()
        raise RefusedError(
            f'an alarm cannot evaluate a correlation of type "{name}"', _COUNT_EVENTS
        )
    condition = rule.condition
    if not isinstance(condition, SigmaCorrelationCondition) or condition.op not in _AT_LEAST:
        name = getattr(getattr(condition, "op", None), "name", "of text").lower()
        raise RefusedError(f'an alarm cannot evaluate a count with "{name}"', _COUNT_EVENTS)
    threshold = int(condition.count) + _AT_LEAST[condition.op]
    return _count(threshold, rule.timespan.seconds, tuple(rule.group_by or ()))


def count_of_condition(content: Mapping[str, Any]) -> tuple[dict[str, Any], Count | None]:
    """A rule without the counting of its condition, and the count. Raises `RefusedError`."""
    detection = content.get("detection")
    if not isinstance(detection, dict):
        return dict(content), None
    rest = {name: value for name, value in detection.items() if name != "timeframe"}
    condition = detection.get("condition")
    if not isinstance(condition, str) or "|" not in condition:
        return {**content, "detection": rest}, None
    pipe = _PIPE.fullmatch(condition.strip())
    if not pipe:
        raise RefusedError(
            f'the condition "{condition}" aggregates events in a way that no alarm can',
            f"{_COUNT_EVENTS} of a correlation rule",
        )
    if pipe["field"]:
        raise RefusedError(
            f'an alarm cannot count the different values of "{pipe["field"]}"', _COUNT_EVENTS
        )
    if pipe["operator"] not in (">", ">="):
        raise RefusedError(
            f'an alarm cannot evaluate a count with "{pipe["operator"]}"', _COUNT_EVENTS
        )
    by = tuple(name.strip() for name in (pipe["by"] or "").split(",") if name.strip())
    threshold = int(pipe["number"]) + (pipe["operator"] == ">")
    seconds = _seconds(detection.get("timeframe", content.get("timeframe")))
    rest["condition"] = pipe["condition"].strip()
    return {**content, "detection": rest}, _count(threshold, seconds, by)


def _seconds(timeframe: Any) -> int:
    """The seconds of a timeframe; 0 if there is none."""
    if timeframe is None:
        return 0
    try:
        return SigmaCorrelationTimespan(str(timeframe)).seconds
    except SigmaTimespanError as error:
        raise RefusedError(
            f'the timeframe "{timeframe}" is no number with a unit', 'write it like "15m"'
        ) from error


def _count(threshold: int, seconds: int, by: tuple[str, ...]) -> Count:
    """The count with a period that an alarm can have; a longer one counts more.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    if threshold < 1:
        raise RefusedError("the count is always reached", "count at least one event")
    if seconds > _DAY:
        raise RefusedError(
            f"an alarm counts for at most a day, not {seconds:,} seconds",
            "write a shorter time, with a lower count",
        )
    period = max(_MIN_PERIOD, -(-seconds // 60) * 60)
    return Count(threshold, period, by, written=0 if period == seconds else seconds)
