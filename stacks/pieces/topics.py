"""
An SNS topic for each severity, with its policy and subscriptions.

A topic has up to two subscriptions from parameters: the e-mail address, for high and medium
severity only, and an endpoint of any protocol. SNS delivers to queues and functions of other
accounts and Regions, too, but only their owner can allow that: see docs/how-to/deploy.md.
"""

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

NOTIFICATION_EMAIL = ParameterInput(
    parameter=Parameter(
        "NotificationEmail",
        Type="String",
        Default="",
        AllowedPattern=r"^$|^[^@\s:]+@[^@\s:]+\.[^@\s:]+$",
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
            *(_endpoint_input(severity) for severity in Severity),
        ),
        rules=_rules(),
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


def _endpoint_input(severity: Severity) -> ParameterInput:
    """The endpoint, whose form decides about the protocol, so that the two always fit.

    A name with a dot is that of a FIFO queue, which a standard topic cannot notify: "FIFO SQS
    Queues can not be subscribed to standard SNS topics".
    https://github.com/localstack/localstack/pull/13226
    """
    return ParameterInput(
        parameter=Parameter(
            f"{severity.capitalize()}Endpoint",
            Type="String",
            Default="",
            AllowedPattern=(
                r"^$|^[^@\s:]+@[^@\s:]+\.[^@\s:]+$|^https://\S+$"
                r"|^arn:[a-z-]+:(sqs|lambda):[^.\s]+$"
            ),
            Description=(
                "E-mail address, HTTPS URL, or ARN of a queue or Lambda function. Its policy must "
                "allow the topic, unless it is a function of this account and Region."
            ),
            ConstraintDescription=(
                "must be an e-mail address, an https:// URL, or the ARN of a standard queue or a "
                "function"
            ),
        ),
        label=f"Endpoint for {severity} severity (optional)",
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


def _conditions(severity: Severity) -> dict[str, object]:
    """The conditions of the subscription, its protocol, and the permission to call a function.

    A permission can be added only by the account of the function, in its Region. CloudFormation
    does not document ``Fn::Select`` and ``Fn::Split`` in conditions, but accepts them: cfn-lint
    allows them in ``Fn::Equals`` (E8003), and templates of AWS use them there.
    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    https://github.com/aws-cloudformation/cfn-lint/issues/876
    """
    name = severity.capitalize()
    endpoint = Ref(f"{name}Endpoint")
    return {
        f"Has{name}Endpoint": is_set(f"{name}Endpoint"),
        f"{name}IsUrl": Equals(Select(0, Split(":", endpoint)), "https"),
        f"{name}IsArn": Equals(Select(0, Split(":", endpoint)), "arn"),
        f"{name}CallsLambda": Equals(
            Select(0, Split(":function:", endpoint)), arns.LAMBDA_OF_STACK
        ),
    }


def _protocol(severity: Severity) -> If:
    """The protocol of an endpoint; that of an ARN is its service, ``sqs`` or ``lambda``."""
    name = severity.capitalize()
    service = Select(2, Split(":", Ref(f"{name}Endpoint")))
    return If(f"{name}IsUrl", "https", If(f"{name}IsArn", service, "email"))


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
        Protocol=_protocol(severity),
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
