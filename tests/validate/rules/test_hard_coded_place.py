"""The rule E9808: no partition, account or Region is written into a template."""

import pytest

from tests.validate.judged import (
    Found,
    Resources,
    either,
    fires,
    judged,
    ref,
    resource,
    silent,
    sub,
)
from trailbell.validate.rules.HardCodedPlace import HardCodedPlace


def _named(value: object, name: str = "TopicName") -> Resources:
    return {"T": resource("SNS::Topic", **{name: value})}


_AT = "T.Properties.TopicName"
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
    silent("text for people", _named("as in us-east-1", "DisplayName")),
    silent(
        "a pattern that leaves out a role",
        _named("arn:aws:iam::111122223333:role/x", "FilterPattern"),
    ),
    silent("something like a Region", _named("us-east-99")),
    fires(
        "a partition",
        _named("arn:aws:s3:::logs"),
        (_AT, "partition 'aws' is hard-coded; use ${AWS::Partition}"),
    ),
    fires(
        "another partition",
        _named(sub("arn:aws-us-gov:s3:::${Name}")),
        (f"{_AT}.Fn::Sub", "partition 'aws-us-gov' is hard-coded; use ${AWS::Partition}"),
    ),
    fires(
        "an account",
        _named("111122223333"),
        (_AT, "account '111122223333' is hard-coded; use ${AWS::AccountId}"),
    ),
    fires(
        "a Region",
        _named("sns.us-gov-west-1.amazonaws.com"),
        (_AT, "Region 'us-gov-west-1' is hard-coded; use ${AWS::Region}"),
    ),
    fires(
        "a zone of a Region",
        _named("eu-north-1b"),
        (_AT, "Region 'eu-north-1' is hard-coded; use ${AWS::Region}"),
    ),
    fires(
        "all three in one branch",
        _named(either("x", "arn:aws:sns:us-east-1:123456789012:x")),
        (f"{_AT}.Fn::If.2", "partition 'aws' is hard-coded; use ${AWS::Partition}"),
        (f"{_AT}.Fn::If.2", "account '123456789012' is hard-coded; use ${AWS::AccountId}"),
        (f"{_AT}.Fn::If.2", "Region 'us-east-1' is hard-coded; use ${AWS::Region}"),
    ),
]


def test_outputs_are_read_too() -> None:
    assert judged(
        HardCodedPlace(), {}, Outputs={"O": {"Description": "us-east-1", "Value": "us-east-1"}}
    ) == [("Outputs.O.Value", "Region 'us-east-1' is hard-coded; use ${AWS::Region}")]


def test_parameters_mappings_and_conditions_may_name_places() -> None:
    assert (
        judged(
            HardCodedPlace(),
            {},
            Parameters={"P": {"Type": "String", "Default": "us-east-1"}},
            Mappings={"M": {"us-east-1": {"Account": "123456789012"}}},
            Conditions={"C": {"Fn::Equals": [ref("AWS::Region"), "us-east-1"]}},
        )
        == []
    )


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(HardCodedPlace(), resources) == found
