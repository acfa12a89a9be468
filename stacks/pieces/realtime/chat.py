"""
Messages in Slack and Microsoft Teams, through Amazon Q Developer in chat applications.

In:    nothing.
Out:   a `Piece` with a topic, and a channel of each application that the parameters name.

A chat message is JSON in a fixed form, so it needs a topic of its own. The page of the service says
how to authorize a workspace or team once, in its console.
https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

from typing import Any

from troposphere import And, Equals, GetAtt, Not, Or, Parameter, Ref, Sub, chatbot, iam, sns

from policies.chat_role import chat_role_trust
from policies.event_topic import event_topic_policy
from policies.key import event_statements
from stacks.pieces import arns
from stacks.pieces.boundary import BOUNDARY, permissions_boundary
from stacks.pieces.encryption import KEY_ARN, encryption
from stacks.pieces.installation import SHORT_INSTALLATION_NAME, named
from stacks.pieces.realtime.refs import realtime_export
from trailbell import ParameterInput, Piece, is_set, rule, suppress_lint

CHAT_TOPIC = "ChatTopic"
_SLACK = ("SlackWorkspaceId", "SlackChannelId")
_TEAMS = ("TeamsTenantId", "TeamId", "TeamsChannelId")
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_FORMS = {
    "SlackWorkspaceId": ("Slack workspace", "[0-9A-Z]+", "T01234ABCDE"),
    "SlackChannelId": ("Slack channel", "[0-9A-Z]+", "C01234ABCDE"),
    "TeamsTenantId": ("Teams tenant", _UUID, "a UUID"),
    "TeamId": ("Teams team", _UUID, "a UUID"),
    "TeamsChannelId": (
        "Teams channel",
        "[a-zA-Z0-9_=+/.,-]*%3[aA][a-zA-Z0-9_=+/.,-]*%40[a-zA-Z0-9_=+/.,-]*",
        "19%3Aexample%40thread.tacv2",
    ),
}


def chat() -> Piece:
    """The topic and the channels."""
    key = encryption(
        key_statements=event_statements(),
        users="EventBridge",
        default="none",
        installation_name=SHORT_INSTALLATION_NAME,
    )
    boundary = permissions_boundary("Permissions")
    topic = sns.Topic(CHAT_TOPIC, DisplayName="Trailbell chat", KmsMasterKeyId=KEY_ARN)
    policy = sns.TopicPolicy(
        "ChatTopicPolicy",
        Topics=[Ref(topic)],
        PolicyDocument=event_topic_policy(
            topic_arn=Ref(topic), account=Ref("AWS::AccountId"), alarms_arn=arns.ALARMS
        ),
    )
    role = iam.Role(
        "ChatRole",
        AssumeRolePolicyDocument=chat_role_trust(),
        PermissionsBoundary=BOUNDARY,
    )
    return Piece(
        inputs=(*map(_input, _FORMS), *boundary.inputs, *key.inputs),
        rules={
            "SlackComplete": _complete("Slack", _SLACK),
            "TeamsComplete": _complete("Teams", _TEAMS),
        },
        conditions={
            "HasSlack": And(*map(is_set, _SLACK)),
            "HasTeams": And(*map(is_set, _TEAMS)),
            **boundary.conditions,
            **key.conditions,
        },
        resources=(topic, policy, role, *_channels(role), *key.resources),
        outputs=(
            *key.outputs,
            realtime_export("ChatTopicArn", "ARN of the topic for chat messages", Ref(topic)),
        ),
    )


def _input(name: str) -> ParameterInput:
    label, form, example = _FORMS[name]
    return ParameterInput(
        parameter=Parameter(
            name,
            Type="String",
            Default="",
            AllowedPattern=f"^$|^{form}$",
            Description=f"ID of the {label}, such as {example}. Leave empty for none.",
            ConstraintDescription=f"must be empty or the ID of a {label}",
        ),
        label=f"{label} (optional)",
        group="Chat",
    )


def _complete(application: str, names: tuple[str, ...]) -> dict[str, Any]:
    empty = [Equals(Ref(name), "") for name in names]
    return rule(
        f"{application} needs {', '.join(names)}, or none of them.",
        Or(And(*empty), And(*map(Not, empty))),
    )


def _channels(role: Any) -> tuple[Any, ...]:
    """The channels. No command runs there: the role has no permission.

    Without guardrail policies, the service would use AdministratorAccess as the limit.
    https://docs.aws.amazon.com/chatbot/latest/APIReference/API_CreateSlackChannelConfiguration.html
    """
    common = {
        "Metadata": suppress_lint("E3006", reason="Some Regions do not have AWS Chatbot."),
        "IamRoleArn": GetAtt(role, "Arn"),
        "GuardrailPolicies": [Sub("arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess")],
        "SnsTopicArns": [Ref(CHAT_TOPIC)],
        "LoggingLevel": "ERROR",
    }
    slack = chatbot.SlackChannelConfiguration(
        "SlackChannel",
        Condition="HasSlack",
        ConfigurationName=named("${AWS::Region}-slack"),
        SlackWorkspaceId=Ref("SlackWorkspaceId"),
        SlackChannelId=Ref("SlackChannelId"),
        **common,
    )
    teams = chatbot.MicrosoftTeamsChannelConfiguration(
        "TeamsChannel",
        Condition="HasTeams",
        ConfigurationName=named("${AWS::Region}-teams"),
        TeamsTenantId=Ref("TeamsTenantId"),
        TeamId=Ref("TeamId"),
        TeamsChannelId=Ref("TeamsChannelId"),
        **common,
    )
    return slack, teams
