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
from trailbell.proof.stack_set_requests import (
    KEY_REQUESTS,
    KEYS_OF_ACCOUNT,
    NAMED,
    NAMES,
    OF_EVENTS,
    OF_FUNCTIONS,
    OF_LOG_GROUPS,
    OF_SEARCH,
    ROLE_REQUESTS,
    WITHOUT_NAMES,
    actions,
    arn,
    arns,
    with_role,
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
        {"Action": "sts:AssumeRole", "Resource": arn("iam::*:role/${ExecutionRoleName}")},
    ),
    _only(
        "execution-role-manages-stacks-only",
        "The execution role changes what StackSets or the installation named, keys with its tag, "
        "and what has no name to limit by; it publishes, sends, reads and decrypts nothing.",
        _role("ExecutionRole"),
        *NAMED,
        *KEY_REQUESTS,
        *ROLE_REQUESTS,
        *with_role("cloudtrail.amazonaws.com", "cloudtrail"),
        *WITHOUT_NAMES,
        *OF_FUNCTIONS,
        *OF_LOG_GROUPS,
        *OF_EVENTS,
        *OF_SEARCH,
    ),
    _only(
        "functions-policy",
        "The policy for functions lets Amazon SNS call the functions that are given, or those "
        "that StackSets or the installation named, and allows nothing else.",
        _managed("FunctionsPolicy"),
        *OF_FUNCTIONS,
    ),
    _only(
        "log-groups-policy",
        "The policy for other log groups manages metric filters of those that are given only.",
        _managed("LogGroupsPolicy"),
        *OF_LOG_GROUPS,
    ),
    _only(
        "realtime-policy",
        "The policy for rules manages rules, the event bus, archives and chat channels of the "
        "installation, and allows nothing else; it sends no events.",
        _managed("RealtimePolicy"),
        *OF_EVENTS,
    ),
    _only(
        "search-policy",
        "The policy for search manages pipelines, their log groups and collections, with "
        "AllowSearch only, and allows nothing else; it reads and writes no documents.",
        _managed("SearchPolicy"),
        *OF_SEARCH,
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
                for name in NAMES
            ],
        },
        {
            "Action": "events:PutEvents",
            "Resource": arn("events:*:*:event-bus/${InstallationName}"),
        },
        *(
            if_("AllowsSearch", request)
            for request in (
                {
                    "Action": "s3:GetObject",
                    "Resource": [
                        arn("s3:::stackset-*/*AWSLogs/*"),
                        arn("s3:::${InstallationName}-*/*AWSLogs/*"),
                    ],
                },
                {
                    "Action": "s3:PutObject",
                    "Resource": [
                        arn("s3:::stackset-*/rejected/*"),
                        arn("s3:::${InstallationName}-*/rejected/*"),
                    ],
                },
                {
                    "Action": "kms:Decrypt",
                    "Resource": KEYS_OF_ACCOUNT,
                    "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
                },
                {
                    "Action": actions(
                        "sqs", "ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage"
                    ),
                    "Resource": arns("sqs"),
                },
                {"Action": "aoss:BatchGetCollection"},
            )
        ),
        if_(
            "WritesToDomain",
            {
                "Action": actions("es", "DescribeDomain", "ESHttpGet", "ESHttpHead", "ESHttpP*"),
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
                    arn("aoss:*:${AWS::AccountId}:collection/*"),
                ),
            },
        ),
    ),
)
