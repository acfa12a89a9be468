"""
An SNS topic for each severity, with its policy and subscriptions.

A topic has up to two subscriptions from parameters: the e-mail address, for high and medium
severity only, and an endpoint of any protocol. SNS delivers to queues and functions of other
accounts and Regions, too, but only their owner can allow that: see docs/deploy.md.
"""

from troposphere import (
    Equals,
    FindInMap,
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
from trailbell.catalog.detection import Severity
from trailbell.compiler.stack import ParameterInput, Piece, is_set
from trailbell.template.partitions import CONSOLE_DOMAINS

_GROUP = "Alerts"
_EMAIL_SEVERITIES = (Severity.HIGH, Severity.MEDIUM)

NOTIFICATION_EMAIL = ParameterInput(
    parameter=Parameter(
        "NotificationEmail",
        Type="String",
        Default="",
        AllowedPattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$",
        Description=(
            "E-mail address for alarms of high and medium severity. The recipient must confirm "
            "both subscriptions. Leave empty to subscribe at SubscribeUrl."
        ),
        ConstraintDescription="must be empty or a valid e-mail address",
    ),
    label="E-mail address (optional)",
    group=_GROUP,
)


def topics() -> Piece:
    """The topics of all severities, with their policies and subscriptions."""
    return Piece(
        inputs=(
            NOTIFICATION_EMAIL,
            *(i for severity in Severity for i in _endpoint_inputs(severity)),
        ),
        conditions={"HasEmail": is_set("NotificationEmail")}
        | {k: v for severity in Severity for k, v in _conditions(severity).items()},
        mappings={
            "Console": {name: {"Domain": domain} for name, domain in CONSOLE_DOMAINS.items()}
        },
        resources=tuple(r for severity in Severity for r in _topic_resources(severity)),
        outputs=(
            Output(
                "SubscribeUrl",
                Description="SNS console page for subscribing to the topics",
                Value=Sub(
                    "https://${AWS::Region}.${Domain}/sns/v3/home?region=${AWS::Region}#/topics",
                    Domain=FindInMap("Console", Ref("AWS::Partition"), "Domain"),
                ),
            ),
        ),
    )


def _endpoint_inputs(severity: Severity) -> tuple[ParameterInput, ParameterInput]:
    name = severity.capitalize()
    return (
        ParameterInput(
            parameter=Parameter(
                f"{name}Protocol",
                Type="String",
                Default="email",
                AllowedValues=["email", "https", "sqs", "lambda"],
                Description=f"Protocol of {name}Endpoint.",
                ConstraintDescription="must be email, https, sqs or lambda",
            ),
            label=f"Protocol for {severity} severity",
            group=_GROUP,
        ),
        ParameterInput(
            parameter=Parameter(
                f"{name}Endpoint",
                Type="String",
                Default="",
                AllowedPattern=(
                    r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$|^https://\S+$|^arn:[a-z-]+:(sqs|lambda):\S+$"
                ),
                Description=(
                    "E-mail address, HTTPS URL, or ARN of a queue or Lambda function. Its policy "
                    "must allow the topic, unless it is a function of this account and Region."
                ),
                ConstraintDescription=(
                    "must be an e-mail address, an https:// URL, or the ARN of a queue or function"
                ),
            ),
            label=f"Endpoint for {severity} severity (optional)",
            group=_GROUP,
        ),
    )


def _conditions(severity: Severity) -> dict[str, object]:
    """The conditions of the subscription, and of the permission to call a function.

    A permission can be added only by the account of the function, in its Region. CloudFormation
    does not document ``Fn::Select`` and ``Fn::Split`` in conditions, but accepts them: cfn-lint
    allows them in ``Fn::Equals`` (E8003), and templates of AWS use them there.
    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    https://github.com/aws-cloudformation/cfn-lint/issues/876
    """
    name = severity.capitalize()
    return {
        f"Has{name}Endpoint": is_set(f"{name}Endpoint"),
        f"{name}CallsLambda": Equals(
            Select(0, Split(":function:", Ref(f"{name}Endpoint"))), arns.LAMBDA_OF_STACK
        ),
    }


def _topic_resources(severity: Severity) -> list[object]:
    name = severity.capitalize()
    topic = sns.Topic(
        topic_logical_id(severity), DisplayName=f"Trailbell {severity}", KmsMasterKeyId=KEY_ARN
    )
    policy = sns.TopicPolicy(
        f"{name}TopicPolicy",
        Topics=[Ref(topic)],
        PolicyDocument=alert_topic_policy(
            topic_arn=Ref(topic), account=Ref("AWS::AccountId"), alarms_arn=arns.ALARMS
        ),
    )
    endpoint = sns.SubscriptionResource(
        f"{name}Subscription",
        Condition=f"Has{name}Endpoint",
        TopicArn=Ref(topic),
        Protocol=Ref(f"{name}Protocol"),
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
    email = sns.SubscriptionResource(
        f"{name}EmailSubscription",
        Condition="HasEmail",
        TopicArn=Ref(topic),
        Protocol="email",
        Endpoint=Ref("NotificationEmail"),
    )
    resources: list[object] = [topic, policy, endpoint, permission]
    return [*resources, email] if severity in _EMAIL_SEVERITIES else resources
