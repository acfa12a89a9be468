"""The rule E9812: a metric filter refers to its log group by name."""

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
from trailbell.validate.template_rules.CrossAccountLogGroup import CrossAccountLogGroup


def _filter(name: object) -> Resources:
    return {"F": resource("Logs::MetricFilter", LogGroupName=name)}


_ARN = "arn:${AWS::Partition}:logs:x:y:log-group:z"
_PATH = "F.Properties.LogGroupName"
_FINDING = (
    "LogGroupName is an ARN, but a metric filter takes the name of a log group in its own account "
    "and Region. Use the name, and deploy the metric filter there."
)
_CASES = [
    silent("a name", _filter("aws-controltower/CloudTrailLogs")),
    silent("a parameter", _filter(ref("LogGroupName"))),
    silent("a name built with Sub", _filter(sub("${Name}-logs"))),
    silent("another resource type", {"G": resource("Logs::LogGroup", LogGroupName="arn:x")}),
    silent("a log group of the template", _filter(ref("LogGroup"))),
    silent("a name that contains arn", _filter("/barn:logs")),
    silent("the export of another stack", _filter({"Fn::ImportValue": sub("${Base}-LogGroup")})),
    silent("the name in an ARN", _filter({"Fn::Select": [6, {"Fn::Split": [":", sub(_ARN)]}]})),
    silent("a name by Join", _filter({"Fn::Join": ["/", ["aws-controltower", ref("Name")]]})),
    silent(
        "a subscription filter, which has a destination by ARN",
        {
            "F": resource(
                "Logs::SubscriptionFilter",
                LogGroupName="trail",
                DestinationArn=sub("arn:${AWS::Partition}:logs:x:y:destination:z"),
            )
        },
    ),
    fires(
        "an ARN by Join",
        _filter({"Fn::Join": [":", ["arn", ref("AWS::Partition"), "logs"]]}),
        (_PATH, _FINDING),
    ),
    silent("a variable", _filter({"Fn::Sub": ["${Q.Arn}", {"Q.Arn": "name"}]})),
    silent("another attribute", _filter(sub("${Stack.Outputs.LogGroup}"))),
    fires("the ARN of a log group by Sub", _filter(sub("${LogGroup.Arn}")), (_PATH, _FINDING)),
    fires("an ARN", _filter("arn:aws:logs:us-east-1:111122223333:log-group:x"), (_PATH, _FINDING)),
    fires(
        "an ARN in one branch",
        _filter(either(ref("Name"), sub(_ARN))),
        (f"{_PATH}.Fn::If.2", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(CrossAccountLogGroup(), resources) == findings
