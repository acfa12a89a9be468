"""The ARNs that a policy names for the resources of a stack."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.deploy.conftest import target
from tests.deploy.permissions.stacks import (
    ALARM,
    CHANNEL,
    LAMBDA,
    SCOPE,
    SOURCES,
    built,
    policies,
    statements,
)
from trailbell.deploy.environment import StackOutput, StackSettings
from trailbell.deploy.permissions.names import Names
from trailbell.deploy.permissions.naming import NAMING, generated_name
from trailbell.deploy.target import StackToDeploy

IMPORTER = {
    "Parameters": {"Base": {"Type": "String"}},
    "Resources": {
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {"LogGroupName": {"Fn::ImportValue": {"Fn::Sub": "${Base}-Group"}}},
        }
    },
}


def _rule(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Events::Rule", "Properties": {"Name": name, **properties}}


_OF_ARN = "arn:aws:events:us-east-1:111122223333:event-bus/of-arn"
RULES = {
    "Resources": {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "hub"}},
        "Archive": {
            "Type": "AWS::Events::Archive",
            "Properties": {"ArchiveName": "kept", "SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}},
        },
        "Named": _rule("named"),
        "Default": _rule("default-bus", EventBusName="default"),
        "OnHub": _rule("on-hub", EventBusName={"Ref": "Bus"}),
        "ByArn": _rule("by-arn", EventBusName=_OF_ARN),
        "Anywhere": _rule("anywhere", EventBusName={"Fn::ImportValue": "unknown"}),
    }
}

_A = "arn:aws:{}:us-east-1:111122223333:"


@pytest.mark.parametrize(
    ("stack", "action", "arns"),
    [
        pytest.param(
            built("security-alerts"),
            "s3:CreateBucket",
            ["arn:aws:s3:::security-alerts-logbucket-*"],
            id="a generated bucket name is in lower case",
        ),
        pytest.param(
            built("security-alerts", parameters={"BucketName": "trail-logs"}),
            "s3:CreateBucket",
            ["arn:aws:s3:::trail-logs"],
            id="a condition is evaluated with the parameters",
        ),
        pytest.param(
            built("trail", name="t" * 40),
            "iam:CreateRole",
            [f"arn:aws:iam::111122223333:role/{'t' * 40}-TrailRole-*"],
            id="a name of exactly the maximum length is whole",
        ),
        pytest.param(
            built("trail", name="t" * 60),
            "iam:CreateRole",
            [f"arn:aws:iam::111122223333:role/{'t' * 24}*"],
            id="of a longer one CloudFormation keeps the beginning",
        ),
        pytest.param(
            built("trail", name="T" * 60),
            "s3:CreateBucket",
            [f"arn:aws:s3:::{'t' * 24}*"],
            id="the same for buckets",
        ),
        pytest.param(
            built("tamper"),
            "logs:PutMetricFilter",
            [f"{_A.format('logs')}log-group:security-alerts-LogGroup-*"],
            id="an import is the log group of the stack that exports it",
        ),
        pytest.param(
            built("tamper", parameters={"InstallationName": "watch-eu"}),
            "logs:PutMetricFilter",
            [f"{_A.format('logs')}log-group:*"],
            id="an import of an installation that no settings have is any log group",
        ),
        pytest.param(
            target("filters", IMPORTER, parameters={"Base": "watch-eu"}),
            "logs:PutMetricFilter",
            [f"{_A.format('logs')}log-group:watch-eu-Group-*"],
            id="an import by the name of a stack that no settings have: of every exporter",
        ),
        pytest.param(
            built("tamper", parameters={"InstallationName": "control-tower"}),
            "logs:PutMetricFilter",
            [f"{_A.format('logs')}log-group:watched", f"{_A.format('logs')}log-group:watched:*"],
            id="an export can be a parameter of the other stack",
        ),
        pytest.param(
            built("alerts", parameters={"LogGroupName": StackOutput("trail", "LogGroupName")}),
            "logs:PutMetricFilter",
            [f"{_A.format('logs')}log-group:trail-LogGroup-*"],
            id="a parameter can be the output of another stack",
        ),
        pytest.param(
            built("alerts"),
            "lambda:AddPermission",
            [],
            id="a resource whose condition does not hold needs nothing",
        ),
        pytest.param(
            built("alerts", parameters={"HighEndpoint": LAMBDA}),
            "lambda:AddPermission",
            [LAMBDA],
            id="a name can be a whole ARN",
        ),
        pytest.param(
            target("rules", RULES),
            "events:PutRule",
            [
                f"{_A.format('events')}rule/*/anywhere",
                f"{_A.format('events')}rule/anywhere",
                f"{_A.format('events')}rule/default-bus",
                f"{_A.format('events')}rule/hub/on-hub",
                f"{_A.format('events')}rule/named",
                f"{_A.format('events')}rule/of-arn/by-arn",
            ],
            id="a rule of another event bus has its name",
        ),
        pytest.param(
            target("rules", RULES),
            "events:CreateArchive",
            [f"{_A.format('events')}archive/kept", f"{_A.format('events')}event-bus/hub"],
            id="an archive is made of an event bus",
        ),
        pytest.param(
            built("realtime-chat", parameters=CHANNEL),
            "chatbot:UpdateSlackChannelConfiguration",
            [
                (
                    "arn:aws:chatbot::111122223333:chat-configuration/slack-channel/"
                    "security-alerts-us-east-1-slack"
                )
            ],
            id="a chat channel is in no Region",
        ),
        pytest.param(
            built("dashboard"),
            "cloudwatch:PutDashboard",
            ["arn:aws:cloudwatch::111122223333:dashboard/security-alerts-us-east-1"],
            id="the Region is part of a name",
        ),
        pytest.param(
            built("security-alerts"),
            "cloudtrail:CreateTrail",
            [f"{_A.format('cloudtrail')}trail/security-alerts-trail-us-east-1"],
            id="the trail",
        ),
    ],
)
def test_names(stack: StackToDeploy, action: str, arns: list[str]) -> None:
    resources = [
        arn
        for each in statements(stack).values()
        if action in each["Action"]
        for arn in each["Resource"]
    ]
    assert resources == arns


@pytest.mark.parametrize(
    ("stack_name", "logical_id", "name"),
    [
        pytest.param(
            "security-alerts",
            "TrailRole",
            "security-alerts-TrailRole-1A2B3C4D5E6F7",
            id="a name that fits",
        ),
        pytest.param(
            "StackSet-trailbell-security-alerts-0a1b2c3d-0000-0000-0000-000000000000",
            "TrailRole",
            "StackSet-trailbell-security-alerts-0a1b2c3d-0000-0-1A2B3C4D5E6F7",
            id="the whole is cut",
        ),
        pytest.param(
            "StackSet-trailbell-security-alerts-0a1b2c3d-0000-0000-0000-000000000000",
            "TrailRole",
            "StackSet-trailbell-secur-TrailRole-1A2B3C4D5E6F7",
            id="the stack name is cut",
        ),
        pytest.param(
            "security-alerts",
            "TheRoleOfTheTrailThatWritesToTheLogGroupOfTheStack",
            "security-alerts-TheRoleOfTheTrailThatWri-1A2B3C4D5E6F7",
            id="the logical ID is cut",
        ),
    ],
)
def test_a_generated_name_matches_its_pattern(stack_name: str, logical_id: str, name: str) -> None:
    pattern = generated_name(stack_name, logical_id, NAMING["AWS::IAM::Role"])
    assert fnmatchcase(name, pattern)
    assert not fnmatchcase("payroll-TrailRole-1A2B3C4D5E6F7", pattern)


def test_a_parameter_without_value_allows_nothing_and_is_named() -> None:
    without = StackToDeploy(source=SOURCES["alerts"], options=StackSettings(stack_name="alerts"))
    result = policies(without)
    arns = {arn for each in result.policies[0].statements for arn in each.resources}
    assert f"{_A.format('logs')}log-group:VALUE-OF-LogGroupName" in arns
    assert result.notes[0] == (
        'The parameter "LogGroupName" has no value, so the policy allows nothing on what it '
        'names. Use --parameter LogGroupName=VALUE, or replace "VALUE-OF-LogGroupName".'
    )


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        pytest.param({"Fn::If": ["Unknown", "a", "b"]}, ("a", "b"), id="both of an unknown If"),
        pytest.param({"Ref": "AWS::NoValue"}, ("",), id="a removed property is empty"),
        pytest.param({"Fn::Sub": "a-${Other}-${AWS::Region}"}, ("a-*-us-east-1",), id="Sub"),
        pytest.param({"Fn::Sub": ["${X}-b", {"X": "a"}]}, ("a-b",), id="Sub with variables"),
        pytest.param({"Fn::Join": ["-", ["a", "b"]]}, ("a-b",), id="Join"),
        pytest.param({"Fn::GetAtt": ["Other", "Arn"]}, ("*",), id="an unknown attribute"),
    ],
)
def test_patterns(value: Any, texts: tuple[str, ...]) -> None:
    assert Names(target("stack", ALARM), SCOPE).patterns(value) == texts
