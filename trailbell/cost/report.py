"""
An estimate for people and programs.

In:    an `Estimate`, the forms of detections, and how the stacks were chosen.
Out:   lines, Markdown, or data for JSON: the sum first, then the largest items, then the rest.
Never: a number without its unit, or what is left out without being named.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from trailbell.cost.estimate import Estimate, Item
from trailbell.cost.forms import LOST, DetectionForms, Form
from trailbell.cost.prices import PRICES, Price, dollars, in_cents
from trailbell.cost.scope import Reach
from trailbell.markdown import escape, table
from trailbell.styled_text import Line, Style, line, styled
from trailbell.wording import capitalize, list_names, pluralize

FORMAT = 1
_LARGEST = 3
_REACH = {
    Reach.ORGANIZATION: "once",
    Reach.ACCOUNT: "each account",
    Reach.REGION: "each account and Region",
}
_SHORT = {
    Form.DEFAULT_VALUE: "Default value",
    Form.ON_MATCH: "No default value",
    Form.LOG_ALARM: "Log alarm",
    Form.RULE: "Rule only",
}
"""The forms as heads of columns."""
_NUMBERS = ("Amount", "Free", "List price", "A month", *_SHORT.values())
"""The columns that are aligned to the right."""
_Rows = list[tuple[str, ...]]


def headline(estimate: Estimate, chosen: str) -> str:
    """The first line: the sum, of which stacks, and where. ``chosen`` says why these."""
    names = list_names([each.stack for each in estimate.stacks], "stack")
    places = pluralize(estimate.accounts, "account")
    if estimate.regions > 1 and any(each.reach is Reach.REGION for each in estimate.stacks):
        places += f" x {pluralize(estimate.regions, 'Region')}"
    return f"About {dollars(estimate.usd)} a month for {names} in {places}: {chosen}."


def to_lines(estimate: Estimate, chosen: str) -> Iterator[Line]:
    """The estimate for a terminal."""
    yield styled(headline(estimate, chosen), Style.HEADING)
    yield line(f"  {_basis(estimate)}")
    for title, (head, rows) in _tables(estimate).items():
        if rows:
            yield line()
            yield styled(title, Style.HEADING)
            yield from _aligned(head, rows)
    for title, texts in _notes(estimate).items():
        yield line()
        yield styled(title, Style.HEADING)
        yield from (line(f"  {text}") for text in texts)


def to_markdown(estimate: Estimate, chosen: str) -> str:
    """The estimate as Markdown."""
    parts = [f"**{escape(headline(estimate, chosen))}**", escape(capitalize(_basis(estimate)))]
    for title, (head, rows) in _tables(estimate).items():
        if rows:
            cells = [tuple(map(escape, row)) for row in rows]
            parts += [f"### {title}", table(head, cells)]
    for title, texts in _notes(estimate).items():
        parts += [f"### {title}", "\n".join(f"- {escape(text)}" for text in texts)]
    return "\n\n".join(parts) + "\n"


def to_data(estimate: Estimate, chosen: str) -> dict[str, Any]:
    """The estimate for JSON. Amounts of money are US dollars a month, rounded to cents."""
    return {
        "format": FORMAT,
        "usd": _cents(estimate.usd),
        "list_usd": _cents(estimate.list_usd),
        "prices": {"region": PRICES.region, "month": PRICES.month},
        "accounts": estimate.accounts,
        "regions": estimate.regions,
        "chosen": chosen,
        "stacks": [
            {
                "stack": each.stack,
                "where": _REACH[each.reach],
                "places": each.places,
                "list_usd": _cents(_sum(i.list_usd for i in _of(estimate, each.stack))),
                "usd": _cents(_sum(i.usd for i in _of(estimate, each.stack))),
            }
            for each in estimate.stacks
        ],
        "items": [_item_data(item) for item in estimate.items],
        "assumptions": list(estimate.assumptions),
        "not_included": list(estimate.left_out),
        "unknown": list(estimate.unknown),
        "unsure_prices": list(estimate.unsure),
    }


def _item_data(item: Item) -> dict[str, Any]:
    return {
        "stack": item.stack,
        "item": item.label,
        "price": item.price,
        "amount": float(round(item.amount, 6)),
        "free": float(round(item.free, 6)),
        "unit": PRICES[item.price].unit,
        "list_usd": _cents(item.list_usd),
        "usd": _cents(item.usd),
        "by_use": item.by_use,
    }


def _basis(estimate: Estimate) -> str:
    saved = estimate.list_usd - estimate.usd
    free = f"; the free tier of the organization saves {dollars(saved)}" if saved else ""
    return f"{PRICES}, in US dollars{free}"


def _tables(estimate: Estimate) -> dict[str, tuple[tuple[str, ...], _Rows]]:
    return {
        "The largest items": (("Item", "Amount", "A month"), _largest(estimate)),
        "Stacks": (("Stack", "Deployed in", "List price", "A month"), _stack_rows(estimate)),
        "Items": (("Item", "Amount", "Free", "Price", "A month"), _item_rows(estimate)),
    }


def _notes(estimate: Estimate) -> dict[str, tuple[str, ...]]:
    unsure = [PRICES[key] for key in estimate.unsure]
    notes = {
        "Assumptions": estimate.assumptions,
        "Not known": estimate.unknown,
        "Prices that could not be verified": tuple(map(_unsure, unsure)),
        "Not included": estimate.left_out,
    }
    return {title: texts for title, texts in notes.items() if texts}


def _unsure(price: Price) -> str:
    return f"{price.name}: {price}, see {price.page}"


def _by_label(items: Iterable[Item]) -> dict[tuple[str, str], list[Item]]:
    found: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        found.setdefault((item.label, item.price), []).append(item)
    return found


def _largest(estimate: Estimate) -> _Rows:
    sums: Counter[tuple[str, str]] = Counter()
    groups = _by_label(estimate.items)
    for name, items in groups.items():
        sums[name] = int(_sum(item.usd for item in items) * 10_000)
    return [
        (name[0], _amounts(groups[name]), dollars(_sum(item.usd for item in groups[name])))
        for name, usd in sums.most_common(_LARGEST)
        if usd
    ]


def _stack_rows(estimate: Estimate) -> _Rows:
    rows: _Rows = []
    for each in estimate.stacks:
        items = _of(estimate, each.stack)
        where = _REACH[each.reach] + (f" ({each.places:,})" if each.places > 1 else "")
        listed, usd = _sum(i.list_usd for i in items), _sum(i.usd for i in items)
        rows.append((each.stack, where, dollars(listed), dollars(usd)))
    total = ("total", "", dollars(estimate.list_usd), dollars(estimate.usd))
    return [*rows, total]


def _item_rows(estimate: Estimate) -> _Rows:
    rows: _Rows = []
    for (label, key), items in _by_label(estimate.items).items():
        free = _sum(item.free for item in items)
        usd = dollars(_sum(item.usd for item in items))
        rows.append((label, _amounts(items), _number(free) if free else "", str(PRICES[key]), usd))
    return rows


def _amounts(items: Sequence[Item]) -> str:
    unit = PRICES[items[0].price].unit
    number = _number(_sum(item.amount for item in items))
    match unit:
        case "month" | "hour":
            return number
        case "GB and month":
            return f"{number} GB"
        case _:
            return f"{number} {unit}"


def _number(amount: Decimal) -> str:
    """A number with three decimals at most, and fewer the larger it is."""
    for limit, decimals in ((100, 0), (10, 1), (1, 2)):
        if amount >= limit:
            text = f"{amount:,.{decimals}f}"
            return text.rstrip("0").rstrip(".") if decimals else text
    return f"{amount:.3g}" if amount >= Decimal("0.001") else "less than 0.001"


def _of(estimate: Estimate, stack: str) -> list[Item]:
    return [item for item in estimate.items if item.stack == stack]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _cents(usd: Decimal) -> float:
    return float(in_cents(usd))


def _aligned(head: tuple[str, ...], rows: _Rows) -> Iterator[Line]:
    """The rows of a table, as wide as its texts."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if title in _NUMBERS else cell.ljust(width)
            for title, cell, width in zip(head, row, widths, strict=True)
        ]
        text = f"  {'  '.join(cells).rstrip()}"
        yield styled(text, Style.NOTE) if row is head else line(text, whole=True)


