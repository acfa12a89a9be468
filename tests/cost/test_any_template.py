"""Templates of others: whatever their properties are, there is an estimate and no other error."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cost.templates import of_template
from trailbell.cost.change import change_between, costs_line
from trailbell.cost.estimate import Deployment, estimate
from trailbell.cost.fixed_costs import evaluator
from trailbell.cost.prices import PRICES
from trailbell.cost.report import to_data, to_markdown
from trailbell.cost.usage import assumed_usage

_SCALAR = st.sampled_from(["", "1", "x", "rate(0 minutes)", "rate(5 minutes)", 0, 7, -1, True])
_INTRINSIC = st.sampled_from(
    [
        {"Ref": "P"},
        {"Ref": "Needed"},
        {"Ref": "AWS::NoValue"},
        {"Fn::If": ["Holds", [1], {"Ref": "AWS::NoValue"}]},
        {"Fn::If": ["Unknown", {"a": 1}, "b"]},
        {"Fn::Sub": "${P}-${Needed}"},
        {"Fn::GetAtt": ["A", "Arn"]},
    ]
)
_NAMES = st.sampled_from(
    [
        *("MetricTransformations", "MetricName", "Metrics", "Period", "MinUnits", "Targets"),
        *("ScheduledQueryConfiguration", "ScheduleConfiguration", "ScheduleExpression"),
        *("StartTimeOffset", "EndTimeOffset", "DashboardBody", "RetentionInDays", "Bucket"),
        *("RetentionDays", "LifecycleConfiguration", "Rules", "ExpirationInDays"),
        *("PolicyDocument", "CloudWatchLogsLogGroupArn", "AdvancedEventSelectors"),
        *("InsightSelectors", "StandbyReplicas", "Id", "RoleArn", "MetricStat"),
    ]
)
_VALUE = st.recursive(
    _SCALAR | _INTRINSIC,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=8,
)
_TYPES = st.sampled_from(
    [
        *PRICES.fixed,
        *sorted(PRICES.by_use),
        "AWS::S3::BucketPolicy",
        "AWS::Events::Rule",
        "Own::A::B",
    ]
)
_RESOURCE = st.fixed_dictionaries(
    {"Type": _TYPES},
    optional={
        "Properties": st.dictionaries(_NAMES, _VALUE, max_size=6),
        "Condition": st.sampled_from(["Holds", "Unknown", "Missing"]),
        "DeletionPolicy": st.sampled_from(["Retain", "Delete"]),
    },
)
_TEMPLATE = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from("ABCD"), _RESOURCE, max_size=4)}
).map(
    lambda template: {
        "Parameters": {"P": {"Type": "String", "Default": "1"}, "Needed": {"Type": "String"}},
        "Conditions": {
            "Holds": {"Fn::Equals": [{"Ref": "P"}, "1"]},
            "Unknown": {"Fn::Equals": [{"Ref": "Needed"}, "1"]},
        },
        **template,
    }
)


@given(_TEMPLATE, st.integers(1, 50))
@settings(max_examples=150)
def test_any_template_has_an_estimate(template: Any, accounts: int) -> None:
    placed = [of_template("own", template)]
    result = estimate(placed, Deployment(accounts=accounts), assumed_usage(10**6))
    assert 0 <= result.usd <= result.list_usd
    assert to_data(result, "")["accounts"] == accounts
    assert to_markdown(result, "").startswith("**About ")


@given(_TEMPLATE, _TEMPLATE)
@settings(max_examples=150)
def test_there_and_back_is_no_change_but_for_what_is_retained(before: Any, after: Any) -> None:
    old, new = evaluator(before, {}), evaluator(after, {})
    there, back = change_between(old, new), change_between(new, old)
    assert there.is_none == (not costs_line(there))
    if "Retain" not in str((before, after)):
        assert (there.cents, there.unknown) == (-back.cents, back.unknown)
    else:
        assert there.cents + back.cents >= 0
