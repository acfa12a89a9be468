"""What deploying calls is allowed, with and without a service role."""

from typing import Any

import pytest

from tests import PROJECT
from tests.called_operations import actions_of, operations
from tests.deploy.conftest import target
from tests.deploy.permissions.stacks import ALARM, LAMBDA, SOURCES, built, policies, statements
from trailbell.errors import UnsupportedError


def test_with_a_service_role_the_deployer_passes_the_role_and_reads() -> None:
    """Drift detection reads resources with the permissions of the caller."""
    role = "arn:aws:iam::111122223333:role/CloudFormation"
    by_sid = statements(built("trail", service_role=role))
    assert set(by_sid) == {"DeployStacks", "PassServiceRole", "ReadOnly", "ReadBuckets"}
    assert by_sid["PassServiceRole"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
    }


def test_the_service_role_has_the_remaining_permissions() -> None:
    assert set(statements(target("stack", ALARM), for_service_role=True)) == {
        "CloudWatchAlarm",
        "ReadOnly",
    }


def test_a_long_template_is_uploaded() -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/1"
    bucket = "123456789012/templates"  # of another account
    by_sid = statements(target("stack", ALARM, template_bucket=bucket), template_key=key)
    assert {sid: (each["Action"], each["Resource"]) for sid, each in by_sid.items()} == {
        "DeployStacks": (by_sid["DeployStacks"]["Action"], by_sid["DeployStacks"]["Resource"]),
        "UploadTemplates": (
            ["s3:GetObject", "s3:PutObject"],
            ["arn:aws:s3:::templates/trailbell/*"],
        ),
        "ReadTemplateBucket": (
            ["s3:GetBucketLocation", "s3:ListBucket"],
            ["arn:aws:s3:::templates"],
        ),
        "EncryptTemplates": (["kms:Decrypt", "kms:GenerateDataKey"], [key]),
        "CloudWatchAlarm": (
            by_sid["CloudWatchAlarm"]["Action"],
            by_sid["CloudWatchAlarm"]["Resource"],
        ),
        "ReadOnly": (by_sid["ReadOnly"]["Action"], ["*"]),
    }


def test_a_parameter_in_the_parameter_store_is_read() -> None:
    document = {
        **ALARM,
        "Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/b"}},
    }
    assert statements(target("stack", document))["ReadParameters"]["Resource"] == [
        "arn:aws:ssm:us-east-1:111122223333:parameter/a/b"
    ]


def test_resources_that_macros_create_are_named() -> None:
    document = {"Transform": "AWS::LanguageExtensions", **ALARM}
    assert policies(target("stack", document)).notes == (
        "stack: The policy has no permissions for resources that come from Transform. Add them.",
    )


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({**ALARM, "Outputs": {"O": "text"}}, id="an output that is a text"),
        pytest.param({**ALARM, "Parameters": {"P": None}}, id="a parameter that is nothing"),
        pytest.param(
            {
                "Resources": {
                    "A": {
                        **ALARM["Resources"]["A"],
                        "DeletionPolicy": {"Fn::If": ["Unknown", "Retain", "Delete"]},
                    }
                }
            },
            id="a deletion policy with a condition",
        ),
    ],
)
def test_a_template_of_another_tool_is_read(document: dict[str, Any]) -> None:
    assert statements(target("stack", document))["CloudWatchAlarm"]["Action"] == [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
    ]


def test_a_type_without_permissions_is_an_error() -> None:
    document = {"Resources": {"A": {"Type": "Private::Own::Thing"}}}
    with pytest.raises(UnsupportedError, match="Private::Own::Thing"):
        statements(target("stack", document))


_OF_OTHER_COMMANDS = (
    "trailbell/aws/athena.py",
    "trailbell/aws/cloudwatch.py",
    "trailbell/aws/event_bus.py",
    "trailbell/aws/log_file_table.py",
    "trailbell/aws/logs.py",
    "trailbell/aws/organization.py",
    "trailbell/aws/regions.py",
    "trailbell/aws/s3_objects.py",
    "trailbell/aws/stack_set.py",
)


def test_every_operation_that_deploying_calls_is_allowed() -> None:
    paths = [
        path
        for folder in ("aws", "deploy", "diff")
        for path in sorted((PROJECT / "trailbell" / folder).rglob("*.py"))
        if path.relative_to(PROJECT).as_posix() not in _OF_OTHER_COMMANDS
    ]
    called = actions_of(set(operations(paths)))
    assert {"CreateChangeSet", "GetObject", "DescribeAlarms"} <= called
    by_sid = statements(
        *(built(stack, template_bucket="templates") for stack in SOURCES),
        built("alerts", parameters={"HighEndpoint": LAMBDA}),
        built("trail", parameters={"ObjectLock": "GOVERNANCE:365"}),
    )
    permitted = {a.split(":")[1] for each in by_sid.values() for a in each["Action"]}
    # What rollouts and drills call through modules that both use is in policies of their own.
    assert {name for name in called - permitted if "StackSet" not in name} == {"Publish"}
