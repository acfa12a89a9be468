"""
The two roles that StackSets assumes to deploy with self-managed permissions, and the boundary of
the roles that their stacks make.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

from collections.abc import Callable
from typing import Any

from awacs import logs, sts
from awacs.aws import (
    Action,
    Allow,
    ArnEquals,
    ArnLike,
    Condition,
    Deny,
    Null,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)

from policies.document import policy_document
from policies.key import TAG


def administration_trust_policy(
    *, services: Any, account: Any, stack_sets_arn: Any
) -> PolicyDocument:
    """Allow CloudFormation to assume the role, for stack sets of this account only.

    ``services`` are the global service principal, and that of each opt-in Region with stacks.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AllowStackSetsAssumeRole",
                Effect=Allow,
                Principal=Principal("Service", services),
                Action=[sts.AssumeRole],
                Condition=Condition(
                    [
                        StringEquals("aws:SourceAccount", account),
                        ArnLike("aws:SourceArn", stack_sets_arn),
                    ]
                ),
            )
        ],
    )


def administration_permissions_policy(*, execution_roles_arn: Any) -> PolicyDocument:
    """Allow assuming the execution role of any account, and nothing else."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AssumeExecutionRoles",
                Effect=Allow,
                Action=[sts.AssumeRole],
                Resource=[execution_roles_arn],
            )
        ],
    )


def execution_trust_policy(*, administrator_root: Any, administration_role: Any) -> PolicyDocument:
    """Allow the administration role to assume the execution role.

    The principal is the administrator account, because IAM rejects a principal that does not
    exist yet. The condition restricts it to the role.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AllowAdministrationRoleAssumeRole",
                Effect=Allow,
                Principal=Principal("AWS", administrator_root),
                Action=[sts.AssumeRole],
                Condition=Condition([ArnEquals("aws:PrincipalArn", administration_role)]),
            )
        ],
    )


BuildArn = Callable[[str], Any]
"""Completes the end of an ARN, such as ``sns:${Region}:${Account}:StackSet-*``."""


def execution_permissions_policy(
    *,
    build_arn: BuildArn,
    own_arns: list[Any],
    boundary_arn: Any,
    installation: Any,
) -> PolicyDocument:
    """Allow deploying the resources of this project's stacks, under the names of StackSets.

    ``own_arns`` are the roles and the boundary of this stack, which the role cannot change.

    There is no condition on ``aws:CalledVia``: no page says that CloudFormation sends it for a
    StackSet. CloudFormation alone can assume the administration role, which alone can assume this
    one.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            allow(
                "ManageStacks",
                ["cloudformation:*"],
                [build_arn("cloudformation:${Region}:${Account}:stack/StackSet-*")],
            ),
            *_statements_by_name(build_arn),
            *_key_statements(build_arn, installation),
            *_role_statements(build_arn, boundary_arn),
            allow("ReadOnly", _READS, ["*"]),
            allow("ManageSavedQueriesAndIndexes", _UNSCOPED, ["*"]),
            allow("ManageSubscriptions", _SUBSCRIPTIONS, ["*"]),
            _deny("KeepRolesAndBoundary", "*", own_arns),
            _deny("KeepBoundaryOfRoles", "DeleteRolePermissionsBoundary", ["*"]),
        ],
    )


def functions_policy(*, functions: Any) -> PolicyDocument:
    """Allow letting Amazon SNS call functions that stacks name but do not make."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            allow(
                "AllowTopicsToCallFunctions",
                ["lambda:AddPermission", "lambda:RemovePermission"],
                functions,
                StringEquals("lambda:Principal", "sns.amazonaws.com"),
            )
        ],
    )


