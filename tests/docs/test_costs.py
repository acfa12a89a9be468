"""The tables of costs and prices in the documentation."""

from tests.cost.templates import ALARM, KEY, metric_filter, resource, template
from trailbell.cost.prices import PRICES
from trailbell.docs.costs import costs_table, prices_table


def test_the_table_has_the_stacks_with_costs_only() -> None:
    templates = {
        "roles": template(Role=resource("AWS::IAM::Role")),
        "trail": template(Key=KEY),
        "pack": template(
            Root=metric_filter("Root", DefaultValue=0),
            Keys=metric_filter("Keys", DefaultValue=0),
            Users=metric_filter("Users", DefaultValue=0),
        ),
        "queue": template(Alarm=ALARM),
    }
    assert costs_table(templates).splitlines() == [
        "| Stack | Metrics | Alarms | KMS keys | USD a month |",
        "| --- | --- | --- | --- | --- |",
        "| `trail` |  |  | 1 | 1.00 |",
        "| `pack` | 3 |  |  | 0.90 |",
        "| `queue` |  | 1 |  | 0.10 |",
    ]


def test_each_price_has_a_row_with_its_page() -> None:
    rows = prices_table().splitlines()[2:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [
        price.name for price in PRICES.prices.values()
    ]
    assert rows[4] == (
        "| Log alarm, without what its query scans | "
        "[0.10 USD a month](https://aws.amazon.com/cloudwatch/pricing/) (not verified) |  |"
    )
