"""
What the roles of StackSets allow, and no more.

In:    nothing; each promise is written once, independently of the policies.
Out:   the promises on all that the execution role, its policies, the administration role and the
       boundary of roles allow.
Never: a promise on what they must never do; `trailbell.proof.role_promises` has those.
"""

from typing import Any

from trailbell.proof.promise import Claim, Promise, Where
from trailbell.proof.promise_parts import if_, sub

_TAG = "trailbell:installation"
_NAMES = ("StackSet-*", "${InstallationName}-*")
"""How names begin of what the stacks of StackSets and of the installation make."""


def _arns(service: str, kind: str = "", *, region: str = "*") -> list[dict[str, Any]]:
    return [
        sub(f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{kind}{name}")
        for name in _NAMES
    ]


def _arn(rest: str) -> dict[str, Any]:
    return sub(f"arn:${{AWS::Partition}}:{rest}")


def _actions(service: str, *names: str) -> list[str]:
    return [f"{service}:{name}" for name in names]


def _with_role(name: str, *services: str) -> tuple[Any, ...]:
    """Passing a role to services."""
    return (
        {
            "Action": "iam:PassRole",
            "Resource": _arn("iam::${AWS::AccountId}:role/StackSet-*"),
            "Condition": {
                "StringEquals": {"iam:PassedToService": [f"{s}.amazonaws.com" for s in services]}
            },
        },
        *(
            {
                "Action": "iam:CreateServiceLinkedRole",
                "Resource": _arn(f"iam::${{AWS::AccountId}}:role/aws-service-role/{linked}/*"),
                "Condition": {"StringEquals": {"iam:AWSServiceName": linked}},
            }
            for linked in name.split()
        ),
    )


_TAGS = ("TagResource", "UntagResource", "ListTagsForResource")
_KEYS = _arn("kms:*:${AWS::AccountId}:key/*")
_NEW_KEY = {"Null": {"kms:ResourceAliases": "true", f"aws:ResourceTag/{_TAG}": "true"}}
_LOG_GROUP = (
    *("CreateLogGroup", "DeleteLogGroup", "AssociateKmsKey", "DisassociateKmsKey"),
    *("*RetentionPolicy", "PutLogGroupDeletionProtection", "GetDataProtectionPolicy", *_TAGS),
)
_METRIC_FILTER = ("PutMetricFilter", "DeleteMetricFilter", "DescribeMetricFilters")

_NAMED: tuple[Any, ...] = (
    {
        "Action": "cloudformation:*",
        "Resource": _arn("cloudformation:*:${AWS::AccountId}:stack/StackSet-*"),
    },
    {
        "Action": _actions(
            *("sns", "CreateTopic", "DeleteTopic", "SetTopicAttributes", "GetTopicAttributes"),
            *("Subscribe", "ListSubscriptionsByTopic", "GetDataProtectionPolicy", *_TAGS),
        ),
        "Resource": _arns("sns"),
    },
    {
        "Action": _actions(
            *("sqs", "CreateQueue", "DeleteQueue", "*QueueAttributes", "GetQueueUrl"),
            *("TagQueue", "UntagQueue", "ListQueueTags"),
        ),
        "Resource": _arns("sqs"),
    },
    {
        "Action": _actions("logs", *_LOG_GROUP, *_METRIC_FILTER),
        "Resource": _arns("logs", "log-group:"),
    },
    {
        "Action": _actions("cloudwatch", "PutMetricAlarm", "DeleteAlarms", *_TAGS),
        "Resource": _arns("cloudwatch", "alarm:"),
    },
    {
        "Action": _actions("cloudwatch", "*Dashboard", "DeleteDashboards", *_TAGS),
        "Resource": _arns("cloudwatch", "dashboard/", region=""),
    },
    {
        "Action": _actions(
            *("cloudtrail", "CreateTrail", "UpdateTrail", "DeleteTrail", "*Logging", "GetTrail"),
            *("GetTrailStatus", "GetEventConfiguration", "*EventSelectors", "*InsightSelectors"),
            *("*Tags",),
        ),
        "Resource": _arns("cloudtrail", "trail/"),
    },
    {
        "Action": _actions(
            *("s3", "CreateBucket", "DeleteBucket", "*BucketPolicy", "PutBucket*", "ListBucket"),
            *("PutEncryptionConfiguration", "PutLifecycleConfiguration", "GetBucket*"),
            *("Get*Configuration", *_TAGS),
        ),
        "Resource": [_arn("s3:::stackset-*"), _arn("s3:::${InstallationName}-*")],
    },
)
_KEY_REQUESTS: tuple[Any, ...] = (
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
    {"Action": "kms:EnableKeyRotation", "Resource": _KEYS, "Condition": _NEW_KEY},
    {
        "Action": _actions(
            *("kms", "PutKeyPolicy", "EnableKey*", "DisableKey*", "UpdateKeyDescription"),
            *("ScheduleKeyDeletion", "TagResource", "UntagResource"),
        ),
        "Resource": _KEYS,
        "Condition": {"StringEquals": {f"aws:ResourceTag/{_TAG}": {"Ref": "InstallationName"}}},
    },
)
_ROLE_REQUESTS: tuple[Any, ...] = (
    {
        "Action": _actions(
            *("iam", "CreateRole", "PutRolePolicy", "DeleteRolePolicy"),
            *("PutRolePermissionsBoundary", "UpdateAssumeRolePolicy"),
        ),
        "Resource": _arn("iam::${AWS::AccountId}:role/StackSet-*"),
        "Condition": {
            "ArnEquals": {
                "iam:PermissionsBoundary": _arn(
                    "iam::${AWS::AccountId}:policy/${InstallationName}-role-boundary"
                )
            }
        },
    },
    {
        "Action": _actions(
            *("iam", "DeleteRole", "UpdateRole", "UpdateRoleDescription", "TagRole", "UntagRole"),
            *("GetRole*", "ListRolePolicies", "ListAttachedRolePolicies"),
        ),
        "Resource": _arn("iam::${AWS::AccountId}:role/StackSet-*"),
    },
)
_WITHOUT_NAMES: tuple[Any, ...] = (
    {
        "Action": [
            *_actions("cloudformation", "Describe*", "Get*", "List*", "ValidateTemplate"),
            *("cloudtrail:DescribeTrails", "cloudwatch:DescribeAlarms", "lambda:GetPolicy"),
            *_actions("kms", "DescribeKey", "GetKeyPolicy", "GetKeyRotation*", "ListResourceTags"),
            *_actions("logs", "Describe*", "*QueryDefinition", "*IndexPolicy"),
            *_actions("organizations", "DescribeOrganization", "ListAWSServiceAccess*"),
            *_actions("sns", "*SubscriptionAttributes", "Unsubscribe"),
        ]
    },
)

_OF_FUNCTIONS: tuple[Any, ...] = (
    {
        "Action": ["lambda:AddPermission", "lambda:RemovePermission"],
        "Resource": if_("HasFunctions", {"Ref": "FunctionArns"}, _arns("lambda", "function:")),
        "Condition": {"StringEquals": {"lambda:Principal": "sns.amazonaws.com"}},
    },
)
_OF_LOG_GROUPS: tuple[Any, ...] = (
    if_(
        "HasLogGroups",
        {"Action": _actions("logs", *_METRIC_FILTER), "Resource": {"Ref": "LogGroupArns"}},
    ),
)
_OF_EVENTS: tuple[Any, ...] = (
    {
        "Action": _actions(
            *("events", "PutRule", "DeleteRule", "PutTargets", "RemoveTargets", "DescribeRule"),
            *("ListTargetsByRule", *_TAGS),
        ),
        "Resource": [
            *_arns("events", "rule/"),
            _arn("events:*:${AWS::AccountId}:rule/${InstallationName}/${InstallationName}-*"),
        ],
    },
    {
        "Action": _actions("events", "*EventBus", *_TAGS),
        "Resource": _arn("events:*:${AWS::AccountId}:event-bus/${InstallationName}"),
    },
    {
        "Action": _actions("events", *(f"{v}Archive" for v in ("Create", "Update", "Delete"))),
        "Resource": [
            *_arns("events", "archive/"),
            _arn("events:*:${AWS::AccountId}:event-bus/${InstallationName}"),
        ],
    },
    {
        "Action": "events:DescribeArchive",
        "Resource": [
            *_arns("events", "archive/"),
            _arn("events:*:${AWS::AccountId}:event-bus/${InstallationName}"),
        ],
    },
    {
        "Action": _actions(
            *("chatbot", "Update*ChannelConfiguration", "Delete*ChannelConfiguration"),
            *("TagResource", "UntagResource", "ListAssociations"),
        ),
        "Resource": _arn("chatbot::${AWS::AccountId}:chat-configuration/*/${InstallationName}-*"),
    },
    {
        "Action": [
            *("events:PutPermission", "events:RemovePermission", "chatbot:ListTagsForResource"),
            *_actions("chatbot", "Create*ChannelConfiguration", "Describe*", "Get*Configuration"),
        ]
    },
    *_with_role("management.chatbot.amazonaws.com", "events", "chatbot"),
)
_OF_SEARCH: tuple[Any, ...] = tuple(
    if_("AllowsSearch", request)
    for request in (
        {
            "Action": _actions(
                *("osis", "UpdatePipeline", "DeletePipeline", "GetPipeline", *_TAGS),
                *("GetResourcePolicy",),
            ),
            "Resource": _arn("osis:*:${AWS::AccountId}:pipeline/${InstallationName}*"),
        },
        {
            "Action": _actions("logs", *_LOG_GROUP),
            "Resource": _arn(
                "logs:*:${AWS::AccountId}:log-group:/aws/vendedlogs/OpenSearchIngestion/"
                "${InstallationName}-*"
            ),
        },
        {
            "Action": ["aoss:UpdateCollection", "aoss:DeleteCollection"],
            "Resource": _arn("aoss:*:${AWS::AccountId}:collection/*"),
            "Condition": {
                "StringLike": {"aws:ResourceTag/aws:cloudformation:stack-name": "StackSet-*"}
            },
        },
        {
            "Action": [
                *_actions("aoss", "CreateCollection", "BatchGet*", "TagResource", "ListTags*"),
                *_actions("aoss", "*AccessPolicy", "*SecurityPolicy", "*LifecyclePolicy"),
                *("osis:CreatePipeline", "logs:*LogDelivery", "logs:ListLogDeliveries"),
                "logs:PutResourcePolicy",
            ]
        },
        *_with_role("", "osis-pipelines"),
        {
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": [
                _arn(f"iam::${{AWS::AccountId}}:role/aws-service-role/{linked}.amazonaws.com/*")
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


def _managed(logical_id: str) -> tuple[Where, ...]:
    return (
        Where(
            resource_type="AWS::IAM::ManagedPolicy",
            property="PolicyDocument",
            logical_id=logical_id,
        ),
    )


def _role(logical_id: str) -> tuple[Where, ...]:
    return (Where(resource_type="AWS::IAM::Role", property="Permissions", logical_id=logical_id),)


def _only(name: str, sentence: str, where: tuple[Where, ...], *requests: Any) -> Promise:
    return Promise(
        name=name, sentence=sentence, where=where, claim=Claim.ALLOWS_ONLY, requests=requests
    )


STACK_SET_PROMISES = (
    _only(
        "administration-role-assumes-execution-roles",
        "The administration role assumes execution roles of this name, and does nothing else.",
        _role("AdministrationRole"),
        {"Action": "sts:AssumeRole", "Resource": _arn("iam::*:role/${ExecutionRoleName}")},
    ),
    _only(
        "execution-role-manages-stacks-only",
        "The execution role changes what StackSets or the installation named, keys with its tag, "
        "and what has no name to limit by; it publishes, sends, reads and decrypts nothing.",
        _role("ExecutionRole"),
        *_NAMED,
        *_KEY_REQUESTS,
        *_ROLE_REQUESTS,
        *_with_role("cloudtrail.amazonaws.com", "cloudtrail"),
        *_WITHOUT_NAMES,
        *_OF_FUNCTIONS,
        *_OF_LOG_GROUPS,
        *_OF_EVENTS,
        *_OF_SEARCH,
    ),
    _only(
        "functions-policy",
        "The policy for functions lets Amazon SNS call the functions that are given, or those "
        "that StackSets or the installation named, and allows nothing else.",
        _managed("FunctionsPolicy"),
        *_OF_FUNCTIONS,
    ),
    _only(
        "log-groups-policy",
        "The policy for other log groups manages metric filters of those that are given only.",
        _managed("LogGroupsPolicy"),
        *_OF_LOG_GROUPS,
    ),
    _only(
        "realtime-policy",
        "The policy for rules manages rules, the event bus, archives and chat channels of the "
        "installation, and allows nothing else; nobody sends events with it.",
        _managed("RealtimePolicy"),
        *_OF_EVENTS,
    ),
    _only(
        "search-policy",
        "The policy for search manages pipelines, their log groups and collections, with "
        "AllowSearch only, and allows nothing else; nobody reads or writes documents with it.",
        _managed("SearchPolicy"),
        *_OF_SEARCH,
    ),
    _only(
        "boundary-allows-delivery-only",
        "Roles within the boundary write log events and send events to the event bus of the "
        "installation; with AllowSearch they also move log files to the destination.",
        _managed("RoleBoundary"),
        {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [
                sub(
                    "arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:"
                    f"{name}:log-stream:*"
                )
                for name in _NAMES
            ],
        },
        {
            "Action": "events:PutEvents",
            "Resource": _arn("events:*:*:event-bus/${InstallationName}"),
        },
        *(
            if_("AllowsSearch", request)
            for request in (
                {
                    "Action": "s3:GetObject",
                    "Resource": [
                        _arn("s3:::stackset-*/*AWSLogs/*"),
                        _arn("s3:::${InstallationName}-*/*AWSLogs/*"),
                    ],
                },
                {
                    "Action": "s3:PutObject",
                    "Resource": [
                        _arn("s3:::stackset-*/rejected/*"),
                        _arn("s3:::${InstallationName}-*/rejected/*"),
                    ],
                },
                {
                    "Action": "kms:Decrypt",
                    "Resource": _KEYS,
                    "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
                },
                {
                    "Action": _actions(
                        "sqs", "ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage"
                    ),
                    "Resource": _arns("sqs"),
                },
                {"Action": "aoss:BatchGetCollection"},
            )
        ),
        if_(
            "WritesToDomain",
            {
                "Action": _actions("es", "DescribeDomain", "ESHttpGet", "ESHttpHead", "ESHttpP*"),
                "Resource": [{"Ref": "DestinationArn"}, sub("${DestinationArn}/*")],
            },
        ),
        if_(
            "WritesToCollections",
            {
                "Action": "aoss:APIAccessAll",
                "Resource": if_(
                    "HasCollection",
                    {"Ref": "DestinationArn"},
                    _arn("aoss:*:${AWS::AccountId}:collection/*"),
                ),
            },
        ),
    ),
)
