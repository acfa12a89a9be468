"""
Who CloudFormation is when StackSets with self-managed permissions deploys, and what it may do.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

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


def administration_trust(*, account: Any, stack_sets_arn: Any) -> PolicyDocument:
    """CloudFormation may take the role for the stack sets of this account, and for no others."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="StackSetsTakeTheRole",
                Effect=Allow,
                Principal=Principal("Service", "cloudformation.amazonaws.com"),
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


def administration(*, execution_roles_arn: Any) -> PolicyDocument:
    """Take the execution role of any account, and do nothing by itself."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="TakeExecutionRoles",
                Effect=Allow,
                Action=[sts.AssumeRole],
                Resource=[execution_roles_arn],
            )
        ],
    )


def execution_trust(*, administrator_root: Any, administration_role: Any) -> PolicyDocument:
    """The administration role may take this one.

    The principal is its account: a role that does not exist yet could not be named.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AdministrationRoleTakesTheRole",
                Effect=Allow,
                Principal=Principal("AWS", administrator_root),
                Action=[sts.AssumeRole],
                Condition=Condition([ArnEquals("aws:PrincipalArn", administration_role)]),
            )
        ],
    )


def execution(*, arn: Any) -> PolicyDocument:
    """Deploy what the stacks of this project hold, under the names that StackSets gives.

    ``arn`` turns the end of an ARN, like ``sns:*:StackSet-*``, into the whole of it in the
    account. StackSets names stacks ``StackSet-...``, and CloudFormation names resources after
    their stack.
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            _allow("Stacks", ["cloudformation:*"], ["*"]),
            _allow("Topics", ["sns:*"], [arn("sns:${Region}:${Account}:StackSet-*")]),
            _allow(
                "LogGroups", _LOG_GROUPS, [arn("logs:${Region}:${Account}:log-group:StackSet-*")]
            ),
            _allow("Filters", _FILTERS, [arn("logs:${Region}:${Account}:log-group:*")]),
            _allow("Alarms", _ALARMS, [arn("cloudwatch:${Region}:${Account}:alarm:*")]),
            _allow("Dashboards", _DASHBOARDS, [arn("cloudwatch::${Account}:dashboard/*")]),
            _allow("Trails", _TRAILS, [arn("cloudtrail:${Region}:${Account}:trail/*")]),
            _allow("Buckets", _BUCKETS, [arn("s3:::*")]),
            _allow("Keys", _KEYS, [arn("kms:${Region}:${Account}:key/*")]),
            _allow("Functions", _FUNCTIONS, [arn("lambda:${Region}:${Account}:function:*")]),
            _allow("Roles", _ROLES, [arn("iam::${Account}:role/StackSet-*")]),
            _allow(
                "HandRolesToCloudTrail",
                ["iam:PassRole"],
                [arn("iam::${Account}:role/StackSet-*")],
                Condition=Condition(
                    [StringEquals("iam:PassedToService", "cloudtrail.amazonaws.com")]
                ),
            ),
            _allow("LookAndWhatCannotBeNarrowed", _ANYWHERE, ["*"]),
        ],
    )


def _allow(sid: str, actions: list[str], resources: list[Any], **more: Any) -> Statement:
    parted = (action.split(":", 1) for action in actions)
    return Statement(
        Sid=sid,
        Effect=Allow,
        Action=[Action(*pair) for pair in parted],
        Resource=resources,
        **more,
    )


_TAGS = ["TagResource", "UntagResource"]
_LOG_GROUPS = [
    *("logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:AssociateKmsKey"),
    *("logs:DisassociateKmsKey", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"),
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
_ANYWHERE = [
    *("cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*"),
    *("cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"),
    *("iam:GetRole", "iam:GetRolePolicy", "iam:ListRoles", "iam:ListRolePolicies"),
    *("iam:ListAttachedRolePolicies", "kms:CreateKey", "kms:DescribeKey", "kms:GetKeyPolicy"),
    *("kms:GetKeyRotationStatus", "kms:ListKeys", "kms:ListResourceTags"),
    *("logs:Describe*", "logs:GetDataProtectionPolicy", "logs:ListTagsForResource"),
    *("logs:PutQueryDefinition", "logs:DeleteQueryDefinition"),
    *("s3:GetBucket*", "s3:Get*Configuration", "s3:ListAllMyBuckets", "s3:ListBucket"),
    *("s3:ListTagsForResource", "sns:ListTopics", "sns:ListSubscriptions", "sns:Unsubscribe"),
    "sns:GetSubscriptionAttributes",
]
