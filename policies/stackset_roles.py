"""
The two roles that StackSets assumes to deploy with self-managed permissions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

from collections.abc import Callable
from typing import Any

from awacs import sts
from awacs.aws import (
    Action,
    Allow,
    ArnEquals,
    ArnLike,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)


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


def execution_permissions_policy(*, build_arn: Callable[[str], Any]) -> PolicyDocument:
    """Allow deploying the resources of this project's stacks, under the names of StackSets.

    ``build_arn`` completes the end of an ARN, such as ``sns:${Region}:${Account}:StackSet-*``.
    StackSets names stacks ``StackSet-...``, and CloudFormation names resources after their
    stack.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            _allow("ManageStacks", ["cloudformation:*"], ["*"]),
            _allow("ManageTopics", ["sns:*"], [build_arn("sns:${Region}:${Account}:StackSet-*")]),
            _allow(
                "ManageLogGroups",
                _LOG_GROUPS,
                [build_arn("logs:${Region}:${Account}:log-group:StackSet-*")],
            ),
            _allow(
                "ManageMetricFilters",
                _FILTERS,
                [build_arn("logs:${Region}:${Account}:log-group:*")],
            ),
            _allow("ManageAlarms", _ALARMS, [build_arn("cloudwatch:${Region}:${Account}:alarm:*")]),
            _allow(
                "ManageDashboards", _DASHBOARDS, [build_arn("cloudwatch::${Account}:dashboard/*")]
            ),
            _allow("ManageTrails", _TRAILS, [build_arn("cloudtrail:${Region}:${Account}:trail/*")]),
            _allow("ManageBuckets", _BUCKETS, [build_arn("s3:::*")]),
            _allow("ManageKeys", _KEYS, [build_arn("kms:${Region}:${Account}:key/*")]),
            _allow(
                "ManageFunctionPermissions",
                _FUNCTIONS,
                [build_arn("lambda:${Region}:${Account}:function:*")],
            ),
            _allow("ManageRoles", _ROLES, [build_arn("iam::${Account}:role/StackSet-*")]),
            _allow(
                "PassRolesToCloudTrail",
                ["iam:PassRole"],
                [build_arn("iam::${Account}:role/StackSet-*")],
                Condition=Condition(
                    [StringEquals("iam:PassedToService", "cloudtrail.amazonaws.com")]
                ),
            ),
            _allow("ReadResourcesAndUnscopedActions", _UNSCOPED, ["*"]),
        ],
    )


def _allow(sid: str, actions: list[str], resources: list[Any], **elements: Any) -> Statement:
    return Statement(
        Sid=sid,
        Effect=Allow,
        Action=[Action(*action.split(":", 1)) for action in actions],
        Resource=resources,
        **elements,
    )


_TAGS = ["TagResource", "UntagResource"]
_LOG_GROUPS = [
    *("logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:AssociateKmsKey"),
    *("logs:DisassociateKmsKey", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"),
    "logs:PutLogGroupDeletionProtection",
    *(f"logs:{name}" for name in _TAGS),
]
_FILTERS = ["logs:PutMetricFilter", "logs:DeleteMetricFilter"]
_ALARMS = [
    *("cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"),
    *(f"cloudwatch:{name}" for name in _TAGS),
]
_DASHBOARDS = [
    *("cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"),
    *(f"cloudwatch:{name}" for name in _TAGS),
]
_TRAILS = [
    *("cloudtrail:CreateTrail", "cloudtrail:UpdateTrail", "cloudtrail:DeleteTrail"),
    *("cloudtrail:StartLogging", "cloudtrail:StopLogging", "cloudtrail:PutEventSelectors"),
    *("cloudtrail:PutInsightSelectors", "cloudtrail:AddTags", "cloudtrail:RemoveTags"),
]
_BUCKETS = [
    *("s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucket*", "s3:DeleteBucket*"),
    *("s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"),
    *(f"s3:{name}" for name in _TAGS),
]
_KEYS = [
    *("kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey", "kms:EnableKeyRotation"),
    *("kms:DisableKeyRotation", "kms:UpdateKeyDescription", "kms:ScheduleKeyDeletion"),
    *(f"kms:{name}" for name in _TAGS),
]
_FUNCTIONS = ["lambda:AddPermission", "lambda:RemovePermission", "lambda:GetPolicy"]
_ROLES = [
    *("iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateRoleDescription"),
    *("iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    *("iam:TagRole", "iam:UntagRole"),
]
_UNSCOPED = [
    *("cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*"),
    *("cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"),
    *("iam:GetRole", "iam:GetRolePolicy", "iam:ListRoles", "iam:ListRolePolicies"),
    *("iam:ListAttachedRolePolicies", "kms:CreateKey", "kms:DescribeKey", "kms:GetKeyPolicy"),
    *("kms:GetKeyRotationStatus", "kms:ListKeys", "kms:ListResourceTags"),
    *("logs:Describe*", "logs:GetDataProtectionPolicy", "logs:ListTagsForResource"),
    *("logs:PutQueryDefinition", "logs:DeleteQueryDefinition"),
    *("logs:PutIndexPolicy", "logs:DeleteIndexPolicy"),
    *("s3:GetBucket*", "s3:Get*Configuration", "s3:ListAllMyBuckets", "s3:ListBucket"),
    *("s3:ListTagsForResource", "sns:ListTopics", "sns:ListSubscriptions", "sns:Unsubscribe"),
    "sns:GetSubscriptionAttributes",
]
