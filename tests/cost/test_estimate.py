"""Whole estimates, each computed by hand."""

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cost.templates import STACKS, of_template, placed
from trailbell.build.project import load_project
from trailbell.compiler.compile import compile_stack
from trailbell.cost.estimate import Deployment, Estimate, Item, estimate
from trailbell.cost.prices import PRICES, in_cents
from trailbell.cost.scope import PlacedTemplate, Reach
from trailbell.cost.usage import Usage
from trailbell.settings import parse

_PACKS = (
    *("security-alerts", "cis", "data", "exposure", "identity", "impact", "persistence", "tamper"),
)
_KB = Decimal(1_024)
_GB_10 = Usage(events=Decimal(10 * 2**20), bytes_per_event=_KB)
"""10 GB of events: 10,485,760 of 1,024 bytes."""


@cache
def _compiled(toml: str, *stacks: str) -> tuple[PlacedTemplate, ...]:
    """Stacks of the project with other settings."""
    project = load_project(parse(toml))
    where = {each.stack: each.where for each in placed(*stacks)}
    documents: dict[str, Any] = {
        stack.name: compile_stack(stack, project.catalog).document
        for stack in project.stacks
        if stack.name in stacks
    }
    return tuple(of_template(name, documents[name], where[name]) for name in stacks)


def _cents(result: Estimate) -> Decimal:
    return in_cents(result.usd)


def _amounts(result: Estimate) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for item in result.items:
        found[item.label] = found.get(item.label, Decimal(0)) + item.amount
    return found


def test_one_account_with_the_default() -> None:
    # 9 metrics x 0.30 + 10 alarms x 0.10 + 1 key x 1.00                              = 4.70
    # free: 9 metrics x 0.30 + 10 alarms x 0.10                                       = 3.70
    result = estimate(placed("security-alerts"), Deployment(), None)
    assert (_cents(result), in_cents(result.list_usd)) == (Decimal("1.00"), Decimal("4.70"))


def test_two_accounts_share_one_free_tier() -> None:
    # 2 x 4.70; free: 10 of 18 metrics x 0.30 + 10 of 20 alarms x 0.10                = 4.00
    result = estimate(placed("security-alerts"), Deployment(accounts=2), None)
    assert (_cents(result), in_cents(result.list_usd)) == (Decimal("5.40"), Decimal("9.40"))


def test_one_account_with_all_packs_and_10_gb_a_month() -> None:
    # metrics: 9 + 14 + 8 + 16 + 18 + 9 + 9 + 11 = 94, less 10 free: 84 x 0.30        = 25.20
    # alarms:  10 + 14 + 8 + 16 + 18 + 9 + 9 + 14 = 98, less 10 free: 88 x 0.10       =  8.80
    # key                                                                             =  1.00
    # 10 GB into the log group, less 5 free: 5 x 0.50                                 =  2.50
    # 365 days are 12 months of 730 hours: 120 GB x 0.03                              =  3.60
    # log files: 17 Regions x 730 h x (12 + 1 digest) = 161,330 x 0.005 / 1,000       =  0.80665
    # an eighth of 120 GB in the bucket: 15 GB x 0.023                                =  0.345
    # 94 detections x 10 e-mails, and requests to the key: free                       =  0
    #                                                                          total  = 42.25165
    result = estimate(placed(*_PACKS), Deployment(), _GB_10)
    assert _cents(result) == Decimal("42.25")
    assert _amounts(result) == {
        "metrics": 94,
        "alarms": 98,
        "KMS keys": 1,
        "events into log groups": 10,
        "storage of log groups": 120,
        "log files written": 161_330,
        "storage of log files": 15,
        "e-mails": 940,
        "requests to keys": 940,
    }


def test_a_stack_set_of_500_accounts_and_17_regions_without_default_values() -> None:
    # 8,500 stacks of alerts (9 metrics, 10 alarms, 1 key) and identity (18 and 18)
    # alarms: 28 x 8,500 = 238,000, less 10 free: 237,990 x 0.10                      = 23,799.00
    # keys: 8,500 x 1.00                                                              =  8,500.00
    # metrics: 27 x 8,500 x 10 h of 730 = 3,143.8356, less 10 free: 3,133.8356 x 0.30 =    940.15068
    # e-mails: 27 x 8,500 x 10 = 2,295,000, less 1,000 free: x 2.00 / 100,000         =     45.88
    # requests to keys: 2,295,000, less 20,000 free: x 0.03 / 10,000                  =      6.825
    #                                                                          total  = 33,291.85568
    stacks = _compiled("[catalog]\nmetric_default_value = false", "alerts", "identity")
    deployment = Deployment(accounts=500, regions=17)
    result = estimate(stacks, deployment, Usage(events=Decimal(1)))
    assert _cents(result) == Decimal("33291.86")
    assert [(each.stack, each.reach, each.places) for each in result.stacks] == [
        ("alerts", Reach.REGION, 8_500),
        ("identity", Reach.REGION, 8_500),
    ]
    # With the default value: 27 x 8,500 = 229,500 metrics, less 10 free: x 0.30      = 68,847.00
    with_default = estimate(placed("alerts", "identity"), deployment, None)
    # 23,799 + 8,500 + 68,847
    assert _cents(with_default) == Decimal("101146.00")