# ---------------------------------------------------------------- detections


def form_lines(detections: Sequence[DetectionForms]) -> Iterator[Line]:
    """The price of each form of each detection, and what is lost with the cheapest."""
    yield styled("Each detection in a month and account, at list prices", Style.HEADING)
    yield from _aligned(*_form_table(detections))
    if any(Form.LOG_ALARM in each.prices for each in detections):
        yield line(f"  price that is not verified: {_unsure(PRICES['log_alarm'])}")
    yield line()
    yield styled("What is lost", Style.HEADING)
    yield from (line(f"  {form}: {lost}") for form, lost in LOST.items())


def forms_markdown(detections: Sequence[DetectionForms]) -> str:
    """The same as Markdown."""
    head, rows = _form_table(detections)
    lost = "\n".join(f"- {escape(f'{form}: {text}')}" for form, text in LOST.items())
    return f"### Detections\n\n{table(head, rows)}\n\n### What is lost\n\n{lost}\n"


def forms_data(detections: Sequence[DetectionForms]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {
            "id": each.id,
            "severity": each.severity,
            "now": each.now,
            "usd": {form: float(round(usd, 4)) for form, usd in each.prices.items()},
            "not_possible": dict(each.reasons),
            "cheapest_alarm": each.cheapest_alarm,
            "cheapest": each.cheapest,
            "lost_with_cheapest": LOST[each.cheapest],
        }
        for each in detections
    ]


def _form_table(detections: Sequence[DetectionForms]) -> tuple[tuple[str, ...], _Rows]:
    head = ("Detection", "Severity", *_SHORT.values(), "Now", "Cheapest alarm", "Cheapest")
    rows = [
        (
            each.id,
            each.severity,
            *(_usd(each, form) for form in _SHORT),
            *(_SHORT[form].lower() for form in (each.now, each.cheapest_alarm, each.cheapest)),
        )
        for each in detections
    ]
    return head, rows


def _usd(forms: DetectionForms, form: Form) -> str:
    return f"{forms.prices[form]:.3f}" if form in forms.prices else "-"
