"""The policy of a deployer: all required actions, limited to resources whose names are known."""

import json
from typing import Any

import pytest

from tests.deploy.conftest import target
from trailbell.deploy import permissions
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.permissions import Scope
from trailbell.deploy.target import StackToDeploy
from trailbell.dist.built_templates import load_templates
from trailbell.errors import UnsupportedError
from trailbell.source_location import PROJECT

SCOPE = Scope(account="111122223333", region="us-east-1")


def statements(*targets: StackToDeploy, **more: Any) -> dict[str, dict[str, Any]]:
    """Return the statements of a policy by Sid, which is unique."""
    policy = json.loads(permissions.deployer_policy(targets, SCOPE, **more).to_json())
    by_sid = {statement["Sid"]: statement for statement in policy["Statement"]}
    assert len(by_sid) == len(policy["Statement"])
    return by_sid


ALARM = {
    "Resources": {
        "A": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"AlarmName": {"Fn::Sub": "${AWS::StackName}-root"}},
        }
    }
}


def test_an_alarm_requires_permissions_for_that_alarm_only() -> None:
    by_sid = statements(target("alerts", ALARM))
    assert by_sid["CloudWatchAlarm"] == {
        "Sid": "CloudWatchAlarm",
        "Effect": "Allow",
        "Action": [
            "cloudwatch:DeleteAlarms",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
        "Resource": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:alerts-root"],
    }
    assert set(by_sid) == {"DeployStacks", "VerifyDeployment", "CloudWatchAlarm", "ReadOnly"}
    assert by_sid["DeployStacks"]["Resource"] == [
        "arn:aws:cloudformation:us-east-1:111122223333:stack/alerts/*",
        "arn:aws:cloudformation:us-east-1:111122223333:changeSet/trailbell-*/*",
    ]


def test_with_a_service_role_the_deployer_only_passes_the_role() -> None:
    role = "arn:aws:iam::111122223333:role/CloudFormation"
    by_sid = statements(target("alerts", ALARM, service_role=role))
    assert set(by_sid) == {"DeployStacks", "VerifyDeployment", "PassServiceRole"}
    assert by_sid["PassServiceRole"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
    }


def test_the_service_role_has_the_remaining_permissions() -> None:
    assert set(statements(target("alerts", ALARM), for_service_role=True)) == {
        "CloudWatchAlarm",
        "ReadOnly",
    }


def test_long_templates_require_access_to_the_bucket() -> None:
    by_sid = statements(target("alerts", ALARM, template_bucket="templates"))
    assert by_sid["UploadTemplates"]["Resource"] == ["arn:aws:s3:::templates/trailbell/*"]


def test_a_type_without_permissions_is_an_error() -> None:
    document = {"Resources": {"A": {"Type": "Private::Own::Thing"}}}
    with pytest.raises(UnsupportedError, match="Private::Own::Thing"):
        statements(target("alerts", document))


def test_write_actions_of_our_stacks_are_limited_to_resources() -> None:
    """Except actions of other services, which the handlers of a type declare."""
    by_sid = statements(
        *(
            StackToDeploy(source=source, options=StackSettings(stack_name=source.stack))
            for source in load_templates(PROJECT / "dist", ())
        )
    )
    wide = {sid for sid, statement in by_sid.items() if statement["Resource"] == ["*"]}
    # IAM cannot limit logs:PutQueryDefinition to resources.
    narrowable = {sid for sid in wide if not sid.endswith("OtherServices")} - {
        "LogsQueryDefinition"
    }
    assert narrowable == {"VerifyDeployment", "ReadOnly"}
    passed = [s["Resource"] for s in by_sid.values() if "iam:PassRole" in s["Action"]]
    assert all(arn.startswith("arn:aws:iam::111122223333:role/") for arns in passed for arn in arns)