def test_an_organization_trail_of_20_accounts() -> None:
    # keys: organization-trail and log-archive: 2 x 1.00                              =  2.00
    # 20 x 2.5 GB into the log group, less 5 free: 45 x 0.50                          = 22.50
    # 50 GB x 12 months x 0.03                                                        = 18.00
    # log files: 20 x 17 x 730 x 13 = 3,226,600 x 0.005 / 1,000                       = 16.133
    # an eighth of 600 GB: 75 x 0.023                                                 =  1.725
    #                                                                          total  = 60.358
    usage = Usage(events=Decimal(10 * 2**18), bytes_per_event=_KB)
    stacks = placed("organization-trail", "log-archive")
    result = estimate(stacks, Deployment(accounts=20), usage)
    assert (_cents(result), {each.reach for each in result.stacks}) == (
        Decimal("60.36"),
        {Reach.ORGANIZATION},
    )


def test_log_alarms_for_detections_of_high_severity() -> None:
    # Of the 18 detections in identity, the 9 of high severity that can have one have log alarms.
    # Each query scans the 10 GB three times: 9 x 30 GB = 270 GB, less 5 free: x 0.005 = 1.325
    # log alarms: 9 x 0.10, without a free tier                                        = 0.90
    # metrics and alarms: 9 each, free; e-mails: 18 x 10, free                   total = 2.225
    stacks = _compiled('[catalog]\nlog_alarms = ["high"]', "identity")
    result = estimate(stacks, Deployment(), _GB_10)
    assert _amounts(result) == {
        "metrics": 9,
        "alarms": 9,
        "log alarms": 9,
        "queries of log alarms": 270,
        "e-mails": 180,
    }
    assert (_cents(result), result.unsure) == (Decimal("2.23"), ("log_alarm",))


def test_a_real_time_hub_with_measured_matches() -> None:
    # key of the hub                                                                  =  1.00
    # alarm of the hub: free                                                          =  0
    # e-mails: 10 accounts x 100,000, less 1,000 free: 999,000 x 2.00 / 100,000       = 19.98
    # requests to the key: 1,000,000, less 20,000 free: x 0.03 / 10,000               =  2.94
    # events to the hub: 1,000,000 x 1.00 / 1,000,000                                 =  1.00
    # archive: 1,000,000 KB = 0.95367 GB x 0.10                                       =  0.095367
    # kept for 30 of 30.4167 days: 0.94061 GB x 0.023                                 =  0.021634
    #                                                                          total  = 25.037001
    usage = Usage(
        events=Decimal(10**7),
        bytes_per_event=_KB,
        matches={"RootAccountUse": Decimal(100_000)},
        hours={"RootAccountUse": Decimal(700)},
    )
    deployment = Deployment(accounts=10, regions=2)
    result = estimate(placed("realtime-hub", "realtime-forward"), deployment, usage)
    assert _cents(result) == Decimal("25.04")


def test_a_dashboard_of_more_metrics_than_are_free_that_is_viewed_often() -> None:
    # security-alerts, as above with 10 GB: 1.00 + 2.50 + 3.60 + 0.80665 + 0.345      =  8.25165
    # dashboard, which shows more than 50 metrics                                     =  3.00
    # 1,000 views of 3 of 730 hours: 41.0959 GB x 0.005                               =  0.20548
    #                                                                          total  = 11.45713
    shown = dict.fromkeys(("ShowCis", "ShowIdentity", "ShowExposure", "ShowTamper"), "yes")
    stacks = placed("security-alerts", "dashboard", **shown)
    result = estimate(stacks, Deployment(dashboard_views=1_000), _GB_10)
    assert _cents(result) == Decimal("11.46")


def test_a_second_trail_pays_for_its_events() -> None:
    # trail: key 1.00; a second one: key 1.00
    # 200,000 events, recorded a second time: 2 x 2.00                                =  4.00
    first, second = placed("trail")[0], placed("trail", RetentionInDays="30")[0]
    stacks = [first, replace(second, stack="another")]
    result = estimate(stacks, Deployment(), Usage(events=Decimal(200_000), bytes_per_event=_KB))
    further = [item for item in result.items if item.price == "trail_event"]
    assert further == [
        Item(
            stack="another",
            label="events of further trails",
            price="trail_event",
            amount=Decimal(200_000),
            by_use=True,
        )
    ]
    assert further[0].usd == Decimal("4.00")


