"""No write action on the names of others, and no feature that a template does not use."""

import pytest

from tests.deploy.conftest import target
from tests.deploy.permissions.stacks import (
    ALARM,
    ALL,
    CHANNEL,
    allowed,
    built,
    policies,
    statements,
)
from trailbell.deploy.permissions import iam_actions
from trailbell.deploy.permissions.policy import VIA_CLOUDFORMATION, Scope
from trailbell.deploy.target import StackToDeploy


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
    stack = built("realtime-chat", parameters={**CHANNEL, "EncryptionKey": "none"})
    assert _wide(stack) == {"chatbot:CreateSlackChannelConfiguration"}


def test_the_role_of_a_chat_channel_is_passed_to_its_service_only() -> None:
    by_sid = statements(built("realtime-chat", parameters=CHANNEL))
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