def log_groups_policy(*, log_groups: Any) -> PolicyDocument:
    """Allow metric filters of log groups that stacks name but do not make."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[allow("ManageFiltersOfOtherLogGroups", _FILTERS, log_groups)],
    )


def _statements_by_name(build_arn: BuildArn) -> list[Statement]:
    """What has the name of a StackSet's stack or of the installation."""

    def arns(service: str, resource: str, *, region: bool = True) -> list[Any]:
        place = f"{service}:{'${Region}' if region else ''}:${{Account}}:{resource}"
        return [build_arn(f"{place}{name}") for name in NAMES]

    buckets = [build_arn(f"s3:::{name}") for name in BUCKET_NAMES]
    return [
        allow("ManageTopics", _TOPICS, arns("sns", "")),
        allow("ManageQueues", _QUEUES, arns("sqs", "")),
        allow("ManageLogGroups", [*LOG_GROUPS, *_FILTERS], arns("logs", "log-group:")),
        allow("ManageAlarms", _ALARMS, arns("cloudwatch", "alarm:")),
        allow("ManageDashboards", _DASHBOARDS, arns("cloudwatch", "dashboard/", region=False)),
        allow("ManageTrails", _TRAILS, arns("cloudtrail", "trail/")),
        allow("ManageBuckets", _BUCKETS, buckets),
    ]


def _key_statements(build_arn: BuildArn, installation: Any) -> list[Statement]:
    """Keys with the tag of the installation.

    Creating a key with a tag needs ``kms:TagResource`` on all keys, and no condition key is only
    that of a new key. So a key of others can get the tag if it has neither an alias nor this tag;
    one of another installation has the tag. CloudFormation adds no tags of its own to keys.
    It can take five minutes until a new tag counts, so the same describes a new key.
    https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
    https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2341
    """
    keys = [build_arn("kms:${Region}:${Account}:key/*")]
    looks_new = Null({"kms:ResourceAliases": True, f"aws:ResourceTag/{TAG}": True})
    new_tag = StringEquals(f"aws:RequestTag/{TAG}", installation)
    return [
        allow("MakeKeys", ["kms:CreateKey"], ["*"], new_tag),
        allow("TagNewKeys", ["kms:TagResource"], ["*"], new_tag, looks_new),
        allow("RotateNewKeys", ["kms:EnableKeyRotation"], keys, looks_new),
        allow("ManageKeys", _KEYS, keys, StringEquals(f"aws:ResourceTag/{TAG}", installation)),
    ]


def _role_statements(build_arn: BuildArn, boundary_arn: Any) -> list[Statement]:
    """Roles that have the boundary, and their use by CloudTrail."""
    roles = [build_arn("iam::${Account}:role/StackSet-*")]
    cloudtrail = "cloudtrail.amazonaws.com"
    return [
        allow(
            "ManageRolesWithBoundary",
            _ROLES_WITH_BOUNDARY,
            roles,
            ArnEquals("iam:PermissionsBoundary", boundary_arn),
        ),
        allow("ManageRoles", _ROLES, roles),
        allow(
            "PassRolesToCloudTrail",
            ["iam:PassRole"],
            roles,
            StringEquals("iam:PassedToService", cloudtrail),
        ),
        allow(
            "MakeRoleOfOrganizationTrails",
            ["iam:CreateServiceLinkedRole"],
            [build_arn(f"iam::${{Account}}:role/aws-service-role/{cloudtrail}/*")],
            StringEquals("iam:AWSServiceName", cloudtrail),
        ),
    ]


def boundary_policy(*, build_arn: BuildArn, further: list[Any]) -> dict[str, Any]:
    """The most that roles of the stacks can do: what the role of a trail does, and ``further``."""
    write_log_events = Statement(
        Sid="WriteLogEvents",
        Effect=Allow,
        Action=[logs.CreateLogStream, logs.PutLogEvents],
        Resource=[
            build_arn(f"logs:${{Region}}:${{Account}}:log-group:{name}:log-stream:*")
            for name in NAMES
        ],
    )
    return policy_document([write_log_events, *further])


def allow(sid: str, actions: list[str], resources: Any, *conditions: Any) -> Statement:
    """A statement that allows actions, such as ``s3:CreateBucket``, if all conditions hold."""
    elements = {"Condition": Condition(list(conditions))} if conditions else {}
    return Statement(
        Sid=sid,
        Effect=Allow,
        Action=[Action(*action.split(":", 1)) for action in actions],
        Resource=resources,
        **elements,
    )


def _deny(sid: str, action: str, resources: list[Any]) -> Statement:
    return Statement(Sid=sid, Effect=Deny, Action=[Action("iam", action)], Resource=resources)


# StackSets names stacks StackSet-<set>-<uuid>, and CloudFormation names after its stack whatever
# has no name of its own. Everything else has the name of the installation.
NAMES = ("StackSet-*", "${InstallationName}-*")
BUCKET_NAMES = ("stackset-*", "${InstallationName}-*")

