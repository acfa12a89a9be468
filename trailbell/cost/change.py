"""
How the costs of a stack change with its template or its parameters.

In:    the `FixedCosts` before and after, and the number of stacks.
Out:   a `CostChange`, which a plan holds, and the line that says it.
Never: a sum that leaves something out silently. What cannot be computed is named.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from trailbell.cost.fixed_costs import FixedCosts, costs_in, existing, price_of, retained
from trailbell.cost.prices import PRICES, dollars
from trailbell.template.evaluate import Evaluator
from trailbell.wording import pluralize

ON_MATCH = "metric_on_match"
"""Metrics without a default value, among the counts: they have no price for a month."""

NOUNS = {
    "alarm": "alarm",
    "fast_alarm": "alarm with a period below a minute",
    "composite_alarm": "composite alarm",
    "log_alarm": "log alarm",
    "metric": "metric",
    ON_MATCH: "metric without a default value",
    "dashboard": "dashboard",
    "key": "KMS key",
    "pipeline_unit": "unit of a pipeline",
    "collection_unit": "unit of a collection",
}
"""What has a price for a month, in words, in the order in which it is listed."""
_BY_USE = {
    ON_MATCH: "and the hours in which metrics without a default value have a match",
    "log_alarm": "and what the queries of log alarms scan",
}
"""What depends on use, of what has a price for each month or none."""
_PLURALS = {
    "alarm with a period below a minute": "alarms with a period below a minute",
    "metric without a default value": "metrics without a default value",
    "unit of a pipeline": "units of a pipeline",
    "unit of a collection": "units of a collection",
}


@dataclass(frozen=True, kw_only=True)
class Count:
    """A number of things with the same price, such as 2 of ``alarm``; negative if they go."""

    price: str
    number: int


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """The change of costs in each month: ``cents`` of a US dollar, without what depends on use.

    ``counts`` are what is created or, negative, deleted; what stays is not in it. ``unknown`` says
    what may change the costs, too.
    """

    cents: int = 0
    counts: tuple[Count, ...] = ()
    unknown: tuple[str, ...] = ()
    prices: str = str(PRICES)

    @property
    def is_none(self) -> bool:
        """Whether it is certain that nothing changes that has a price for a month."""
        return not self.counts and not self.unknown


def change_between(before: Evaluator | None, after: Evaluator | None) -> CostChange:
    """The change of one stack; None: the stack does not exist.

    What is no longer in the stack and is retained costs what it did.
    """
    if before == after:
        return CostChange()
    stays: frozenset[str] = frozenset()
    if before is not None:
        stays = retained(before) - (existing(after) if after is not None else frozenset())
    old, new = _costs(before, stays), _costs(after)
    numbers = _numbers(new)
    numbers.subtract(_numbers(old))
    # What is unknown in the same words before and after is the same resource.
    unknown = sorted(({*old.unknown} ^ {*new.unknown}) | {*old.hidden, *new.hidden})
    return _change(numbers, unknown)


def added_up(changes: Iterable[tuple[CostChange | None, int]]) -> CostChange | None:
    """The changes of several stacks, each so many times; None if there is no change at all."""
    numbers: Counter[str] = Counter()
    unknown: dict[str, None] = {}
    seen = False
    for change, times in changes:
        if change is not None and times:
            seen = True
            for count in change.counts:
                numbers[count.price] += count.number * times
            unknown |= dict.fromkeys(change.unknown)
    return _change(numbers, list(unknown)) if seen else None


def unknown_change(reason: str) -> CostChange:
    """A change that cannot be computed."""
    return CostChange(unknown=(reason,))


def costs_line(change: CostChange | None) -> str:
    """The line of a plan; empty if nothing changes that has a price for a month.

    >>> costs_line(CostChange(cents=50, counts=(Count(price="alarm", number=2),)))
    'costs: about +0.50 USD a month (2 alarms); list prices of us-east-1, November 2026'
    """
    if change is None or change.is_none:
        return ""
    if not change.counts:
        return f"costs: not known ({_first(change.unknown)})"
    counts = ", ".join(_in_words(count) for count in change.counts)
    about = dollars(price_of({each.price: each.number for each in change.counts}), sign=True)
    text = f"costs: about {about} a month ({counts}); {change.prices}"
    notes = [f"and what is not known: {_first(change.unknown)}"] if change.unknown else []
    changed = {count.price for count in change.counts}
    notes += [note for price, note in _BY_USE.items() if price in changed]
    return "; ".join((text, *notes))


def _costs(values: Evaluator | None, without: frozenset[str] = frozenset()) -> FixedCosts:
    return FixedCosts() if values is None else costs_in(values, without)


def _numbers(costs: FixedCosts) -> Counter[str]:
    return Counter({**costs.counts, ON_MATCH: len(costs.on_match)})


def _change(numbers: Counter[str], unknown: Iterable[str]) -> CostChange:
    counts = tuple(Count(price=key, number=numbers[key]) for key in NOUNS if numbers[key])
    cents = price_of({each.price: each.number for each in counts}) * 100
    return CostChange(cents=int(cents), counts=counts, unknown=tuple(unknown))


def _in_words(count: Count) -> str:
    noun = NOUNS[count.price]
    number = abs(count.number)
    sign = "-" if count.number < 0 else ""
    return f"{sign}{pluralize(number, noun, _PLURALS.get(noun, ''))}"


def _first(reasons: tuple[str, ...]) -> str:
    more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return f"{reasons[0]}{more}"
