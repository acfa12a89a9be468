"""
Tables of prices, and of what stacks cost each month, for the documentation.

In:    the templates, and the list of prices.
Out:   Markdown tables: what each stack has of everything with a price for each month, and its sum;
       each price with its page.
Never: a price of its own. `trailbell.cost.prices` has them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.cost.fixed_costs import FixedCosts, fixed_costs
from trailbell.cost.prices import PRICES, in_cents
from trailbell.markdown import table

_COLUMNS = {
    "metric": "Metrics",
    "alarm": "Alarms",
    "log_alarm": "Log alarms",
    "key": "KMS keys",
    "dashboard": "Dashboards",
    "pipeline_unit": "OCUs",
}


def costs_table(templates: Mapping[str, dict[str, Any]]) -> str:
    """The stacks with fixed costs, the largest first."""
    costs = {stack: fixed_costs(template) for stack, template in templates.items()}
    paid = {stack: cost for stack, cost in costs.items() if cost.usd}
    rows = sorted(paid.items(), key=lambda row: (-row[1].usd, row[0]))
    shown = [key for key in _COLUMNS if any(key in cost.counts for cost in paid.values())]
    head = ("Stack", *(_COLUMNS[key] for key in shown), "USD a month")
    return table(head, (tuple(_cells(stack, cost, shown)) for stack, cost in rows))


def _cells(stack: str, cost: FixedCosts, shown: list[str]) -> Iterator[str]:
    yield f"`{stack}`"
    for key in shown:
        yield str(cost.counts.get(key, ""))
    yield str(in_cents(cost.usd))


def prices_table() -> str:
    """Each price, with its page and what of it is free."""
    rows = []
    for price in PRICES.prices.values():
        free = [each for each in PRICES.free_amounts if price.key in each.prices]
        amounts = ", ".join(f"{each.amount:,} {each.unit}" for each in free)
        note = " (not verified)" if price.unsure else ""
        rows.append((price.name, f"[{price}]({price.page}){note}", amounts))
    return table(("What", "Price", "Free in each month"), rows)
