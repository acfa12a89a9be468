"""
Whether an alarm with other settings still fires whenever it fired before.

In:    the old and the new properties of an alarm.
Out:   a sentence if it fires at fewer events, later, or with fewer notifications.
Never: an evaluation of metrics. What cannot be compared may fire less.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor, inf, isfinite
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.resource_diff import as_number

Properties = Mapping[str, Any]

_COUNTED = ("Sum", "SampleCount")
"""Statistics that are whole numbers, because metrics of events are counts."""

_SYMBOLS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}


@dataclass(frozen=True)
class _Trigger:
    """When an alarm fires: ``needed`` of ``evaluated`` periods breach. ``period`` in seconds."""

    symbol: str
    statistic: str
    threshold: float
    period: float
    needed: float
    evaluated: float

    @property
    def breaches_above(self) -> bool:
        return self.symbol.startswith(">")

    @property
    def limit(self) -> float:
        """The smallest value above, or the largest value below, that breaches.

        For counts, ``> 0`` is ``>= 1``. For other statistics a strict limit is a little stricter.
        """
        if self.statistic in _COUNTED:
            return whole_limit(self.symbol, self.threshold)
        strictness = 1e-9 if self.symbol in (">", "<") else 0.0
        return self.threshold + (strictness if self.breaches_above else -strictness)


def whole_limit(symbol: str, threshold: float) -> float:
    """The smallest or largest count that breaches: ``> 0`` is ``>= 1``."""
    if not isfinite(threshold):
        return threshold
    match symbol:
        case ">=":
            return float(-floor(-threshold))
        case ">":
            return float(floor(threshold) + 1)
        case "<":
            return float(-floor(-threshold) - 1)
        case _:
            return float(floor(threshold))


def find_lost_sensitivity(before: Properties, after: Properties) -> Iterator[str]:
    """Compare everything that decides when an alarm fires."""
    names = (
        *("ComparisonOperator", "Statistic", "ExtendedStatistic", "Threshold", "Period"),
        *("EvaluationPeriods", "DatapointsToAlarm", "Metrics", "ThresholdMetricId"),
    )
    if all(before.get(name) == after.get(name) for name in names):
        return
    old, new = _trigger(before), _trigger(after)
    if old is None or new is None:
        changed = ", ".join(name for name in names if before.get(name) != after.get(name))
        yield f"The alarm may fire less: {changed} could not be compared with the old value."
        return
    if not _fires_at_least_as_often(old, new):
        yield f"The alarm fires {describe_trigger(after)} instead of {describe_trigger(before)}."
    elif _stays_longer(old, new):
        yield (
            f"The alarm stays in ALARM for {describe_duration(new.period * new.evaluated)} after "
            f"an event instead of {describe_duration(old.period * old.evaluated)}: further events "
            "in that time send no notification."
        )


def smallest_count(properties: Properties) -> float | None:
    """The smallest count in one period with which an alarm fires; None if that is not known."""
    trigger = _trigger(properties)
    if trigger is None or not trigger.breaches_above or trigger.statistic != "Sum":
        return None
    return trigger.limit if trigger.needed == 1 else None


def _trigger(properties: Properties) -> _Trigger | None:
    """The trigger of an alarm; None for expressions, anomaly bands and values that are unknown."""
    symbol = _SYMBOLS.get(str(properties.get("ComparisonOperator")))
    statistic = properties.get("Statistic") or properties.get("ExtendedStatistic")
    threshold, period = as_number(properties.get("Threshold")), as_number(properties.get("Period"))
    evaluated = as_number(properties.get("EvaluationPeriods", 1))
    needed = as_number(properties.get("DatapointsToAlarm", properties.get("EvaluationPeriods", 1)))
    if symbol is None or not isinstance(statistic, str) or "Metrics" in properties:
        return None
    if threshold is None or period is None or evaluated is None or needed is None:
        return None
    return _Trigger(symbol, statistic, threshold, period, needed, evaluated)


def _fires_at_least_as_often(old: _Trigger, new: _Trigger) -> bool:
    if old.breaches_above is not new.breaches_above or old.statistic != new.statistic:
        return False
    easier = new.limit <= old.limit if old.breaches_above else new.limit >= old.limit
    fewer_needed = new.needed <= old.needed
    within_shorter = new.evaluated < old.evaluated and new.needed > 1
    return easier and fewer_needed and not within_shorter and _covers_period(old, new)


def _covers_period(old: _Trigger, new: _Trigger) -> bool:
    """Whether another period counts as many events, and is over as soon.

    A longer one delays what is missing, and a shorter one counts fewer events together.
    """
    if new.period == old.period:
        return True
    if old.breaches_above:
        return new.period > old.period or new.limit <= 1 or old.statistic not in _COUNTED
    return new.period < old.period


def _stays_longer(old: _Trigger, new: _Trigger) -> bool:
    return old.breaches_above and new.period * new.evaluated > old.period * old.evaluated


# ---------------------------------------------------------------- in words


def describe_trigger(properties: Properties) -> str:
    """When an alarm fires: ``at 5 events in 5 minutes``."""
    trigger = _trigger(properties)
    if trigger is None:
        return f"at the threshold {describe(properties.get('Threshold'))}"
    within = f"in {describe_duration(trigger.period)}"
    if max(trigger.evaluated, trigger.needed) > 1:
        within += f", in {trigger.needed:g} of {trigger.evaluated:g} periods"
    if trigger.statistic == "Sum" and trigger.breaches_above:
        return f"at {describe_count(trigger.limit)} {within}"
    if trigger.statistic == "Sum" and trigger.limit < 0:
        return "never"
    if trigger.statistic == "Sum":
        most = "no event" if trigger.limit == 0 else f"{describe_count(trigger.limit)} or fewer"
        return f"at {most} {within}"
    return f"at {trigger.statistic} {trigger.symbol} {trigger.threshold:g} {within}"


def describe_count(count: float) -> str:
    """A number of events: ``5 events``."""
    return f"{count:g} {'event' if count == 1 else 'events'}" if count < inf else "no event"


def describe_duration(seconds: float) -> str:
    """A duration in the largest unit that it is a whole number of: ``5 minutes``."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            count = seconds / length
            return f"{count:g} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"