_TOPICS = [
    *("sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe"),
    *("sns:TagResource", "sns:UntagResource", "sns:GetTopicAttributes"),
    *("sns:GetDataProtectionPolicy", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"),
]
# Not limited to topics: see trailbell/deploy/permissions/iam_actions.py.
_SUBSCRIPTIONS = [
    *("sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"),
]
_QUEUES = [
    *("sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue"),
    *("sqs:UntagQueue", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"),
]
LOG_GROUPS = [
    *("logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:AssociateKmsKey"),
    *("logs:DisassociateKmsKey", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"),
    *("logs:PutLogGroupDeletionProtection", "logs:GetDataProtectionPolicy"),
    *("logs:TagResource", "logs:UntagResource", "logs:ListTagsForResource"),
]
_FILTERS = ["logs:PutMetricFilter", "logs:DeleteMetricFilter", "logs:DescribeMetricFilters"]
_ALARMS = [
    *("cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms", "cloudwatch:TagResource"),
    *("cloudwatch:UntagResource", "cloudwatch:ListTagsForResource"),
]
_DASHBOARDS = [
    *("cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard"),
    *("cloudwatch:TagResource", "cloudwatch:UntagResource", "cloudwatch:ListTagsForResource"),
]
_TRAILS = [
    *("cloudtrail:CreateTrail", "cloudtrail:UpdateTrail", "cloudtrail:DeleteTrail"),
    *("cloudtrail:StartLogging", "cloudtrail:StopLogging", "cloudtrail:PutEventSelectors"),
    *("cloudtrail:PutInsightSelectors", "cloudtrail:AddTags", "cloudtrail:RemoveTags"),
    *("cloudtrail:ListTags", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus"),
    *("cloudtrail:GetEventSelectors", "cloudtrail:GetInsightSelectors"),
    "cloudtrail:GetEventConfiguration",
]
_BUCKETS = [
    *("s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
    *("s3:PutBucketLogging", "s3:PutBucketOwnershipControls", "s3:PutBucketPublicAccessBlock"),
    "s3:PutBucketNotification",
    *("s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration"),
    "s3:PutBucketObjectLockConfiguration",
    *("s3:PutLifecycleConfiguration", "s3:TagResource", "s3:UntagResource", "s3:GetBucket*"),
    *("s3:Get*Configuration", "s3:ListBucket", "s3:ListTagsForResource"),
]
_KEYS = [
    *("kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey", "kms:EnableKeyRotation"),
    *("kms:DisableKeyRotation", "kms:UpdateKeyDescription", "kms:ScheduleKeyDeletion"),
    *("kms:TagResource", "kms:UntagResource"),
]
# The reference has the key iam:PermissionsBoundary for each of these, in its latest version also
# for UpdateAssumeRolePolicy. Without it, the role could become any role with the name of a
# StackSet's stack, also one without the boundary.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
_ROLES_WITH_BOUNDARY = [
    *("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    *("iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy"),
]
# IAM has no condition on the boundary for most of these, and none of them changes what a role can
# do or who can assume it. A role that has policies cannot be deleted.
_ROLES = [
    *("iam:DeleteRole", "iam:UpdateRole", "iam:UpdateRoleDescription", "iam:TagRole"),
    *("iam:UntagRole", "iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies"),
    "iam:ListAttachedRolePolicies",
]
_READS = [
    *("cloudformation:Describe*", "cloudformation:Get*", "cloudformation:List*"),
    *("cloudformation:ValidateTemplate", "cloudtrail:DescribeTrails", "cloudwatch:DescribeAlarms"),
    *("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"),
    *("lambda:GetPolicy", "logs:DescribeIndexPolicies", "logs:DescribeLogGroups"),
    *("logs:DescribeQueryDefinitions", "logs:DescribeResourcePolicies"),
    *("organizations:DescribeOrganization", "organizations:ListAWSServiceAccessForOrganization"),
]
# IAM cannot limit these to names.
_UNSCOPED = [
    *("logs:PutQueryDefinition", "logs:DeleteQueryDefinition"),
    *("logs:PutIndexPolicy", "logs:DeleteIndexPolicy"),
]
