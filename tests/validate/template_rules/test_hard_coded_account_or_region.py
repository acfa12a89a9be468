"""The rule E9808: resources and outputs contain no literal partition, account ID or Region."""

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
from trailbell.validate.template_rules.HardCodedAccountOrRegion import HardCodedAccountOrRegion


def _named(value: object, name: str = "TopicName") -> Resources:
    return {"T": resource("SNS::Topic", **{name: value})}


_PATH = "T.Properties.TopicName"
_CASES = [
    silent(
        "an ARN of pseudo parameters", _named(sub("arn:${AWS::Partition}:sns:${AWS::Region}:x"))
    ),
    silent("a parameter", _named(ref("Name"))),
    silent("a service's principal", _named("cloudtrail.amazonaws.com")),
    silent("eleven digits", _named("11112222333")),
    silent("thirteen digits", _named("1111222233334")),
    silent("digits inside a word", _named("key-111122223333-x")),
    silent("a Region inside a word", _named("my-us-east-1-topic")),
    silent("a display name", _named("as in us-east-1", "DisplayName")),
    silent(
        "a filter pattern that excludes a role",
        _named("arn:aws:iam::111122223333:role/x", "FilterPattern"),
    ),
    silent("a name that resembles a Region", _named("us-east-99")),
    fires(
        "a partition",
        _named("arn:aws:s3:::logs"),
        (_PATH, "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead."),
    ),
    fires(
        "another partition",
        _named(sub("arn:aws-us-gov:s3:::${Name}")),
        (
            f"{_PATH}.Fn::Sub",
            "The partition 'aws-us-gov' is hard-coded. Use ${AWS::Partition} instead.",
        ),
    ),
    fires(
        "an account",
        _named("111122223333"),
        (_PATH, "The account ID '111122223333' is hard-coded. Use ${AWS::AccountId} instead."),
    ),
    fires(
        "a Region",
        _named("sns.us-gov-west-1.amazonaws.com"),
        (_PATH, "The Region 'us-gov-west-1' is hard-coded. Use ${AWS::Region} instead."),
    ),
    fires(
        "an Availability Zone",
        _named("eu-north-1b"),
        (_PATH, "The Region 'eu-north-1' is hard-coded. Use ${AWS::Region} instead."),
    ),
    fires(
        "all three in one branch",
        _named(either("x", "arn:aws:sns:us-east-1:123456789012:x")),
        (f"{_PATH}.Fn::If.2", "The partition 'aws' is hard-coded. Use ${AWS::Partition} instead."),
        (
            f"{_PATH}.Fn::If.2",
            "The account ID '123456789012' is hard-coded. Use ${AWS::AccountId} instead.",
        ),
        (f"{_PATH}.Fn::If.2", "The Region 'us-east-1' is hard-coded. Use ${AWS::Region} instead."),
    ),
]


def test_outputs_are_checked() -> None:
    assert rule_matches(
        HardCodedAccountOrRegion(),
        {},
        Outputs={"O": {"Description": "us-east-1", "Value": "us-east-1"}},
    ) == [("Outputs.O.Value", "The Region 'us-east-1' is hard-coded. Use ${AWS::Region} instead.")]


def test_parameters_mappings_and_conditions_are_not_checked() -> None:
    assert (
        rule_matches(
            HardCodedAccountOrRegion(),
            {},
            Parameters={"P": {"Type": "String", "Default": "us-east-1"}},
            Mappings={"M": {"us-east-1": {"Account": "123456789012"}}},
            Conditions={"C": {"Fn::Equals": [ref("AWS::Region"), "us-east-1"]}},
        )
        == []
    )


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(HardCodedAccountOrRegion(), resources) == findings
