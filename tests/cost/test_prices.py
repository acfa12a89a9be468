"""The list of prices: each with its page, and the same in the documentation."""

import re
from decimal import Decimal

import pytest

from tests import PROJECT
from trailbell.cost.prices import PRICES, SHIPPED, FreeAmount, dollars, read_prices

_PAGES = ("docs/reference/costs.md", "docs/how-to/log-alarms.md", "README.md")
_PRICE = re.compile(r"([\d.]+) USD (?:are added )?(?:per|for each) (GB|TB|million|\d[\d,]*\d)")
_TEXT = SHIPPED.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(_TEXT.replace('= "key"', '= "kez"'), ValueError, id="a type of no price"),
        pytest.param(
            _TEXT.replace('prices = ["metric"]', 'prices = ["metrik"]'),
            ValueError,
            id="a free amount of no price",
        ),
        pytest.param(_TEXT.replace("[price.key]", "[price.key"), ValueError, id="no TOML"),
        pytest.param(_TEXT.replace('month = "', 'mnth = "'), KeyError, id="without its month"),
    ],
)
def test_a_file_that_is_not_right_is_an_error(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_prices(text)


@pytest.mark.parametrize("key", PRICES.prices)
def test_a_price_is_positive_and_has_a_page_of_aws(key: str) -> None:
    price = PRICES[key]
    assert price.usd > 0
    assert re.fullmatch(r"https://aws\.amazon\.com/[a-z0-9-]+/pricing/", price.page)


@pytest.mark.parametrize("amounts", PRICES.free_amounts, ids=lambda each: "+".join(each.prices))
def test_a_free_amount_is_on_a_page_of_aws(amounts: FreeAmount) -> None:
    assert re.fullmatch(r"https://aws\.amazon\.com/[a-z0-9-]+/pricing/", amounts.page)


def test_a_type_has_one_kind_of_price() -> None:
    kinds = (frozenset(PRICES.fixed), PRICES.by_use, PRICES.free)
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))


@pytest.mark.parametrize("page", _PAGES)
def test_the_prices_on_a_page_are_those_of_the_list(page: str) -> None:
    prices = PRICES.prices.values()
    known = {(price.usd, f"{price.per:,}".replace("1,000,000", "million")) for price in prices}
    known |= {(price.usd, price.unit.split(" ")[0]) for price in prices}
    found = _PRICE.findall((PROJECT / page).read_text("utf-8"))
    assert found != []
    assert [each for each in found if (Decimal(each[0]), each[1]) not in known] == []


@pytest.mark.parametrize("page", [*_PAGES, "trailbell/cost/prices.toml"])
def test_the_pages_name_the_same_month(page: str) -> None:
    text = " ".join((PROJECT / page).read_text("utf-8").split())
    months = set(re.findall(r"(?:January|July|October|November|December) 20\d\d", text))
    assert months <= {PRICES.month}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("GLACIER_IR", "archive_glacier_ir"),
        ("GLACIER", "archive_glacier"),
        ("DEEP_ARCHIVE", "archive_deep_archive"),
    ],
)
def test_an_archive_class_has_its_price_on_the_page(name: str, key: str) -> None:
    page = (PROJECT / "docs/reference/costs.md").read_text("utf-8")
    assert f"`{name}` {PRICES[key].usd}" in page


@pytest.mark.parametrize(
    ("usd", "sign", "text"),
    [
        pytest.param("0", False, "0.00 USD", id="nothing"),
        pytest.param("0.004", False, "less than 0.01 USD", id="nearly nothing"),
        pytest.param("0.005", False, "0.01 USD", id="half a cent is a cent"),
        pytest.param("1234.5", False, "1,234.50 USD", id="thousands"),
        pytest.param("-0.4", True, "-0.40 USD", id="saved"),
        pytest.param("0.4", True, "+0.40 USD", id="added"),
    ],
)
def test_dollars(usd: str, sign: bool, text: str) -> None:  # noqa: FBT001 - of the table
    assert dollars(Decimal(usd), sign=sign) == text


@pytest.mark.parametrize(
    ("key", "text", "each"),
    [
        pytest.param("alarm", "0.10 USD a month", "0.10", id="a month"),
        pytest.param("pipeline_unit", "0.24 USD an hour", "175.20", id="an hour, in a month"),
        pytest.param("log_ingestion", "0.50 USD per GB", "0.50", id="a GB"),
        pytest.param("email", "2.00 USD per 100,000 notifications", "0.00002", id="many"),
        pytest.param("bus_event", "1.00 USD per million events", "0.000001", id="a million"),
    ],
)
def test_a_price_in_words_and_for_one(key: str, text: str, each: str) -> None:
    assert (str(PRICES[key]), PRICES[key].each) == (text, Decimal(each))
