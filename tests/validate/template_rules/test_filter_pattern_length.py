"""The rule E9801: a filter pattern has at most 1,024 characters."""

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.FilterPatternLength import FilterPatternLength


def _filter(pattern: object, kind: str = "MetricFilter") -> Resources:
    return {"F": resource(f"Logs::{kind}", FilterPattern=pattern)}


def _joined(text: str) -> object:
    return {"Fn::Join": ["", [text, ref("Name")]]}


_LONG = "x" * 1025
_PARAMETERS = {
    "Full": {"Type": "String", "Default": "x" * 1024},
    "Long": {"Type": "String", "Default": _LONG},
    "Chosen": {"Type": "String", "AllowedValues": ["x", _LONG, "x" * 1024]},
}
_FINDING = (
    "The filter pattern has 1,025 characters, but the maximum is 1,024. Shorten it, or split it "
    "into several metric filters."
)
_CASES = [
    silent("no pattern", {"F": resource("Logs::MetricFilter")}),
    silent("no properties", {"F": {"Type": "AWS::Logs::MetricFilter"}}),
    silent("a pattern from a parameter", _filter(ref("Pattern"))),
    silent("a pattern of 1,024 characters", _filter("x" * 1024)),
    silent("1,024 characters that are more bytes", _filter("é" * 1024)),
    silent("1,024 characters and a variable", _filter(sub("x" * 1024 + "${Name}"))),
    silent(
        "a long text in another property", {"T": resource("SNS::Topic", DisplayName="x" * 2000)}
    ),
    silent("1,024 characters in a parameter", _filter(ref("Full"))),
    silent("1,024 characters by Join", _filter({"Fn::Join": ["", ["x" * 1000, "y" * 24]]})),
    silent("1,024 characters by Join and a part that is not known", _filter(_joined("x" * 1024))),
    silent("a long pattern for a topic", {"T": resource("SNS::Subscription", FilterPolicy=_LONG)}),
    fires("a long default", _filter(ref("Long")), ("F.Properties.FilterPattern", _FINDING)),
    fires(
        "1,025 characters by Join",
        _filter(_joined("x" * 1025)),
        ("F.Properties.FilterPattern", _FINDING),
    ),
    fires(
        "a variable of Sub with a text of its own",
        _filter({"Fn::Sub": ["x" * 1000 + "${Rest}", {"Rest": "y" * 25}]}),
        ("F.Properties.FilterPattern", _FINDING),
    ),
    fires(
        "the longest of several values, once",
        _filter(ref("Chosen")),
        ("F.Properties.FilterPattern", _FINDING),
    ),
    fires("a pattern of 1,025", _filter("x" * 1025), ("F.Properties.FilterPattern", _FINDING)),
    fires(
        "a subscription filter",
        _filter("x" * 1025, "SubscriptionFilter"),
        ("F.Properties.FilterPattern", _FINDING),
    ),
    fires(
        "1,025 characters and a variable",
        _filter(sub("x" * 1025 + "${Name}")),
        ("F.Properties.FilterPattern", _FINDING),
    ),
    fires(
        "one branch of two",
        _filter(either("x", "x" * 1025)),
        ("F.Properties.FilterPattern.Fn::If.2", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(FilterPatternLength(), resources, Parameters=_PARAMETERS) == findings
