"""
What stacks cost in a month: each item, what of it is free, and on what it depends.

In:    the stacks and where they are deployed, and the `Usage` of an account if it is known.
Out:   an `Estimate`.
Never: an item without its price, or an assumption that the estimate does not name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trailbell.cost.assumptions import (
    KEPT,
    MATCHES,
    ONE_EMAIL,
    QUERY,
    log_files,
    not_included,
    views,
)
from trailbell.cost.fixed_costs import FixedCosts, costs_in, evaluator
from trailbell.cost.prices import PRICES, FreeAmount
from trailbell.cost.scope import PlacedTemplate, Reach, exporters_first, reaches
from trailbell.cost.template_use import MAX_FREE_METRICS, TemplateUse, use_of
from trailbell.cost.usage import Usage
from trailbell.cost.use_items import Multiplied, items_by_use

_LABELS = {
    "metric": "metrics",
    "alarm": "alarms",
    "fast_alarm": "alarms with a period below a minute",
    "composite_alarm": "composite alarms",
    "log_alarm": "log alarms",
    "dashboard": "dashboards",
    "key": "KMS keys",
    "pipeline_unit": "units of pipelines (OCU)",
    "collection_unit": "units of collections (OCU)",
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """An amount with a price, in all places of a stack; ``free`` of it costs nothing.

    Amounts are in the unit of the price: metrics, GB, events. ``by_use`` says that it depends on
    what the stack is used for.
    """

    stack: str
    label: str
    price: str
    amount: Decimal
    free: Decimal = Decimal(0)
    by_use: bool = False
    can_be_free: bool = True

    @property
    def list_usd(self) -> Decimal:
        """The list price, in US dollars."""
        return PRICES[self.price].each * self.amount

    @property
    def usd(self) -> Decimal:
        """What is billed, in US dollars."""
        return PRICES[self.price].each * (self.amount - self.free)


@dataclass(frozen=True, kw_only=True)
class PlacedStack:
    """Where a stack is deployed: in ``places`` accounts and Regions."""

    stack: str
    reach: Reach
    places: int


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What stacks cost in a month. ``unknown`` and ``left_out`` say what is not in the sum."""

    accounts: int
    regions: int
    stacks: tuple[PlacedStack, ...]
    items: tuple[Item, ...]
    assumptions: tuple[str, ...]
    left_out: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def usd(self) -> Decimal:
        """The sum, in US dollars."""
        return sum((item.usd for item in self.items), Decimal(0))

    @property
    def list_usd(self) -> Decimal:
        """The sum without a free tier."""
        return sum((item.list_usd for item in self.items), Decimal(0))

    @property
    def unsure(self) -> tuple[str, ...]:
        """The keys of prices in the sum that could not be verified."""
        return tuple(dict.fromkeys(i.price for i in self.items if PRICES[i.price].unsure))


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What is known of a stack."""

    placed: PlacedStack
    costs: FixedCosts
    use: TemplateUse


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """How many accounts and Regions have the stacks, and how often a dashboard is viewed."""

    accounts: int = 1
    regions: int = 1
    dashboard_views: int = 100


def estimate(
    templates: Sequence[PlacedTemplate], deployment: Deployment, usage: Usage | None
) -> Estimate:
    """Estimate the costs of stacks that are deployed together.

    Without ``usage``, only what has a price for each month is in the sum.
    """
    reach = reaches(templates)
    facts = []
    for placed in exporters_first(templates):
        values = evaluator(placed.template, placed.parameters)
        places = reach[placed.stack].times(deployment.accounts, deployment.regions)
        where = PlacedStack(stack=placed.stack, reach=reach[placed.stack], places=places)
        facts.append(_Facts(placed=where, costs=costs_in(values), use=use_of(values)))
    items = [item for each in facts for item in _fixed_items(each)]
    if usage is not None:
        items += _use_items(facts, deployment, usage)
    uses = [each.use for each in facts]
    return Estimate(
        accounts=deployment.accounts,
        regions=deployment.regions,
        stacks=tuple(each.placed for each in facts),
        items=tuple(_with_free_tier(items)),
        assumptions=tuple(_assumptions(items, deployment, usage)),
        left_out=tuple(not_included(uses, has_usage=usage is not None)),
        unknown=tuple(
            f"{each.placed.stack}: {text}"
            for each in facts
            for text in (*each.costs.unknown, *each.costs.hidden)
        ),
    )


def _fixed_items(facts: _Facts) -> Iterable[Item]:
    counts = dict(facts.costs.counts)
    large = sum(each.metrics > MAX_FREE_METRICS for each in facts.use.dashboards)
    for key, count in sorted(counts.items(), key=lambda each: [*_LABELS].index(each[0])):
        kept = count - large if key == "dashboard" else count
        for number, can_be_free in ((kept, True), (count - kept, False)):
            if number:
                yield Item(
                    stack=facts.placed.stack,
                    label=_LABELS[key],
                    price=key,
                    amount=Decimal(number * facts.placed.places),
                    can_be_free=can_be_free,
                )


def _use_items(facts: Sequence[_Facts], deployment: Deployment, usage: Usage) -> Iterable[Item]:
    has_key = any(each.costs.counts.get("key") for each in facts)
    trails = 0
    for each in facts:
        times = Multiplied(
            accounts=deployment.accounts,
            places=each.placed.places,
            further_trails=each.use.trails if trails else max(0, each.use.trails - 1),
            dashboard_views=deployment.dashboard_views,
            encrypted=has_key,
        )
        trails += each.use.trails
        for label, price, amount in items_by_use(each.use, each.costs.on_match, times, usage):
            if amount:
                yield Item(
                    stack=each.placed.stack, label=label, price=price, amount=amount, by_use=True
                )


def _with_free_tier(items: Sequence[Item]) -> Iterable[Item]:
    """Take each free amount once, from the first prices and stacks on."""
    result = list(items)
    for amounts in PRICES.free_amounts:
        left = amounts.amount
        for position in _in_order(result, amounts):
            item = result[position]
            taken = min(left, item.amount)
            left -= taken
            result[position] = replace(item, free=taken)
    return result


def _in_order(items: Sequence[Item], amounts: FreeAmount) -> list[int]:
    positions = [
        position
        for position, item in enumerate(items)
        if item.price in amounts.prices and item.can_be_free
    ]
    return sorted(positions, key=lambda position: amounts.prices.index(items[position].price))


def _assumptions(
    items: Sequence[Item], deployment: Deployment, usage: Usage | None
) -> Iterable[str]:
    if usage is None:
        return
    yield from usage.source
    prices = {item.price for item in items if item.by_use}
    labels = {item.label for item in items if item.by_use}
    if usage.matches is None and prices & {"metric", "email", "bus_event", "event_archive"}:
        yield MATCHES
    if "email" in prices:
        yield ONE_EMAIL
    if prices & {"log_storage", "file_storage"}:
        yield KEPT
    if "file_storage" in prices or "athena_scan" in prices:
        yield log_files(usage.regions)
    if "views of dashboards" in labels:
        yield views(deployment.dashboard_views)
    if "athena_scan" in prices:
        yield QUERY
