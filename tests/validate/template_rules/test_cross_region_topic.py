"""The rule E9813: the topics of an alarm are in the Region of the alarm."""

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
from trailbell.validate.template_rules.CrossRegionTopic import CrossRegionTopic


def _alarm(action: object, kind: str = "Alarm") -> Resources:
    return {"A": resource(f"CloudWatch::{kind}", AlarmActions=[action])}


_PATH = "A.Properties.AlarmActions.0"
_FINDING = (
    "The topic is in us-east-1, but an alarm can only notify a topic in its own Region. Use "
    "${AWS::Region} instead."
)
_CASES = [
    silent("a topic", _alarm(ref("Topic"))),
    silent("this Region", _alarm(sub("arn:${AWS::Partition}:sns:${AWS::Region}:x:alerts"))),
    silent("a Region from a parameter", _alarm(sub("arn:${AWS::Partition}:sns:${Home}:x:alerts"))),
    silent("another service", _alarm(sub("arn:${AWS::Partition}:lambda:us-east-1:x:function:y"))),
    silent("the actions of EC2", _alarm("arn:aws:automate:us-east-1:ec2:reboot")),
    silent("the export of another stack", _alarm({"Fn::ImportValue": "topic-us-east-1"})),
    silent(
        "a topic whose name is that of a Region",
        _alarm(sub("arn:${AWS::Partition}:sns:${AWS::Region}:x:us-east-1")),
    ),
    silent(
        "this Region by Join",
        _alarm({"Fn::Join": [":", ["arn", ref("P"), "sns", ref("AWS::Region"), "x", "alerts"]]}),
    ),
    silent(
        "a subscription across Regions, which SNS allows",
        {
            "S": resource(
                "SNS::Subscription",
                TopicArn=sub("arn:${AWS::Partition}:sns:us-east-1:x:alerts"),
                Protocol="sqs",
            )
        },
    ),
    fires(
        "the actions of other states",
        {
            "A": resource(
                "CloudWatch::Alarm",
                OKActions=["arn:aws:sns:us-east-1:111122223333:alerts"],
                InsufficientDataActions=["arn:aws:sns:us-east-1:111122223333:alerts"],
            )
        },
        ("A.Properties.OKActions.0", _FINDING),
        ("A.Properties.InsufficientDataActions.0", _FINDING),
    ),
    fires(
        "a Region in a Join",
        _alarm({"Fn::Join": [":", ["arn", ref("P"), "sns", "us-east-1", ref("A"), "alerts"]]}),
        (_PATH, _FINDING),
    ),
    fires("a Region", _alarm("arn:aws:sns:us-east-1:111122223333:alerts"), (_PATH, _FINDING)),
    fires(
        "a log alarm",
        _alarm("arn:aws:sns:us-east-1:111122223333:alerts", "LogAlarm"),
        (_PATH, _FINDING),
    ),
    fires(
        "a Region in any partition",
        _alarm(sub("arn:${AWS::Partition}:sns:us-east-1:${AWS::AccountId}:alerts")),
        (_PATH, _FINDING),
    ),
    fires(
        "one branch of two",
        _alarm(either(ref("Topic"), "arn:aws:sns:us-east-1:111122223333:alerts")),
        (f"{_PATH}.Fn::If.2", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(CrossRegionTopic(), resources) == findings
