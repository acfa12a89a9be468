"""
List prices: one dated file, and what of it is free.

In:    ``prices.toml``.
Out:   a `PriceList`.
Never: a price without the page that has it, or one that is looked up anywhere else.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

HOURS_A_MONTH = 730
"""The hours of an average month, with which AWS computes its monthly prices.

https://aws.amazon.com/cloudwatch/pricing/
"""

SHIPPED = Path(__file__).resolve().parent / "prices.toml"
_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Price:
    """``usd`` US dollars for each ``per`` of ``unit``: of a month, an hour, a GB, events.

    ``page`` is the page of AWS. For ``unsure`` prices, no page that states them could be read.
    """

    key: str
    name: str
    usd: Decimal
    per: int
    unit: str
    page: str
    unsure: bool

    @property
    def each(self) -> Decimal:
        """US dollars for one: for one whole month of what has a price for each hour."""
        each = self.usd / self.per
        return each * HOURS_A_MONTH if self.unit == "hour" else each

    def __str__(self) -> str:
        """As documentation writes it: ``0.50 USD per GB``, ``3.00 USD a month``."""
        usd = f"{self.usd} USD"
        match self.unit:
            case "month":
                return f"{usd} a month"
            case "hour":
                return f"{usd} an hour"
            case "GB" | "GB and month" | "TB":
                return f"{usd} per {self.unit}"
            case _:
                number = "million" if self.per == 1_000_000 else f"{self.per:,}"
                return f"{usd} per {number} {self.unit}"


@dataclass(frozen=True, kw_only=True)
class FreeAmount:
    """What is free in each month, once for an organization. All ``prices`` share the amount."""

    prices: tuple[str, ...]
    amount: Decimal
    unit: str
    page: str


@dataclass(frozen=True, kw_only=True)
class PriceList:
    """The prices of one Region, as AWS published them in a month.

    ``fixed`` maps types of resources to the price of each for a month. Those ``by_use`` have prices
    for their use only, and those that are ``free`` none.
    """

    region: str
    month: str
    prices: Mapping[str, Price]
    free_amounts: tuple[FreeAmount, ...]
    fixed: Mapping[str, str]
    by_use: frozenset[str]
    free: frozenset[str]

    def __getitem__(self, key: str) -> Price:
        return self.prices[key]

    def knows(self, type_: str) -> bool:
        """Whether it is known what a resource of this type costs, or that it depends on its use."""
        return type_ in self.fixed or type_ in self.by_use or type_ in self.free

    def __str__(self) -> str:
        return f"list prices of {self.region}, {self.month}"


def read_prices(text: str) -> PriceList:
    """Read the prices from TOML. Raises `KeyError` or `ValueError` for a file of another form."""
    document = tomllib.loads(text)
    prices = {key: _price(key, table) for key, table in document["price"].items()}
    free_amounts = tuple(
        FreeAmount(
            prices=tuple(table["prices"]),
            amount=Decimal(table["amount"]),
            unit=table["unit"],
            page=table["page"],
        )
        for table in document["free"]
    )
    types = document["types"]
    named = {*types["fixed"].values()}.union(*(free.prices for free in free_amounts))
    if unknown := named - prices.keys():
        raise ValueError(f"no price is called {', '.join(sorted(unknown))}")
    return PriceList(
        region=document["region"],
        month=document["month"],
        prices=prices,
        free_amounts=free_amounts,
        fixed=types["fixed"],
        by_use=frozenset(types["by_use"]),
        free=frozenset(types["free"]),
    )


def _price(key: str, table: Mapping[str, Any]) -> Price:
    return Price(
        key=key,
        name=table["name"],
        usd=Decimal(table["usd"]),
        per=int(table.get("per", 1)),
        unit=table["unit"],
        page=table["page"],
        unsure=bool(table.get("unsure", False)),
    )


PRICES = read_prices(SHIPPED.read_text(encoding="utf-8"))
"""The prices that come with Trailbell."""


def dollars(usd: Decimal, *, sign: bool = False) -> str:
    """US dollars with cents: ``1,234.50 USD``; with ``sign`` a plus or minus before it.

    An amount below a cent that is not nothing is ``less than 0.01 USD``.

    >>> dollars(Decimal("0.125"), sign=True)
    '+0.13 USD'
    """
    if usd and abs(usd) < _CENT / 2:
        return "less than 0.01 USD"
    rounded = in_cents(usd)
    return f"{rounded:+,.2f} USD" if sign else f"{rounded:,.2f} USD"


def in_cents(usd: Decimal) -> Decimal:
    """The amount rounded to cents, half a cent up."""
    return usd.quantize(_CENT, rounding="ROUND_HALF_UP")
