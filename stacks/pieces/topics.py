"""
An SNS topic for each severity, with its policy and subscriptions.

A topic has up to two subscriptions from parameters: the e-mail address, for high and medium
severity only, and an endpoint of any protocol. SNS delivers to queues and functions of other
accounts and Regions, too, but only their owner can allow that: see docs/how-to/deploy.md.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from troposphere import (
    Equals,
    FindInMap,
    If,
    Not,
    Or,
    Output,
    Parameter,
    Ref,
    Select,
    Split,
    Sub,
    awslambda,
    sns,
)

from policies.alert_topic import alert_topic_policy
from stacks.pieces import arns
from stacks.pieces.base_refs import topic_logical_id
from stacks.pieces.encryption import KEY_ARN
from trailbell import ParameterInput, Piece, Severity, is_set, rule
from trailbell.template.partitions import CONSOLE_DOMAINS

_GROUP = "Alerts"
_EMAIL_SEVERITIES = (Severity.HIGH, Severity.MEDIUM)

BuildTopicPolicy = Callable[..., Any]
"""A function of ``topic_arn``, ``account`` and ``alarms_arn`` that returns a policy document."""

CONSOLE_MAPPING = {
    "Console": {name: {"Domain": domain} for name, domain in CONSOLE_DOMAINS.items()}
}
CONSOLE_DOMAIN = FindInMap("Console", Ref("AWS::Partition"), "Domain")
"""The domain of the console in the partition of the stack, which needs `CONSOLE_MAPPING`."""

NOTIFICATION_EMAIL = ParameterInput(
    parameter=Parameter(
        "NotificationEmail",
        Type="String",
        Default="",
        AllowedPattern=r"^$|^[^@\s:]+@[^@\s:]+\.[^@\s:]+$",
        Description=(
            "E-mail address for high and medium severity. The recipient must confirm both "
            "subscriptions. Leave empty to subscribe at SubscribeUrl."
        ),
        ConstraintDescription="must be empty or a valid e-mail address",
    ),
    label="E-mail address (optional)",
    group=_GROUP,
)


def topics(policy: BuildTopicPolicy = alert_topic_policy) -> Piece:
    """The topics of all severities, with their policies and subscriptions."""
    pieces = [_severity_topic(severity, policy) for severity in Severity]
    return Piece(
        inputs=(NOTIFICATION_EMAIL, *(entry for piece in pieces for entry in piece.inputs)),
        rules=_rules(),
        conditions={"HasEmail": is_set("NotificationEmail")}
        | {name: condition for piece in pieces for name, condition in piece.conditions.items()},
        mappings=CONSOLE_MAPPING,
        resources=tuple(resource for piece in pieces for resource in piece.resources),
        outputs=(
            Output(
                "SubscribeUrl",
                Description="SNS console page for subscribing to the topics",
                Value=Sub(
                    "https://${AWS::Region}.${Domain}/sns/v3/home?region=${AWS::Region}#/topics",
                    Domain=CONSOLE_DOMAIN,
                ),
            ),
        ),
    )


def _severity_topic(severity: Severity, policy: BuildTopicPolicy) -> Piece:
    title = topic_logical_id(severity)
    piece = topic_with_endpoint(
        title.removesuffix("Topic"),
        display_name=f"Trailbell {severity}",
        label=f"Endpoint for {severity} severity (optional)",
        policy=policy,
    )
    if severity not in _EMAIL_SEVERITIES:
        return piece
    email = sns.SubscriptionResource(
        f"{severity.capitalize()}EmailSubscription",
        Condition="HasEmail",
        TopicArn=Ref(title),
        Protocol="email",
        Endpoint=Ref("NotificationEmail"),
    )
    return replace(piece, resources=(*piece.resources, email))


def topic_with_endpoint(
    name: str, *, display_name: str, label: str, policy: BuildTopicPolicy, takes_email: bool = True
) -> Piece:
    """The topic ``<name>Topic``, and a subscription for the parameter ``<name>Endpoint``.

    Without ``takes_email``, the endpoint must be one of a program.
    """
    topic = sns.Topic(f"{name}Topic", DisplayName=display_name, KmsMasterKeyId=KEY_ARN)
    topic_policy = sns.TopicPolicy(
        f"{name}TopicPolicy",
        Topics=[Ref(topic)],
        PolicyDocument=policy(
            topic_arn=Ref(topic), account=Ref("AWS::AccountId"), alarms_arn=arns.ALARMS
        ),
    )
    subscription = sns.SubscriptionResource(
        f"{name}Subscription",
        Condition=f"Has{name}Endpoint",
        TopicArn=Ref(topic),
        Protocol=_protocol(name),
        Endpoint=Ref(f"{name}Endpoint"),
    )
    permission = awslambda.Permission(
        f"{name}LambdaPermission",
        Condition=f"{name}CallsLambda",
        Action="lambda:InvokeFunction",
        FunctionName=Ref(f"{name}Endpoint"),
        Principal="sns.amazonaws.com",
        SourceArn=Ref(topic),
    )
    return Piece(
        inputs=(_endpoint_input(name, label, takes_email=takes_email),),
        conditions=_conditions(name),
        resources=(topic, topic_policy, subscription, permission),
    )


def _endpoint_input(name: str, label: str, *, takes_email: bool) -> ParameterInput:
    """The endpoint, whose form decides about the protocol, so that the two always fit.

    A name with a dot is that of a FIFO queue, which a standard topic cannot notify: "FIFO SQS
    Queues can not be subscribed to standard SNS topics".
    https://github.com/localstack/localstack/pull/13226
    """
    email = r"|^[^@\s:]+@[^@\s:]+\.[^@\s:]+$" if takes_email else ""
    start = "E-mail address, HTTPS URL" if takes_email else "HTTPS URL"
    return ParameterInput(
        parameter=Parameter(
            f"{name}Endpoint",
            Type="String",
            Default="",
            AllowedPattern=rf"^${email}|^https://\S+$|^arn:[a-z-]+:(sqs|lambda):[^.\s]+$",
            Description=(
                f"{start}, or ARN of a queue or Lambda function. Its policy must allow the topic, "
                "unless it is a function of this account and Region."
            ),
            ConstraintDescription=(
                f"must be {'an e-mail address, ' if takes_email else ''}an https:// URL, or the "
                "ARN of a standard queue or a function"
            ),
        ),
        label=label,
        group=_GROUP,
    )


def _rules() -> dict[str, object]:
    """An address that is given twice would be one subscription with two resources.

    Deleting one of them would unsubscribe the address.
    https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
    """
    email, names = (
        Ref("NotificationEmail"),
        [f"{s.capitalize()}Endpoint" for s in _EMAIL_SEVERITIES],
    )
    twice = Or(*(Equals(email, Ref(name)) for name in names))
    text = f"{' and '.join(names)} must differ from NotificationEmail."
    return {"EmailOnce": rule(text, Not(twice), when=is_set("NotificationEmail"))}


def _conditions(name: str) -> dict[str, object]:
    """The conditions of the subscription, its protocol, and the permission to call a function.

    A permission can be added only by the account of the function, in its Region. CloudFormation
    does not document ``Fn::Select`` and ``Fn::Split`` in conditions, but accepts them: cfn-lint
    allows them in ``Fn::Equals`` (E8003), and templates of AWS use them there.
    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    https://github.com/aws-cloudformation/cfn-lint/issues/876
    """
    endpoint = Ref(f"{name}Endpoint")
    return {
        f"Has{name}Endpoint": is_set(f"{name}Endpoint"),
        f"{name}IsUrl": Equals(Select(0, Split(":", endpoint)), "https"),
        f"{name}IsArn": Equals(Select(0, Split(":", endpoint)), "arn"),
        f"{name}CallsLambda": Equals(
            Select(0, Split(":function:", endpoint)), arns.LAMBDA_OF_STACK
        ),
    }


def _protocol(name: str) -> If:
    """The protocol of an endpoint; that of an ARN is its service, ``sqs`` or ``lambda``."""
    service = Select(2, Split(":", Ref(f"{name}Endpoint")))
    return If(f"{name}IsUrl", "https", If(f"{name}IsArn", service, "email"))
