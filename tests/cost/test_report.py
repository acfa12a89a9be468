"""Estimates as text, Markdown and JSON."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.cost.templates import placed
from trailbell.cost import report
from trailbell.cost.estimate import Deployment, Estimate, estimate
from trailbell.cost.forms import DetectionForms, Form
from trailbell.cost.usage import assumed_usage
from trailbell.styled_text import plain_text

_WHY = "as given with --stack"
_DEFAULT = estimate(placed("security-alerts"), Deployment(), None)
_FORMS = (
    DetectionForms(
        id="root-account-use",
        severity="high",
        now=Form.DEFAULT_VALUE,
        prices={Form.DEFAULT_VALUE: Decimal("0.4"), Form.LOG_ALARM: Decimal("0.25")},
        reasons={Form.RULE: "it counts"},
    ),
)


def test_a_manager_reads_the_sum_first() -> None:
    assert plain_text(report.to_lines(_DEFAULT, _WHY)).splitlines() == [
        "About 1.00 USD a month for security-alerts in 1 account: as given with --stack.",
        (
            "  list prices of us-east-1, November 2026, in US dollars; the free tier of the "
            "organization saves 3.70 USD"
        ),
        "",
        "The largest items",
        "  Item      Amount   A month",
        "  KMS keys       1  1.00 USD",
        "",
        "Stacks",
        "  Stack            Deployed in   List price   A month",
        "  security-alerts  each account    4.70 USD  1.00 USD",
        "  total                            4.70 USD  1.00 USD",
        "",
        "Items",
        "  Item      Amount  Free  Price              A month",
        "  metrics        9     9  0.30 USD a month  0.00 USD",
        "  alarms        10    10  0.10 USD a month  0.00 USD",
        "  KMS keys       1        1.00 USD a month  1.00 USD",
        "",
        "Not included",
        (
            "  everything that depends on events: log group, log files, queries, notifications "
            "(--events-per-month or --logs adds it)"
        ),
        "  data transfer, taxes, support, discounts and credits",
        "  the prices of other Regions, which differ",
        "  the lower prices of large volumes, such as from 10,000 metrics in a Region on",
        "  saved queries that people run",
    ]


@pytest.mark.parametrize(
    ("result", "line"),
    [
        pytest.param(
            estimate(placed("security-alerts"), Deployment(accounts=12, regions=3), None),
            "About 52.40 USD a month for security-alerts in 12 accounts: why.",
            id="a stack that is in one Region of each account",
        ),
        pytest.param(
            estimate(placed("realtime"), Deployment(accounts=12, regions=3), None),
            "About 38.60 USD a month for realtime in 12 accounts x 3 Regions: why.",
            id="a stack that is in each Region",
        ),
        pytest.param(
            estimate(placed("cis-queries", "stackset-roles"), Deployment(), None),
            "About 0.00 USD a month for cis-queries, stackset-roles in 1 account: why.",
            id="stacks that cost nothing",
        ),
    ],
)
def test_the_first_line(result: Estimate, line: str) -> None:
    assert report.headline(result, "why") == line


def test_the_three_largest_items_are_of_all_stacks_together() -> None:
    stacks = placed("security-alerts", "identity", "realtime")
    text = plain_text(report.to_lines(estimate(stacks, Deployment(accounts=2), None), _WHY))
    assert text.split("\n\n")[1].splitlines()[1:] == [
        "  Item      Amount    A month",
        "  metrics       54  13.20 USD",
        "  alarms        58   4.80 USD",
        "  KMS keys       4   4.00 USD",
    ]


def test_what_is_not_known_or_not_verified_is_below() -> None:
    text = plain_text(report.to_lines(estimate(placed("search"), Deployment(), None), _WHY))
    assert text.split("\n\n")[4:6] == [
        (
            "Not known\n"
            "  search: Collection: whether it is created depends on values that are not known"
        ),
        (
            "Prices that could not be verified\n"
            "  Unit (OCU) of a pipeline of OpenSearch Ingestion: 0.24 USD an hour, see "
            "https://aws.amazon.com/opensearch-service/pricing/"
        ),
    ]


def test_markdown_has_the_same_parts() -> None:
    text = report.to_markdown(_DEFAULT, _WHY)
    assert text.splitlines()[:16] == [
        "**About 1.00 USD a month for security-alerts in 1 account: as given with --stack.**",
        "",
        (
            "List prices of us-east-1, November 2026, in US dollars; the free tier of the "
            "organization saves 3.70 USD"
        ),
        "",
        "### The largest items",
        "",
        "| Item | Amount | A month |",
        "| --- | --- | --- |",
        "| KMS keys | 1 | 1.00 USD |",
        "",
        "### Stacks",
        "",
        "| Stack | Deployed in | List price | A month |",
        "| --- | --- | --- | --- |",
        "| security-alerts | each account | 4.70 USD | 1.00 USD |",
        "| total |  | 4.70 USD | 1.00 USD |",
    ]


def test_json_has_all_members() -> None:
    data = report.to_data(_DEFAULT, _WHY)
    assert json.loads(json.dumps(data)) == {
        "format": 1,
        "usd": 1.0,
        "list_usd": 4.7,
        "prices": {"region": "us-east-1", "month": "November 2026"},
        "accounts": 1,
        "regions": 1,
        "chosen": "as given with --stack",
        "stacks": [
            {
                "stack": "security-alerts",
                "where": "each account",
                "places": 1,
                "list_usd": 4.7,
                "usd": 1.0,
            }
        ],
        "items": [
            _item("metrics", "metric", 9.0, free=9.0, list_usd=2.7, usd=0.0),
            _item("alarms", "alarm", 10.0, free=10.0, list_usd=1.0, usd=0.0),
            _item("KMS keys", "key", 1.0, free=0.0, list_usd=1.0, usd=1.0),
        ],
        "assumptions": [],
        "not_included": list(_DEFAULT.left_out),
        "unknown": [],
        "unsure_prices": [],
    }


def _item(name: str, price: str, amount: float, **more: float) -> dict[str, object]:
    fixed = {"stack": "security-alerts", "item": name, "price": price, "amount": amount}
    return {**fixed, "unit": "month", "by_use": False, **more}


def test_the_rows_add_up_to_the_sum() -> None:
    result = estimate(placed("security-alerts", "realtime"), Deployment(), assumed_usage(10**8))
    data = report.to_data(result, _WHY)
    assert sum(item["usd"] for item in data["items"]) == pytest.approx(data["usd"], abs=0.06)
    assert sum(stack["usd"] for stack in data["stacks"]) == pytest.approx(data["usd"], abs=0.01)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        pytest.param("0.0004", "less than 0.001 GB", id="very little"),
        pytest.param("0.0123456", "0.0123 GB", id="little"),
        pytest.param("2.5", "2.5 GB", id="some"),
        pytest.param("10", "10 GB", id="a round number"),
        pytest.param("12345.6", "12,346 GB", id="much"),
    ],
)
def test_amounts_are_short(amount: str, text: str) -> None:
    item = replace(_DEFAULT.items[0], price="log_ingestion", amount=Decimal(amount))
    shown = replace(_DEFAULT, items=(item,))
    assert report.to_markdown(shown, _WHY).splitlines()[8].split(" | ")[1] == text


def test_the_forms_of_detections_as_text() -> None:
    lines = plain_text(report.form_lines(_FORMS)).splitlines()
    assert lines[:5] == [
        "Each detection in a month and account, at list prices",
        (
            "  Detection         Severity  Default value  No default value  Log alarm  Rule only  "
            "Now            Cheapest alarm  Cheapest"
        ),
        (
            "  root-account-use  high              0.400                 -      0.250          -  "
            "default value  log alarm       log alarm"
        ),
        (
            "  price that is not verified: Log alarm, without what its query scans: 0.10 USD a "
            "month, see https://aws.amazon.com/cloudwatch/pricing/"
        ),
        "",
    ]
    assert [line.strip().split(":")[0] for line in lines[5:]] == ["What is lost", *Form]


def test_the_forms_of_detections_as_markdown() -> None:
    assert report.forms_markdown(_FORMS).splitlines()[4] == (
        "| root-account-use | high | 0.400 | - | 0.250 | - | default value | log alarm "
        "| log alarm |"
    )


def test_the_forms_of_detections_as_data() -> None:
    assert json.loads(json.dumps(report.forms_data(_FORMS))) == [
        {
            "id": "root-account-use",
            "severity": "high",
            "now": "metric with default value",
            "usd": {"metric with default value": 0.4, "log alarm": 0.25},
            "not_possible": {"rule only": "it counts"},
            "cheapest_alarm": "log alarm",
            "cheapest": "log alarm",
            "lost_with_cheapest": (
                "up to 5 minutes; the metric and its graph; compliance scanners do not find it. It "
                "says who it was, and notifies of each identity"
            ),
        }
    ]
