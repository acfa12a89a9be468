"""
What the roles of StackSets may do, by what it is about.

In:    nothing; each request is written once, independently of the policies.
Out:   requests, of which `trailbell.proof.stack_set_promises` makes promises.
Never: a promise.
"""

from typing import Any

from trailbell.proof.promise_parts import if_, sub

_TAG = "trailbell:installation"
NAMES = ("StackSet-*", "${InstallationName}-*")
"""How names begin of what the stacks of StackSets and of the installation make."""


def arns(service: str, kind: str = "", *, region: str = "*") -> list[dict[str, Any]]:
    return [
        sub(f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{kind}{name}")
        for name in NAMES
    ]


def arn(rest: str) -> dict[str, Any]:
    return sub(f"arn:${{AWS::Partition}}:{rest}")


def actions(service: str, *names: str) -> list[str]:
    return [f"{service}:{name}" for name in names]


def with_role(linked_services: str, *services: str) -> tuple[Any, ...]:
    """Passing a role to services, and making service-linked roles for some."""
    return (
        {
            "Action": "iam:PassRole",
            "Resource": arn("iam::${AWS::AccountId}:role/StackSet-*"),
            "Condition": {
                "StringEquals": {"iam:PassedToService": [f"{s}.amazonaws.com" for s in services]}
            },
        },
        *(
            {
                "Action": "iam:CreateServiceLinkedRole",
                "Resource": arn(f"iam::${{AWS::AccountId}}:role/aws-service-role/{linked}/*"),
                "Condition": {"StringEquals": {"iam:AWSServiceName": linked}},
            }
            for linked in linked_services.split()
        ),
    )


_TAGS = ("TagResource", "UntagResource", "ListTagsForResource")
KEYS_OF_ACCOUNT = arn("kms:*:${AWS::AccountId}:key/*")
_NEW_KEY = {"Null": {"kms:ResourceAliases": "true", f"aws:ResourceTag/{_TAG}": "true"}}
_LOG_GROUP = (
    *("CreateLogGroup", "DeleteLogGroup", "AssociateKmsKey", "DisassociateKmsKey"),
    *("*RetentionPolicy", "PutLogGroupDeletionProtection", "GetDataProtectionPolicy", *_TAGS),
)
_METRIC_FILTER = ("PutMetricFilter", "DeleteMetricFilter", "DescribeMetricFilters")

NAMED: tuple[Any, ...] = (
    {
        "Action": "cloudformation:*",
        "Resource": arn("cloudformation:*:${AWS::AccountId}:stack/StackSet-*"),
    },
    {
        "Action": actions(
            *("sns", "CreateTopic", "DeleteTopic", "SetTopicAttributes", "GetTopicAttributes"),
            *("Subscribe", "ListSubscriptionsByTopic", "GetDataProtectionPolicy", *_TAGS),
        ),
        "Resource": arns("sns"),
    },
    {
        "Action": actions(
            *("sqs", "CreateQueue", "DeleteQueue", "*QueueAttributes", "GetQueueUrl"),
            *("TagQueue", "UntagQueue", "ListQueueTags"),
        ),
        "Resource": arns("sqs"),
    },
    {
        "Action": actions("logs", *_LOG_GROUP, *_METRIC_FILTER),
        "Resource": arns("logs", "log-group:"),
    },
    {
        "Action": actions("cloudwatch", "PutMetricAlarm", "DeleteAlarms", *_TAGS),
        "Resource": arns("cloudwatch", "alarm:"),
    },
    {
        "Action": actions("cloudwatch", "*Dashboard", "DeleteDashboards", *_TAGS),
        "Resource": arns("cloudwatch", "dashboard/", region=""),
    },
    {
        "Action": actions(
            *("cloudtrail", "CreateTrail", "UpdateTrail", "DeleteTrail", "*Logging", "GetTrail"),
            *("GetTrailStatus", "GetEventConfiguration", "*EventSelectors", "*InsightSelectors"),
            *("*Tags",),
        ),
        "Resource": arns("cloudtrail", "trail/"),
    },
    {
        "Action": actions(
            *("s3", "CreateBucket", "DeleteBucket", "*BucketPolicy", "PutBucket*", "ListBucket"),
            *("PutEncryptionConfiguration", "PutLifecycleConfiguration", "GetBucket*"),
            *("Get*Configuration", *_TAGS),
        ),
        "Resource": [arn("s3:::stackset-*"), arn("s3:::${InstallationName}-*")],
    },
)
KEY_REQUESTS: tuple[Any, ...] = (
    {
        "Action": "kms:CreateKey",
        "Condition": {"StringEquals": {f"aws:RequestTag/{_TAG}": {"Ref": "InstallationName"}}},
    },
    {
        "Action": "kms:TagResource",
        "Condition": {
            "StringEquals": {f"aws:RequestTag/{_TAG}": {"Ref": "InstallationName"}},
            **_NEW_KEY,
        },
    },
    {"Action": "kms:EnableKeyRotation", "Resource": KEYS_OF_ACCOUNT, "Condition": _NEW_KEY},
    {
        "Action": actions(
            *("kms", "PutKeyPolicy", "EnableKey*", "DisableKey*", "UpdateKeyDescription"),
            *("ScheduleKeyDeletion", "TagResource", "UntagResource"),
        ),
        "Resource": KEYS_OF_ACCOUNT,
        "Condition": {"StringEquals": {f"aws:ResourceTag/{_TAG}": {"Ref": "InstallationName"}}},
    },
)
ROLE_REQUESTS: tuple[Any, ...] = (
    {
        "Action": actions(
            *("iam", "CreateRole", "PutRolePolicy", "DeleteRolePolicy"),
            *("PutRolePermissionsBoundary", "UpdateAssumeRolePolicy"),
        ),
        "Resource": arn("iam::${AWS::AccountId}:role/StackSet-*"),
        "Condition": {
            "ArnEquals": {
                "iam:PermissionsBoundary": arn(
                    "iam::${AWS::AccountId}:policy/${InstallationName}-role-boundary"
                )
            }
        },
    },
    {
        "Action": actions(
            *("iam", "DeleteRole", "UpdateRole", "UpdateRoleDescription", "TagRole", "UntagRole"),
            *("GetRole*", "ListRolePolicies", "ListAttachedRolePolicies"),
        ),
        "Resource": arn("iam::${AWS::AccountId}:role/StackSet-*"),
    },
)
WITHOUT_NAMES: tuple[Any, ...] = (
    {
        "Action": [
            *actions("cloudformation", "Describe*", "Get*", "List*", "ValidateTemplate"),
            *("cloudtrail:DescribeTrails", "cloudwatch:DescribeAlarms", "lambda:GetPolicy"),
            *actions("kms", "DescribeKey", "GetKeyPolicy", "GetKeyRotation*", "ListResourceTags"),
            *actions("logs", "Describe*", "*QueryDefinition", "*IndexPolicy"),
            *actions("organizations", "DescribeOrganization", "ListAWSServiceAccess*"),
            *actions("sns", "*SubscriptionAttributes", "Unsubscribe"),
        ]
    },
)

OF_FUNCTIONS: tuple[Any, ...] = (
    {
        "Action": ["lambda:AddPermission", "lambda:RemovePermission"],
        "Resource": if_("HasFunctions", {"Ref": "FunctionArns"}, arns("lambda", "function:")),
        "Condition": {"StringEquals": {"lambda:Principal": "sns.amazonaws.com"}},
    },
)
OF_LOG_GROUPS: tuple[Any, ...] = (
    if_(
        "HasLogGroups",
        {"Action": actions("logs", *_METRIC_FILTER), "Resource": {"Ref": "LogGroupArns"}},
    ),
)
OF_EVENTS: tuple[Any, ...] = (
    {
        "Action": actions(
            *("events", "PutRule", "DeleteRule", "PutTargets", "RemoveTargets", "DescribeRule"),
            *("ListTargetsByRule", *_TAGS),
        ),
        "Resource": [
            *arns("events", "rule/"),
            arn("events:*:${AWS::AccountId}:rule/${InstallationName}/${InstallationName}-*"),
        ],
    },
    {
        "Action": actions("events", "*EventBus", *_TAGS),
        "Resource": arn("events:*:${AWS::AccountId}:event-bus/${InstallationName}"),
    },
    {
        "Action": actions("events", *(f"{v}Archive" for v in ("Create", "Update", "Delete"))),
        "Resource": [
            *arns("events", "archive/"),
            arn("events:*:${AWS::AccountId}:event-bus/${InstallationName}"),
        ],
    },
    {
        "Action": "events:DescribeArchive",
        "Resource": [
            *arns("events", "archive/"),
            arn("events:*:${AWS::AccountId}:event-bus/${InstallationName}"),
        ],
    },
    {
        "Action": actions(
            *("chatbot", "Update*ChannelConfiguration", "Delete*ChannelConfiguration"),
            *("TagResource", "UntagResource", "ListAssociations"),
        ),
        "Resource": arn("chatbot::${AWS::AccountId}:chat-configuration/*/${InstallationName}-*"),
    },
    {
        "Action": [
            *("events:PutPermission", "events:RemovePermission", "chatbot:ListTagsForResource"),
            *actions("chatbot", "Create*ChannelConfiguration", "Describe*", "Get*Configuration"),
        ]
    },
    *with_role("management.chatbot.amazonaws.com", "events", "chatbot"),
)
OF_SEARCH: tuple[Any, ...] = tuple(
    if_("AllowsSearch", request)
    for request in (
        {
            "Action": actions(
                *("osis", "UpdatePipeline", "DeletePipeline", "GetPipeline", *_TAGS),
                *("GetResourcePolicy",),
            ),
            "Resource": arn("osis:*:${AWS::AccountId}:pipeline/${InstallationName}*"),
        },
        {
            "Action": actions("logs", *_LOG_GROUP),
            "Resource": arn(
                "logs:*:${AWS::AccountId}:log-group:/aws/vendedlogs/OpenSearchIngestion/"
                "${InstallationName}-*"
            ),
        },
        {
            "Action": ["aoss:UpdateCollection", "aoss:DeleteCollection"],
            "Resource": arn("aoss:*:${AWS::AccountId}:collection/*"),
            "Condition": {
                "StringLike": {"aws:ResourceTag/aws:cloudformation:stack-name": "StackSet-*"}
            },
        },
        {
            "Action": [
                *actions("aoss", "CreateCollection", "BatchGet*", "TagResource", "ListTags*"),
                *actions("aoss", "*AccessPolicy", "*SecurityPolicy", "*LifecyclePolicy"),
                *("osis:CreatePipeline", "logs:*LogDelivery", "logs:ListLogDeliveries"),
                "logs:PutResourcePolicy",
            ]
        },
        *with_role("", "osis-pipelines"),
        {
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": [
                arn(f"iam::${{AWS::AccountId}}:role/aws-service-role/{linked}.amazonaws.com/*")
                for linked in ("osis", "observability.aoss")
            ],
            "Condition": {
                "StringEquals": {
                    "iam:AWSServiceName": [
                        *("osis.amazonaws.com", "observability.aoss.amazonaws.com"),
                    ]
                }
            },
        },
    )
)
