"""
How resource types are named: their ARNs, and the names that CloudFormation generates.

In:    a stack name and a logical ID.
Out:   the `Naming` of each type; the pattern of a generated name.
Never: the properties of a resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

ANY = "*"
_SUFFIX = 14
"""A hyphen and up to 13 characters, which CloudFormation adds to a generated name."""
_KEPT = 24
"""What remains of a stack name or logical ID at least, if CloudFormation cuts a generated name.

No page says where it cuts: of names of 64 characters that users report, each part has 24 or more.
"""


@dataclass(frozen=True)
class Naming:
    """How a type is named: its ARN after the account, and the property with the name, or with an
    object whose Name it is.

    ``limit`` is the length to which CloudFormation cuts a generated name. ``region`` and
    ``account`` say whether the ARN has them.
    """

    service: str
    rest: str
    property: str
    limit: int = 255
    region: bool = True
    account: bool = True
    lower: bool = False


BUS = Naming("events", "event-bus/{}", "Name", 256)
_WORK_GROUP = Naming("athena", "workgroup/{}", "Name", 128)
_DATABASE = Naming("glue", "database/{}", "DatabaseInput")
_BUCKET = Naming("s3", "{}", "BucketName", 63, region=False, account=False, lower=True)
_LOG_GROUP = Naming("logs", "log-group:{}", "LogGroupName", 512)
_QUEUE = Naming("sqs", "{}", "QueueName", 80)
_ROLE = Naming("iam", "role/{}", "RoleName", 64, region=False)
_TOPIC = Naming("sns", "{}", "TopicName", 256)
# A resource that belongs to another one has its ARN and the property that refers to it.
NAMING: Mapping[str, Naming] = {
    "AWS::Athena::NamedQuery": replace(_WORK_GROUP, property="WorkGroup"),
    "AWS::Athena::WorkGroup": _WORK_GROUP,
    "AWS::CloudFormation::Stack": Naming("cloudformation", "stack/{}/*", "", 128),
    "AWS::CloudTrail::Trail": Naming("cloudtrail", "trail/{}", "TrailName", 128),
    "AWS::CloudWatch::Alarm": Naming("cloudwatch", "alarm:{}", "AlarmName"),
    "AWS::CloudWatch::CompositeAlarm": Naming("cloudwatch", "alarm:{}", "AlarmName"),
    "AWS::CloudWatch::Dashboard": Naming(
        "cloudwatch", "dashboard/{}", "DashboardName", region=False
    ),
    "AWS::CloudWatch::LogAlarm": Naming("cloudwatch", "alarm:{}", "AlarmName"),
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": Naming(
        "chatbot",
        "chat-configuration/microsoft-teams-channel/{}",
        "ConfigurationName",
        region=False,
    ),
    "AWS::Chatbot::SlackChannelConfiguration": Naming(
        "chatbot", "chat-configuration/slack-channel/{}", "ConfigurationName", region=False
    ),
    "AWS::Events::Archive": Naming("events", "archive/{}", "ArchiveName", 48),
    "AWS::Events::EventBus": BUS,
    "AWS::Events::EventBusPolicy": replace(BUS, property="EventBusName"),
    "AWS::Events::Rule": Naming("events", "rule/{}", "Name", 64),
    "AWS::Glue::Database": _DATABASE,
    "AWS::Glue::Table": replace(_DATABASE, property="DatabaseName"),
    "AWS::IAM::ManagedPolicy": Naming("iam", "policy/{}", "ManagedPolicyName", 128, region=False),
    "AWS::IAM::Policy": replace(_ROLE, property="Roles"),
    "AWS::IAM::Role": _ROLE,
    "AWS::KMS::Alias": Naming("kms", "{}", "AliasName"),
    "AWS::Lambda::Function": Naming("lambda", "function:{}", "FunctionName", 64),
    "AWS::Lambda::Permission": Naming("lambda", "function:{}", "FunctionName", 64),
    "AWS::Logs::LogGroup": _LOG_GROUP,
    "AWS::Logs::MetricFilter": _LOG_GROUP,
    "AWS::Logs::SubscriptionFilter": _LOG_GROUP,
    "AWS::OSIS::Pipeline": Naming("osis", "pipeline/{}", "PipelineName", 28),
    "AWS::S3::Bucket": _BUCKET,
    "AWS::S3::BucketPolicy": replace(_BUCKET, property="Bucket"),
    "AWS::SNS::Subscription": replace(_TOPIC, property="TopicArn"),
    "AWS::SNS::Topic": _TOPIC,
    "AWS::SNS::TopicPolicy": replace(_TOPIC, property="Topics"),
    "AWS::SQS::Queue": _QUEUE,
    "AWS::SQS::QueuePolicy": replace(_QUEUE, property="Queues"),
    "AWS::SSM::Parameter": Naming("ssm", "parameter/{}", "Name"),
}


def generated_name(stack: str, logical_id: str, naming: Naming) -> str:
    """The pattern of a name that CloudFormation generates: stack, logical ID, random characters.

    A name that would be longer than the limit is cut, so the pattern ends earlier.
    """
    if len(stack) + 1 + len(logical_id) + _SUFFIX <= naming.limit:
        name = f"{stack}-{logical_id}-"
    elif len(stack) <= _KEPT:
        name = f"{stack}-{logical_id[:_KEPT]}"
    else:
        name = stack[:_KEPT]
    name = name.rstrip("?") + ANY
    return name.lower() if naming.lower else name
