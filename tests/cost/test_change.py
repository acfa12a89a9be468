"""How a plan changes what is billed each month, and the line that says it."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cost.templates import ALARM, KEY, Template, metric_filter, resource, template
from trailbell.cost.change import (
    NOUNS,
    CostChange,
    Count,
    added_up,
    change_between,
    costs_line,
    unknown_change,
)
from trailbell.cost.fixed_costs import evaluator

_METRIC = metric_filter("Root", DefaultValue=0)
_RARE = metric_filter("Root")
_RARELY = "and the hours in which metrics without a default value have a match"
_PRICES = "; list prices of us-east-1, November 2026"
_UNKNOWN = "Key: whether it is created depends on values that are not known"


def _change(before: Template | None, after: Template | None) -> CostChange:
    old, new = (None if each is None else evaluator(each, {}) for each in (before, after))
    return change_between(old, new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, None, id="no stack before and after"),
        pytest.param(template(Key=KEY), template(Key=KEY), id="the same template"),
        pytest.param(
            template(Alarm=ALARM),
            template(Renamed=resource("AWS::CloudWatch::Alarm", Threshold=2)),
            id="another alarm in place of one",
        ),
        pytest.param(
            template(Key=resource("AWS::KMS::Key", "IsNeeded"), Topic=resource("AWS::SNS::Topic")),
            template(Key=resource("AWS::KMS::Key", "IsNeeded")),
            id="what is not known before and after in the same way",
        ),
        pytest.param(
            template(Key=KEY | {"DeletionPolicy": "Retain"}),
            template(Topic=resource("AWS::SNS::Topic")),
            id="a key that is removed and retained is still billed",
        ),
        pytest.param(
            template(Key=KEY | {"DeletionPolicy": "RetainExceptOnCreate"}),
            None,
            id="a deleted stack whose key is retained",
        ),
    ],
)
def test_a_plan_without_a_change_of_costs_has_no_line(
    before: Template | None, after: Template | None
) -> None:
    change = _change(before, after)
    assert (change, costs_line(change)) == (CostChange(), "")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        pytest.param(
            None,
            template(Filter=_METRIC, First=ALARM, Second=ALARM),
            f"costs: about +0.50 USD a month (2 alarms, 1 metric){_PRICES}",
            id="a new stack",
        ),
        pytest.param(
            template(Filter=_METRIC, Alarm=ALARM, Key=KEY),
            None,
            f"costs: about -1.40 USD a month (-1 alarm, -1 metric, -1 KMS key){_PRICES}",
            id="a deleted stack",
        ),
        pytest.param(
            template(Key=KEY | {"DeletionPolicy": "Retain"}, Alarm=ALARM),
            None,
            f"costs: about -0.10 USD a month (-1 alarm){_PRICES}",
            id="a deleted stack, of which a key is retained",
        ),
        pytest.param(
            template(Filter=_METRIC),
            template(Filter=_RARE),
            "costs: about -0.30 USD a month (-1 metric, 1 metric without a default value)"
            f"{_PRICES}; {_RARELY}",
            id="a metric loses its default value",
        ),
        pytest.param(
            template(),
            template(Filter=_RARE),
            "costs: about +0.00 USD a month (1 metric without a default value)"
            f"{_PRICES}; {_RARELY}",
            id="a metric that is billed for hours with a match only",
        ),
        pytest.param(
            template(Filter=_METRIC, Alarm=ALARM),
            template(Alarm=resource("AWS::CloudWatch::LogAlarm")),
            "costs: about -0.30 USD a month (-1 alarm, 1 log alarm, -1 metric)"
            f"{_PRICES}; and what the queries of log alarms scan",
            id="a log alarm in place of a metric alarm",
        ),
        pytest.param(
            template(Pipeline=resource("AWS::OSIS::Pipeline", MinUnits=1)),
            template(Pipeline=resource("AWS::OSIS::Pipeline", MinUnits=3)),
            f"costs: about +350.40 USD a month (2 units of a pipeline){_PRICES}",
            id="more units of a pipeline",
        ),
        pytest.param(
            template(Alarm=ALARM),
            template(Dashboard=resource("AWS::CloudWatch::Dashboard"), Alarm=ALARM),
            f"costs: about +3.00 USD a month (1 dashboard){_PRICES}",
            id="a dashboard",
        ),
        pytest.param(
            template(Alarm=ALARM),
            template(Alarm=ALARM, Key=resource("AWS::KMS::Key", "IsNeeded")),
            f"costs: not known ({_UNKNOWN})",
            id="a key that may be created",
        ),
        pytest.param(
            template(),
            template(Alarm=ALARM, Key=resource("AWS::KMS::Key", "IsNeeded")),
            f"costs: about +0.10 USD a month (1 alarm){_PRICES}; and what is not known: {_UNKNOWN}",
            id="an alarm, and a key that may be created",
        ),
        pytest.param(
            template(),
            template(First=resource("AWS::EC2::Instance"), Second=resource("AWS::EC2::Instance")),
            "costs: not known (First: the price of AWS::EC2::Instance, and 1 more)",
            id="types without a known price",
        ),
        pytest.param(
            template(Nested=resource("AWS::CloudFormation::Stack", TemplateURL="a")),
            template(Nested=resource("AWS::CloudFormation::Stack", TemplateURL="b")),
            "costs: not known (Nested: what the nested stack has)",
            id="another template of a nested stack",
        ),
    ],
)
def test_the_line_of_a_plan(before: Template | None, after: Template | None, line: str) -> None:
    assert costs_line(_change(before, after)) == line


def test_nothing_that_was_computed_is_no_line() -> None:
    assert costs_line(None) == ""
    assert added_up([]) is None
    assert added_up([(None, 3), (CostChange(), 0)]) is None


def test_changes_of_many_stacks_add_up() -> None:
    new = _change(None, template(Filter=_METRIC, Alarm=ALARM))
    gone = _change(template(Alarm=ALARM), None)
    change = added_up([(new, 8_500), (gone, 10), (unknown_change("a"), 2), (None, 1)])
    assert change is not None
    assert asdict(change) == {
        "cents": 8_500 * 40 - 10 * 10,
        "counts": ({"price": "alarm", "number": 8_490}, {"price": "metric", "number": 8_500}),
        "unknown": ("a",),
        "prices": "list prices of us-east-1, November 2026",
    }
    assert costs_line(change) == (
        "costs: about +3,399.00 USD a month (8,490 alarms, 8,500 metrics)"
        f"{_PRICES}; and what is not known: a"
    )


_COUNTS = st.dictionaries(st.sampled_from([*NOUNS]), st.integers(-500, 500).filter(bool))


@given(_COUNTS, st.integers(1, 9_000))
def test_the_cents_of_many_stacks_are_those_of_one_times_their_number(
    counts: dict[str, int], times: int
) -> None:
    one = added_up([(_of_counts(counts), 1)])
    many = added_up([(_of_counts(counts), times)])
    assert one is not None
    assert many is not None
    assert many.cents == one.cents * times


def _of_counts(counts: dict[str, int]) -> CostChange:
    return CostChange(counts=tuple(Count(price=p, number=n) for p, n in counts.items()))


@given(_COUNTS)
def test_a_change_and_its_opposite_are_no_change(counts: dict[str, int]) -> None:
    opposite = {key: -number for key, number in counts.items()}
    total = added_up([(_of_counts(counts), 1), (_of_counts(opposite), 1)])
    assert total == CostChange()
