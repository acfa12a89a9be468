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


_PATH = "F.Properties.LogGroupName"
_FINDING = (
    "A metric filter cannot use a log group of another account or Region. Deploy it in the account "
    "and Region of the log group, and use the name instead of the ARN."
)
_CASES = [
    silent("a name", _filter("aws-controltower/CloudTrailLogs")),
    silent("a parameter", _filter(ref("LogGroupName"))),
    silent("a name built with Sub", _filter(sub("${Name}-logs"))),
    silent("another resource type", {"G": resource("Logs::LogGroup", LogGroupName="arn:x")}),
    silent("a log group of the template", _filter(ref("LogGroup"))),
    silent("a name that contains arn", _filter("/barn:logs")),
    silent("the export of another stack", _filter({"Fn::ImportValue": sub("${Base}-LogGroup")})),
    fires("an ARN", _filter("arn:aws:logs:us-east-1:111122223333:log-group:x"), (_PATH, _FINDING)),
    fires(
        "an ARN in one branch",
        _filter(either(ref("Name"), sub("arn:${AWS::Partition}:logs:x:y:log-group:z"))),
        (f"{_PATH}.Fn::If.2", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(CrossAccountLogGroup(), resources) == findings
