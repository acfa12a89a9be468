"""The policies of a deployer: complete, and no write action on the names of others."""

import ast
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests import PROJECT
from tests.deploy.conftest import target
from trailbell.command import permissions as command
from trailbell.deploy.environment import StackOutput, StackSettings
from trailbell.deploy.permissions import iam_actions
from trailbell.deploy.permissions.deployer import (
    PermissionOptions,
    Policies,
    deployer_policies,
)
from trailbell.deploy.permissions.names import Names
from trailbell.deploy.permissions.naming import NAMING, generated_name
from trailbell.deploy.permissions.policy import (
    VIA_CLOUDFORMATION,
    Policy,
    Scope,
    characters,
    split,
    statement,
)
from trailbell.deploy.target import StackToDeploy
from trailbell.dist.built_templates import load_templates
from trailbell.errors import SettingsError, UnsupportedError

SCOPE = Scope(account="111122223333", region="us-east-1")
_SOURCES = {source.stack: source for source in load_templates(PROJECT / "dist", ())}
_VALUES = {
    "alerts": {"LogGroupName": "watched", "HighEndpoint": ""},
    "log-archive": {"OrganizationId": "o-abcde12345", "ManagementAccountId": "123456789012"},
    "organization-trail": {"ArchiveBucketName": "archive", "OrganizationId": "o-abcde12345"},
    "search": {"DestinationArn": "create"},
    "stackset-roles": {"AdministratorAccountId": "123456789012"},
}


def built(stack: str, **settings: Any) -> StackToDeploy:
    """A stack of this project, with a value for each parameter without default."""
    values = {**_VALUES.get(stack, {}), **settings.pop("parameters", {})}
    options = StackSettings(stack_name=settings.pop("name", stack), parameters=values, **settings)
    return StackToDeploy(source=_SOURCES[stack], options=options)


_EXPORTER = {
    "Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}},
    "Outputs": {
        "Group": {
            "Value": {"Ref": "Group"},
            "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-Group"}},
        }
    },
}
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
ALL = tuple(map(built, _SOURCES))
_OTHERS = (
    *(stack for stack in ALL if stack.stack != "alerts"),
    built("alerts", parameters={"InstallationName": "control-tower"}),
    target("exporter", _EXPORTER),
)


def policies(*targets: StackToDeploy, scope: Scope = SCOPE, **options: Any) -> Policies:
    return deployer_policies(targets, PermissionOptions(scope=scope, all_stacks=_OTHERS, **options))


def statements(*targets: StackToDeploy, **options: Any) -> dict[str, dict[str, Any]]:
    """The statements of all policies by Sid, which is unique."""
    by_sid = {}
    for policy in policies(*targets, **options).policies:
        for each in policy.document()["Statement"]:
            assert each["Sid"] not in by_sid
            by_sid[each["Sid"]] = each
    return by_sid


def allowed(by_sid: dict[str, dict[str, Any]], action: str, arn: str) -> bool:
    """Whether a statement without condition on the caller allows an action on an ARN."""
    return any(
        any(fnmatchcase(action, name) for name in each["Action"])
        and any(fnmatchcase(arn, pattern) for pattern in each["Resource"])
        for each in by_sid.values()
        if each.get("Condition") != VIA_CLOUDFORMATION
    )


ALARM: dict[str, Any] = {
    "Resources": {
        "A": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"AlarmName": {"Fn::Sub": "${AWS::StackName}-root"}},
        }
    }
}


