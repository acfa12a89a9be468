"""
What the execution role of StackSets and the boundary of roles need for real-time notifications:
rules, an event bus with its archive, and chat channels.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awschatbot.html
"""

from typing import Any

from awacs import events
from awacs.aws import Allow, PolicyDocument, Statement, StringEquals

from policies.stackset_roles import NAMES, BuildArn, allow

_EVENTS, _CHAT = "events.amazonaws.com", "chatbot.amazonaws.com"
_CHAT_LINKED = "management.chatbot.amazonaws.com"
_BUS = "${InstallationName}"


def realtime_permissions_policy(*, build_arn: BuildArn) -> PolicyDocument:
    """Allow deploying rules, the event bus of the installation, archives and chat channels."""

    def arns(resource: str, *names: str) -> list[Any]:
        return [build_arn(f"events:${{Region}}:${{Account}}:{resource}/{name}") for name in names]

    roles = [build_arn("iam::${Account}:role/StackSet-*")]
    channels = build_arn(f"chatbot::${{Account}}:chat-configuration/*/{_BUS}-*")
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            # A rule on another bus than the default one has the name of the bus in its ARN.
            allow("ManageRules", _RULES, arns("rule", *NAMES, f"{_BUS}/{_BUS}-*")),
            allow("ManageEventBus", _BUSES, arns("event-bus", _BUS)),
            allow(
                "ManageArchives",
                _ARCHIVES,
                [*arns("archive", *NAMES), *arns("event-bus", _BUS)],
            ),
            allow("ManageChatChannels", _CHANNELS, [channels]),
            allow("ManageBusPoliciesAndMakeChatChannels", _UNSCOPED, ["*"]),
            allow(
                "PassRolesToRulesAndChat",
                ["iam:PassRole"],
                roles,
                StringEquals("iam:PassedToService", [_EVENTS, _CHAT]),
            ),
            allow(
                "MakeRoleOfChat",
                ["iam:CreateServiceLinkedRole"],
                [build_arn(f"iam::${{Account}}:role/aws-service-role/{_CHAT_LINKED}/*")],
                StringEquals("iam:AWSServiceName", _CHAT_LINKED),
            ),
        ],
    )


def realtime_boundary_statement(*, build_arn: BuildArn) -> Statement:
    """The most that the role of forwarding rules can do: send to the bus of the installation.

    The bus is in the security account, which the boundary does not know.
    """
    return Statement(
        Sid="SendEvents",
        Effect=Allow,
        Action=[events.PutEvents],
        Resource=[build_arn(f"events:${{Region}}:*:event-bus/{_BUS}")],
    )


_RULES = [
    *("events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"),
    *("events:TagResource", "events:UntagResource", "events:DescribeRule"),
    *("events:ListTagsForResource", "events:ListTargetsByRule"),
]
_BUSES = [
    *("events:CreateEventBus", "events:UpdateEventBus", "events:DeleteEventBus"),
    *("events:DescribeEventBus", "events:TagResource", "events:UntagResource"),
    "events:ListTagsForResource",
]
_ARCHIVES = [
    *("events:CreateArchive", "events:UpdateArchive", "events:DeleteArchive"),
    "events:DescribeArchive",
]
_CHANNELS = [
    *("chatbot:UpdateSlackChannelConfiguration", "chatbot:DeleteSlackChannelConfiguration"),
    "chatbot:UpdateMicrosoftTeamsChannelConfiguration",
    "chatbot:DeleteMicrosoftTeamsChannelConfiguration",
    *("chatbot:TagResource", "chatbot:UntagResource", "chatbot:ListAssociations"),
]
# IAM cannot limit these to names.
_UNSCOPED = [
    *("events:PutPermission", "events:RemovePermission"),
    *("chatbot:CreateSlackChannelConfiguration", "chatbot:DescribeSlackChannelConfigurations"),
    "chatbot:CreateMicrosoftTeamsChannelConfiguration",
    "chatbot:GetMicrosoftTeamsChannelConfiguration",
    "chatbot:ListTagsForResource",
]
