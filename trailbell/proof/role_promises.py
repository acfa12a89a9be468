"""
What the roles of this project can do, and above all what they cannot.

In:    nothing; each promise is written once, independently of the policies.
Out:   the promises on identity policies, which ``trailbell prove`` proves.
Never: a promise on the policies of organizations, which only limit further.
"""

from typing import Any

from trailbell.proof.promise import Claim, Promise, Where

_EXECUTION = (
    Where(resource_type="AWS::IAM::Role", property="Permissions", logical_id="ExecutionRole"),
)
_PIPELINE = (
    Where(resource_type="AWS::IAM::Role", property="Permissions", logical_id="PipelineRole"),
)
_BOUNDARY = (
    Where(
        resource_type="AWS::IAM::ManagedPolicy",
        property="PolicyDocument",
        logical_id="RoleBoundary",
    ),
)


def _sub(text: str) -> dict[str, Any]:
    return {"Fn::Sub": text}


_BOUNDARY_ARN = _sub(
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${InstallationName}-role-boundary"
)
_OWN = [
    _sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${AdministrationRoleName}"),
    _sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${ExecutionRoleName}"),
    _BOUNDARY_ARN,
]
_STACK_SET_ROLES = _sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/StackSet-*")
_TAG = "trailbell:installation"
_OF_FOREIGN_KEYS = [
    *("kms:Put*", "kms:Enable*", "kms:Disable*", "kms:Update*", "kms:Schedule*"),
    *("kms:TagResource", "kms:UntagResource", "kms:CreateGrant", "kms:Decrypt"),
]
"""What a role must not do with a key of another installation."""
_SERVICES_WITH_ROLES = ["cloudtrail", "events", "chatbot", "osis-pipelines"]
_LINKED = [
    *("cloudtrail.amazonaws.com", "management.chatbot.amazonaws.com", "osis.amazonaws.com"),
    "observability.aoss.amazonaws.com",
]


def _never(name: str, sentence: str, *requests: Any) -> Promise:
    return Promise(
        name=name,
        sentence=sentence,
        where=_EXECUTION,
        claim=Claim.NEVER_ALLOWS,
        requests=requests,
    )