def test_a_pipeline_and_its_collection() -> None:
    # pipeline: 1 unit x 0.24 x 730                                                   = 175.20
    # collection: 2 units x 0.24 x 730                                                = 350.40
    # alarms: 2, free                                                          total  = 525.60
    stacks = placed("search", DestinationArn="create")
    result = estimate(stacks, Deployment(), None)
    assert (_cents(result), result.unknown) == (Decimal("525.60"), ())


def test_the_log_files_of_a_bucket_can_be_events() -> None:
    # 100 accounts x 17 x 730 x 13 = 16,133,000 x 1.00 / 1,000,000                     = 16.133
    usage = Usage(events=Decimal(10**6), bytes_per_event=_KB)
    stacks = placed("log-archive", LogBucketEvents="true")
    result = estimate(stacks, Deployment(accounts=100), usage)
    (item,) = [item for item in result.items if item.price == "bus_event"]
    assert (item.label, item.usd) == ("events of the log bucket", Decimal("16.133"))


def test_athena_scans_the_log_files_of_a_month() -> None:
    # 800 GB of events are 100 GB of log files: 0.1 TB x 5.00                         = 0.50
    template = {"Resources": {"Group": {"Type": "AWS::Athena::WorkGroup"}}}
    usage = Usage(events=Decimal(800 * 2**20), bytes_per_event=_KB)
    result = estimate([of_template("hunt", template)], Deployment(), usage)
    assert _cents(result) == Decimal("0.50")


def test_what_is_assumed_and_left_out_is_said() -> None:
    result = estimate(placed("security-alerts", "queue"), Deployment(), _GB_10)
    assert result.assumptions == (
        (
            "assumed: each detection matches in 10 hours of a month, once in each of them "
            "(--logs measures it)"
        ),
        (
            "assumed: one e-mail for each hour in which the detection of an alarm matches, and for "
            "each event that matches a rule"
        ),
        "storage is that of month 12: what is kept longer costs more in each later month",
        (
            "assumed: log files have an eighth of the size of their events; in each account, "
            "CloudTrail writes them in 17 Regions, one every 5 minutes, at most one for each "
            "event, and one digest file an hour"
        ),
    )
    assert result.left_out == (
        "requests to SQS queues, of which one million a month is free",
        "data transfer, taxes, support, discounts and credits",
        "the prices of other Regions, which differ",
        "the lower prices of large volumes, such as from 10,000 metrics in a Region on",
        "saved queries that people run",
    )


def test_without_events_everything_by_use_is_left_out() -> None:
    result = estimate(placed("trail", Insights="both"), Deployment(), None)
    assert (result.assumptions, result.left_out[:2]) == (
        (),
        (
            (
                "everything that depends on events: log group, log files, queries, notifications "
                "(--events-per-month or --logs adds it)"
            ),
            "Insights that the trail records",
        ),
    )


def test_the_log_group_of_another_stack_is_left_out() -> None:
    with_trail, without = placed("trail", "alerts", "identity"), placed("alerts", "identity")
    text = "the log group, which another stack or service has, and its events"
    assert text in estimate(without, Deployment(), _GB_10).left_out
    assert text not in estimate(with_trail, Deployment(), _GB_10).left_out


def test_a_resource_that_may_exist_is_not_in_the_sum_and_is_named() -> None:
    result = estimate(placed("search"), Deployment(), None)
    assert result.unknown == (
        "search: Collection: whether it is created depends on values that are not known",
    )


_USAGES = st.builds(
    Usage,
    events=st.integers(1, 10**9).map(Decimal),
    bytes_per_event=st.integers(200, 100_000).map(Decimal),
    regions=st.integers(1, 17).map(Decimal),
    matches=st.none() | st.just({"RootAccountUse": Decimal(7)}),
)


@given(
    stacks=st.lists(st.sampled_from(STACKS), min_size=1, max_size=4, unique=True),
    accounts=st.integers(1, 2_000),
    regions=st.integers(1, 17),
    usage=st.none() | _USAGES,
)
@settings(max_examples=30)
def test_more_accounts_never_cost_less_and_the_free_tier_counts_once(
    stacks: list[str], accounts: int, regions: int, usage: Usage | None
) -> None:
    if usage is not None and usage.matches is not None:
        usage = replace(usage, hours={"RootAccountUse": Decimal(5)})
    templates = placed(*stacks)
    few = estimate(templates, Deployment(accounts=accounts, regions=regions), usage)
    more = estimate(templates, Deployment(accounts=accounts + 1, regions=regions), usage)
    assert 0 <= few.usd <= more.usd
    for amounts in PRICES.free_amounts:
        free = sum(item.free for item in few.items if item.price in amounts.prices)
        assert free <= amounts.amount
    assert all(0 <= item.free <= item.amount for item in few.items)