def test_an_alarm_requires_permissions_for_that_alarm_only() -> None:
    by_sid = statements(target("stack", ALARM))
    assert by_sid["CloudWatchAlarm"] == {
        "Sid": "CloudWatchAlarm",
        "Effect": "Allow",
        "Action": [
            "cloudwatch:DeleteAlarms",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
        "Resource": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:stack-root"],
    }
    assert set(by_sid) == {"DeployStacks", "CloudWatchAlarm", "ReadOnly"}
    assert by_sid["DeployStacks"]["Resource"] == [
        "arn:aws:cloudformation:us-east-1:111122223333:changeSet/trailbell-*/*",
        "arn:aws:cloudformation:us-east-1:111122223333:stack/stack/*",
    ]


def test_a_log_alarm_passes_its_roles_to_the_services_that_assume_them() -> None:
    """The roles of the template are named by CloudFormation, after the stack."""
    role = {"Type": "AWS::IAM::Role", "Properties": {}}
    by_sid = statements(
        target(
            "stack",
            {
                "Resources": {
                    "Q": role,
                    "L": role,
                    "A": {
                        "Type": "AWS::CloudWatch::LogAlarm",
                        "Properties": {
                            "AlarmName": {"Fn::Sub": "${AWS::StackName}-root-log"},
                            "ActionLogLineRoleArn": {"Fn::GetAtt": ["L", "Arn"]},
                            "ScheduledQueryConfiguration": {
                                "ScheduledQueryRoleARN": {"Fn::GetAtt": ["Q", "Arn"]}
                            },
                        },
                    },
                }
            },
        )
    )
    roles = [f"arn:aws:iam::111122223333:role/stack-{name}-*" for name in "LQ"]
    passing = {
        each["Condition"]["StringEquals"]["iam:PassedToService"]: each["Resource"]
        for each in by_sid.values()
        if each["Action"] == ["iam:PassRole"]
    }
    assert passing == {"cloudwatch.amazonaws.com": roles, "logs.amazonaws.com": roles}
    assert by_sid["CloudWatchLogAlarm"] == {
        "Sid": "CloudWatchLogAlarm",
        "Effect": "Allow",
        "Action": [
            "cloudwatch:DeleteAlarms",
            "cloudwatch:PutLogAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
        "Resource": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:stack-root-log"],
    }


def test_without_a_function_no_permission_is_added_in_any_account() -> None:
    by_sid = statements(built("security-alerts"), scope=Scope())
    assert [sid for sid, each in by_sid.items() if "lambda:AddPermission" in each["Action"]] == []


def test_one_managed_policy_is_enough_for_the_default_stack() -> None:
    assert len(policies(built("security-alerts"), scope=Scope()).policies) == 1


# ----------------------------------------------------------------- names of others

_FOREIGN = (
    "arn:aws:cloudformation:us-east-1:111122223333:stack/payroll/0a1b",
    "arn:aws:cloudtrail:us-east-1:111122223333:trail/payroll",
    "arn:aws:cloudwatch:us-east-1:111122223333:alarm:payroll",
    "arn:aws:cloudwatch::111122223333:dashboard/payroll",
    "arn:aws:chatbot::111122223333:chat-configuration/slack-channel/payroll",
    "arn:aws:events:us-east-1:111122223333:archive/payroll",
    "arn:aws:events:us-east-1:111122223333:event-bus/default",
    "arn:aws:events:us-east-1:111122223333:event-bus/payroll",
    "arn:aws:events:us-east-1:111122223333:rule/payroll",
    "arn:aws:events:us-east-1:111122223333:rule/payroll/security-alerts-iam-changes",
    "arn:aws:iam::111122223333:role/payroll",
    "arn:aws:iam::111122223333:role/aws-service-role/support.amazonaws.com/payroll",
    "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-0000-0000-000000000000",
    "arn:aws:lambda:us-east-1:111122223333:function:payroll",
    "arn:aws:logs:us-east-1:111122223333:log-group:payroll",
    "arn:aws:logs:us-east-1:111122223333:log-group:payroll:*",
    "arn:aws:s3:::payroll",
    "arn:aws:s3:::payroll/object",
    "arn:aws:sns:us-east-1:111122223333:payroll",
    "arn:aws:sqs:us-east-1:111122223333:payroll",
)


@pytest.mark.parametrize("stack", [pytest.param(each, id=each.stack) for each in ALL])
@pytest.mark.parametrize("allow_deletion", [False, True])
def test_no_write_action_reaches_a_foreign_name(
    stack: StackToDeploy, *, allow_deletion: bool
) -> None:
    by_sid = statements(stack, allow_deletion=allow_deletion)
    reached = [
        (action, arn)
        for each in by_sid.values()
        for action in each["Action"]
        if not iam_actions.is_read_only(action)
        for arn in _FOREIGN
        if allowed(by_sid, action, arn)
    ]
    assert reached == []


def _wide(*targets: StackToDeploy) -> set[str]:
    return {
        action
        for each in statements(*targets).values()
        if each.get("Condition") == VIA_CLOUDFORMATION
        for action in each["Action"]
    }


def test_what_iam_cannot_limit_to_names_is_limited_to_calls_of_cloudformation() -> None:
    assert _wide(*(each for each in ALL if each.stack not in ("search", "hunt"))) == {
        "events:PutPermission", "events:RemovePermission",
        "kms:CreateKey", "kms:DisableKeyRotation", "kms:EnableKeyRotation", "kms:PutKeyPolicy",
        "kms:TagResource", "kms:UntagResource", "kms:UpdateKeyDescription",
        "logs:DeleteIndexPolicy", "logs:DeleteQueryDefinition",
        "logs:PutIndexPolicy", "logs:PutQueryDefinition",
        "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
    }  # fmt: skip


def test_a_workgroup_needs_what_its_type_declares_for_results() -> None:
    """Its handlers declare it for every workgroup, although Athena writes results as the caller."""
    assert _wide(built("hunt")) == {
        "kms:Decrypt", "kms:GenerateDataKey", "s3:AbortMultipartUpload", "s3:PutObject",
    }  # fmt: skip


def test_a_table_is_limited_to_its_database() -> None:
    by_sid = statements(built("hunt"))
    assert by_sid["GlueDatabaseAndGlueTable"]["Resource"] == [
        "arn:aws:glue:us-east-1:111122223333:catalog",
        "arn:aws:glue:us-east-1:111122223333:database/trailbell",
        "arn:aws:glue:us-east-1:111122223333:table/trailbell/*",
    ]


_CHANNEL = {"SlackWorkspaceId": "T01234567", "SlackChannelId": "C01234567"}
_HUB = "arn:aws:events:us-east-1:123456789012:event-bus/security-alerts"
_ARN_DOMAIN = "arn:aws:es:us-east-1:111122223333:domain/events"


@pytest.mark.parametrize(
    ("destination", "unlimited"),
    [
        pytest.param(_ARN_DOMAIN, {"logs", "osis"}, id="an existing domain"),
        pytest.param("create", {"aoss", "kms", "logs", "osis"}, id="a new collection"),
    ],
)
def test_a_pipeline_needs_unlimited_actions_only_for_what_it_makes(
    destination: str, unlimited: set[str]
) -> None:
    wide = _wide(built("search", parameters={"DestinationArn": destination}))
    assert {action.split(":")[0] for action in wide} == unlimited
    assert {action for action in wide if not action.startswith("aoss:")} - {"kms:CreateGrant"} == {
        "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:UpdateLogDelivery",
        "osis:CreatePipeline",
    }  # fmt: skip


def test_the_role_of_a_pipeline_is_passed_to_its_service_only() -> None:
    by_sid = statements(built("search"))
    principals = {
        sid: next(iter(by_sid[sid]["Condition"]["StringEquals"].values()))
        for sid in by_sid
        if sid.endswith(("PassRole", "LinkedRole"))
    }
    assert principals == {
        "OSISPipelinePassRole": "osis-pipelines.amazonaws.com",
        "OSISPipelineLinkedRole": "osis.amazonaws.com",
        "OpenSearchServerlessCollectionLinkedRole": "observability.aoss.amazonaws.com",
    }


def test_a_chat_channel_needs_unlimited_actions_only_for_what_it_makes() -> None:
    stack = built("realtime-chat", parameters={**_CHANNEL, "EncryptionKey": "none"})
    assert _wide(stack) == {"chatbot:CreateSlackChannelConfiguration"}


def test_the_role_of_a_chat_channel_is_passed_to_its_service_only() -> None:
    by_sid = statements(built("realtime-chat", parameters=_CHANNEL))
    principals = {
        sid: next(iter(by_sid[sid]["Condition"]["StringEquals"].values()))
        for sid in by_sid
        if sid.endswith(("PassRole", "LinkedRole"))
    }
    assert principals == {
        "ChatbotSlackChannelConfigurationLinkedRole": "management.chatbot.amazonaws.com",
        "ChatbotSlackChannelConfigurationPassRole": "chatbot.amazonaws.com",
    }


def test_the_role_of_forwarding_rules_is_passed_to_eventbridge() -> None:
    by_sid = statements(built("realtime-forward", parameters={"HubBusArn": _HUB}))
    assert by_sid["EventsRulePassRole"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "events.amazonaws.com"}
    }


def test_the_policy_of_a_service_role_names_what_is_not_limited() -> None:
    assert policies(built("organization-trail"), for_service_role=True).notes[-1] == (
        "IAM cannot limit these statements to names: KMSKey, Unscoped. Let nothing but "
        "CloudFormation and StackSets assume the role."
    )


@pytest.mark.parametrize("stack", [pytest.param(each, id=each.stack) for each in ALL])
def test_every_action_is_one_that_iam_knows(stack: StackToDeploy) -> None:
    by_sid = statements(stack, template_key="arn:aws:kms:us-east-1:111122223333:key/1")
    actions = {action for each in by_sid.values() for action in each["Action"]}
    assert {action for action in actions if not iam_actions.exists(action)} == set()


@pytest.mark.parametrize("stack", [pytest.param(each, id=each.stack) for each in ALL])
def test_a_role_is_passed_to_one_service(stack: StackToDeploy) -> None:
    role = "arn:aws:iam::111122223333:role/CloudFormation"
    for each in (
        *statements(stack).values(),
        *statements(built(stack.stack, service_role=role)).values(),
    ):
        if "iam:PassRole" in each["Action"]:
            assert each["Action"] == ["iam:PassRole"]
            assert set(each["Condition"]["StringEquals"]) == {"iam:PassedToService"}


def test_the_role_of_the_trail_is_passed_to_cloudtrail() -> None:
    assert statements(built("security-alerts"))["CloudTrailTrailPassRole"] == {
        "Sid": "CloudTrailTrailPassRole",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": ["arn:aws:iam::111122223333:role/security-alerts-TrailRole-*"],
        "Condition": {"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}},
    }


def test_a_role_that_is_not_known_is_still_passed_to_one_service() -> None:
    trail = {"CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Other", "Arn"]}}
    template = {"Resources": {"T": {"Type": "AWS::CloudTrail::Trail", "Properties": trail}}}
    assert statements(target("stack", template))["CloudTrailTrailPassRole"] == {
        "Sid": "CloudTrailTrailPassRole",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": ["arn:aws:iam::111122223333:role/*"],
        "Condition": {
            "StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"},
            **VIA_CLOUDFORMATION,
        },
    }


_DELETIONS = {
    "logs:DeleteLogGroup", "kms:ScheduleKeyDeletion", "s3:DeleteBucket", "s3:DeleteBucketPolicy",
    "s3:DeleteObject",
}  # fmt: skip


@pytest.mark.parametrize(
    ("allow_deletion", "deletions"),
    [
        pytest.param(False, set(), id="what the template retains cannot be deleted"),
        pytest.param(
            True,
            _DELETIONS - {"s3:DeleteObject", "logs:DeleteLogGroup"},
            id="but on request, never objects of a bucket or a log group that is always retained",
        ),
    ],
)
def test_deletion(deletions: set[str], *, allow_deletion: bool) -> None:
    by_sid = statements(built("security-alerts"), allow_deletion=allow_deletion)
    actions = {action for each in by_sid.values() for action in each["Action"]}
    assert actions & _DELETIONS == deletions


def test_features_that_the_template_does_not_use_are_not_allowed() -> None:
    by_sid = statements(built("security-alerts"))
    assert by_sid["S3BucketAndS3BucketPolicy"]["Action"] == [
        "s3:CreateBucket", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:TagResource",
        "s3:UntagResource",
    ]  # fmt: skip
    assert by_sid["CloudTrailTrail"]["Action"] == [
        "cloudtrail:AddTags", "cloudtrail:CreateTrail", "cloudtrail:DeleteTrail",
        "cloudtrail:PutEventSelectors", "cloudtrail:RemoveTags", "cloudtrail:StartLogging",
        "cloudtrail:UpdateTrail",
    ]  # fmt: skip


def test_a_feature_that_a_parameter_switches_on_is_allowed() -> None:
    by_sid = statements(built("security-alerts", parameters={"AccessLogBucket": "access-logs"}))
    assert "s3:PutBucketLogging" in by_sid["S3BucketAndS3BucketPolicy"]["Action"]


# ----------------------------------------------------------------- own names

_A = "arn:aws:{}:us-east-1:111122223333:"

_LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:notify"


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
            built("alerts", parameters={"HighEndpoint": _LAMBDA}),
            "lambda:AddPermission",
            [_LAMBDA],
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
            built("realtime-chat", parameters=_CHANNEL),
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
    without = StackToDeploy(source=_SOURCES["alerts"], options=StackSettings(stack_name="alerts"))
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


# ----------------------------------------------------------------- what deploying calls


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


# The action that allows an operation, where it has another name.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_ACTION_OF_OPERATION = {
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
}
# GetCallerIdentity needs no permission:
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_WITHOUT_PERMISSION = {"GetCallerIdentity"}
_OPERATION = re.compile(r"(?:[A-Z][a-z0-9]+)+")
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


def operations(paths: list[Path]) -> Iterator[str]:
    """The operations that modules call by name, or describe as an ``Operation``."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="call" | "pages"), args=[*arguments]):
                    values = arguments[:2]
                case ast.Call(func=ast.Name(id="Operation"), keywords=keywords):
                    values = [each.value for each in keywords if each.arg == "name"]
                case _:
                    continue
            texts = (str(each.value) for each in values if isinstance(each, ast.Constant))
            yield from (text for text in texts if _OPERATION.fullmatch(text))


def actions_of(names: set[str]) -> set[str]:
    """The names of the actions that allow operations."""
    return {_ACTION_OF_OPERATION.get(name, name) for name in names - _WITHOUT_PERMISSION}


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
        *(built(stack, template_bucket="templates") for stack in _SOURCES),
        built("alerts", parameters={"HighEndpoint": _LAMBDA}),
        built("trail", parameters={"ObjectLock": "GOVERNANCE:365"}),
    )
    permitted = {a.split(":")[1] for each in by_sid.values() for a in each["Action"]}
    # What rollouts and drills call through modules that both use is in policies of their own.
    assert {name for name in called - permitted if "StackSet" not in name} == {"Publish"}


# ----------------------------------------------------------------- length


@pytest.mark.parametrize(
    "targets",
    [
        *(pytest.param((each,), id=each.stack) for each in ALL),
        pytest.param(ALL, id="all stacks"),
    ],
)
@pytest.mark.parametrize("for_service_role", [False, True])
def test_every_policy_fits_a_managed_policy(
    targets: tuple[StackToDeploy, ...], *, for_service_role: bool
) -> None:
    result = policies(*targets, for_service_role=for_service_role)
    lengths = [characters(policy.document()) for policy in result.policies]
    assert max(lengths) <= 6_144
    assert len(lengths) <= 10, "a role has at most 10 managed policies"


_LONG = tuple(f"arn:aws:s3:::{'b' * 50}{number:02}" for number in range(80))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param((), ["p"], id="nothing is an empty policy"),
        pytest.param((statement("A", ["s3:Get"], ["a"]),), ["p"], id="one that fits has the name"),
        pytest.param(
            (statement("A", ["s3:Get"], _LONG[:60]), statement("B", ["s3:Get"], _LONG[60:])),
            ["p"],
            id="several that fit together",
        ),
        pytest.param(
            (statement("A", ["s3:Get"], _LONG), statement("B", ["s3:Get"], _LONG)),
            ["p-1", "p-2"],
            id="two that do not fit together are numbered",
        ),
        pytest.param(
            (statement("A", ["s3:Get"], [arn * 2 for arn in _LONG]),),
            ["p-1", "p-2"],
            id="the resources of a statement that is too long are divided",
        ),
    ],
)
def test_split(given: Any, expected: list[str]) -> None:
    result = split("p", given)
    assert [policy.name for policy in result] == expected
    resources = [arn for policy in result for each in policy.statements for arn in each.resources]
    assert resources == [arn for each in given for arn in each.resources]


def test_several_policies_are_a_list_of_names_and_documents() -> None:
    parts = (Policy("p-1", ()), Policy("p-2", ()))
    assert Policies(parts).to_json() == [
        {"PolicyName": "p-1", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
        {"PolicyName": "p-2", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    ]


# ----------------------------------------------------------------- the command


def test_the_command_prints_one_document() -> None:
    result = CliRunner().invoke(command.command, ["trail", "--region", "us-east-1"])
    assert (result.exit_code, set(json.loads(result.stdout))) == (0, {"Version", "Statement"})
    assert result.stderr.startswith("note: The policy does not allow deleting")


def test_the_command_writes_each_policy_to_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    result = CliRunner().invoke(command.command, ["--output-dir", str(folder)])
    paths = sorted(folder.iterdir())
    assert sorted(result.stdout.split()) == [str(path) for path in paths]
    assert {path.name for path in paths} == {
        f"trailbell-deployer-{number}.json" for number in range(1, len(paths) + 1)
    }
    for path in paths:
        assert characters(json.loads(path.read_text())) <= 6_144


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param(
            (),
            ["VALUE-OF-LogGroupName", "security-alerts-LogGroup-*"],
            id="a stack that the pack can import from has no value",
        ),
        pytest.param(
            ("--parameter", "LogGroupName=trails"),
            ["security-alerts-LogGroup-*", "trails"],
            id="a value for that stack, as the note advises",
        ),
        pytest.param(
            ("--parameter", "LogGroupName=trails", "--parameter", "LogBucketName="),
            ["security-alerts-LogGroup-*", "trails"],
            id="a value of the pack that another stack does not accept",
        ),
        pytest.param(
            ("--parameter", "LogGroupName=trails", "--stack-name", "watch"),
            ["security-alerts-LogGroup-*", "trails"],
            id="a name of the selected stack only",
        ),
    ],
)
def test_the_log_group_of_a_pack(tmp_path: Path, words: tuple[str, ...], names: list[str]) -> None:
    (tmp_path / "none.toml").write_text("")
    options = ("--settings", str(tmp_path / "none.toml"))
    result = CliRunner().invoke(command.command, ["tamper", *words, *options])
    groups = re.findall(r'arn:aws:logs:\*:\*:log-group:([^":]+)"', result.stdout)
    assert (result.exit_code, sorted(set(groups))) == (0, names)
    assert ("--parameter LogGroupName=VALUE" in result.stderr) is (not words)


def test_a_parameter_that_no_template_has() -> None:
    with pytest.raises(SettingsError, match='any template; correct the name, did you mean "LogGr'):
        CliRunner().invoke(
            command.command, ["tamper", "--parameter", "LogGroupNam=x"], catch_exceptions=False
        )