ROLE_PROMISES = (
    _never(
        "execution-role-keeps-itself",
        "The execution role of StackSets cannot change, pass or assume its own roles, nor change "
        "the boundary.",
        {"Action": ["iam:*", "sts:*"], "Resource": _OWN},
    ),
    Promise(
        name="execution-role-denies-itself",
        sentence="The execution role is denied all of IAM on its own roles and the boundary, even "
        "with further policies.",
        where=_EXECUTION,
        claim=Claim.DENIES,
        requests=(
            {"Action": "iam:*", "Resource": _OWN},
            {"Action": "iam:DeleteRolePermissionsBoundary"},
        ),
    ),
    _never(
        "roles-have-boundary",
        "The execution role makes, changes and entrusts no role without the boundary.",
        {
            "Action": [
                *("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"),
                *("iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy"),
                *("iam:DeleteRolePolicy", "iam:DetachRolePolicy"),
            ],
            "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": _BOUNDARY_ARN}},
        },
    ),
    _never(
        "execution-role-gains-no-rights",
        "The execution role reaches no user, group, managed policy, key or identity provider of "
        "IAM, no role but those of StackSets and service-linked ones, and assumes none.",
        {
            "Action": [
                *("iam:Attach*", "iam:Detach*"),
                *("iam:DeleteRolePermissionsBoundary", "sts:*", "organizations:*Policy"),
            ],
        },
        {
            "Action": "iam:*",
            "NotResource": [
                _STACK_SET_ROLES,
                _sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/*"),
            ],
        },
    ),
    _never(
        "execution-role-passes-few-roles",
        "The execution role passes roles to CloudTrail, EventBridge, chat applications and "
        "pipelines only.",
        {
            "Action": "iam:PassRole",
            "Condition": {
                "StringNotEquals": {
                    "iam:PassedToService": [f"{s}.amazonaws.com" for s in _SERVICES_WITH_ROLES]
                }
            },
        },
    ),
    _never(
        "execution-role-makes-few-linked-roles",
        "The execution role makes service-linked roles only for the services that the stacks use.",
        {
            "Action": "iam:CreateServiceLinkedRole",
            "Condition": {"StringNotEquals": {"iam:AWSServiceName": _LINKED}},
        },
    ),
    _never(
        "functions-for-topics-only",
        "The execution role lets no one but Amazon SNS call functions.",
        {
            "Action": "lambda:*Permission",
            "Condition": {"StringNotEquals": {"lambda:Principal": "sns.amazonaws.com"}},
        },
    ),
    _never(
        "keys-of-installation-only",
        "The execution role makes keys with the tag of the installation only, and manages no other "
        "key: it tags, and rotates, keys that have neither that tag nor an alias.",
        {
            "Action": ["kms:CreateKey", "kms:TagResource"],
            "Condition": {
                "StringNotEquals": {
                    f"aws:RequestTag/{_TAG}": {"Ref": "InstallationName"},
                    f"aws:ResourceTag/{_TAG}": {"Ref": "InstallationName"},
                }
            },
        },
        {
            "Action": _OF_FOREIGN_KEYS,
            "Condition": {
                "StringNotEquals": {f"aws:ResourceTag/{_TAG}": {"Ref": "InstallationName"}},
                "Null": {f"aws:ResourceTag/{_TAG}": "false"},
            },
        },
        {
            "Action": _OF_FOREIGN_KEYS,
            "Condition": {
                "StringNotEquals": {f"aws:ResourceTag/{_TAG}": {"Ref": "InstallationName"}},
                "Null": {"kms:ResourceAliases": "false"},
            },
        },
        {
            "Action": [
                "kms:Put*",
                "kms:EnableKey",
                "kms:Disable*",
                "kms:Update*",
                "kms:Schedule*",
                "kms:UntagResource",
                "kms:CreateGrant",
                "kms:Decrypt",
            ],
            "Condition": {
                "StringNotEquals": {f"aws:ResourceTag/{_TAG}": {"Ref": "InstallationName"}},
            },
        },
    ),
    _never(
        "collections-of-stack-sets-only",
        "The execution role changes and deletes collections of StackSets only.",
        {
            "Action": ["aoss:UpdateCollection", "aoss:DeleteCollection"],
            "Condition": {
                "StringNotLike": {"aws:ResourceTag/aws:cloudformation:stack-name": "StackSet-*"}
            },
        },
    ),
    Promise(
        name="boundary-grants-no-rights",
        sentence="The boundary of roles allows nothing of IAM, STS, Organizations and "
        "CloudFormation, no change of logs, alarms and trails, and of keys only decryption of "
        "what CloudTrail encrypted.",
        where=_BOUNDARY,
        claim=Claim.NEVER_ALLOWS,
        requests=(
            {"Action": ["iam:*", "sts:*", "organizations:*", "cloudformation:*", "lambda:*"]},
            {"Action": ["cloudtrail:*", "cloudwatch:*", "logs:Delete*", "s3:Delete*", "sns:*"]},
            {"Action": ["kms:Create*", "kms:Disable*", "kms:Encrypt*", "kms:Generate*"]},
            {"Action": ["kms:Put*", "kms:ReEncrypt*", "kms:Schedule*", "kms:Tag*"]},
            {
                "Action": "kms:*",
                "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "true"}},
            },
        ),
    ),
    Promise(
        name="pipeline-decrypts-log-files-only",
        sentence="The role of a pipeline decrypts what CloudTrail encrypted, and nothing else.",
        where=_PIPELINE,
        claim=Claim.NEVER_ALLOWS,
        requests=(
            {
                "Action": "kms:*",
                "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "true"}},
            },
            {"Action": ["iam:*", "sts:*"]},
        ),
    ),
)
