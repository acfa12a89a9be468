"""
The arguments of Terraform resources, and the properties that they set.

In:    nothing.
Out:   `RESOURCE_TYPES`: for each type that a rule reads, its type and properties in CloudFormation.
Never: an argument that no rule reads.

Each page of https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources names the
arguments; nested tables are blocks, of which there can be several.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Arguments = Mapping[str, "str | Nested"]
"""The property that an argument sets, or what it has below it."""


@dataclass(frozen=True)
class Nested:
    """A block. ``is_list``: the property is a list of objects, otherwise one object."""

    property: str
    arguments: Arguments
    is_list: bool = False


@dataclass(frozen=True)
class ResourceType:
    """
    A resource type of CloudFormation. ``parent`` is the argument that names the resource of which
    this one is a part, and ``defaults`` are properties that are set without an argument.
    """

    name: str
    arguments: Arguments
    parent: str = ""
    defaults: Mapping[str, object] = field(default_factory=dict)


_NAMES_OF_ALARMS: Arguments = {
    "alarm_name": "AlarmName",
    "alarm_actions": "AlarmActions",
    "ok_actions": "OKActions",
    "insufficient_data_actions": "InsufficientDataActions",
    "actions_enabled": "ActionsEnabled",
}
_PATTERNS = Nested("Filters", {"pattern": "Pattern"}, is_list=True)
_FILTER_CRITERIA = Nested("FilterCriteria", {"filter": _PATTERNS})

RESOURCE_TYPES: Mapping[str, ResourceType] = {
    "aws_cloudwatch_log_metric_filter": ResourceType(
        "AWS::Logs::MetricFilter",
        {
            "name": "FilterName",
            "pattern": "FilterPattern",
            "log_group_name": "LogGroupName",
            "metric_transformation": Nested(
                "MetricTransformations",
                {
                    "name": "MetricName",
                    "namespace": "MetricNamespace",
                    "value": "MetricValue",
                    "default_value": "DefaultValue",
                    "dimensions": "Dimensions",
                },
                is_list=True,
            ),
        },
    ),
    "aws_cloudwatch_log_subscription_filter": ResourceType(
        "AWS::Logs::SubscriptionFilter",
        {"filter_pattern": "FilterPattern", "log_group_name": "LogGroupName"},
    ),
    "aws_cloudwatch_log_group": ResourceType(
        "AWS::Logs::LogGroup", {"name": "LogGroupName", "log_group_class": "LogGroupClass"}
    ),
    "aws_cloudwatch_metric_alarm": ResourceType(
        "AWS::CloudWatch::Alarm",
        {
            **_NAMES_OF_ALARMS,
            "namespace": "Namespace",
            "metric_name": "MetricName",
            "statistic": "Statistic",
            "dimensions": "Dimensions",
            "metric_query": Nested(
                "Metrics",
                {
                    "id": "Id",
                    "expression": "Expression",
                    "metric": Nested(
                        "MetricStat",
                        {"namespace": "Namespace", "metric_name": "MetricName", "stat": "Stat"},
                    ),
                },
                is_list=True,
            ),
        },
    ),
    "aws_cloudwatch_composite_alarm": ResourceType(
        "AWS::CloudWatch::CompositeAlarm", {**_NAMES_OF_ALARMS, "alarm_rule": "AlarmRule"}
    ),
    "aws_cloudwatch_event_rule": ResourceType(
        "AWS::Events::Rule",
        {
            "name": "Name",
            "event_pattern": "EventPattern",
            "event_bus_name": "EventBusName",
            "state": "State",
            "schedule_expression": "ScheduleExpression",
        },
    ),
    "aws_cloudwatch_event_target": ResourceType(
        "Targets",
        {
            "target_id": "Id",
            "arn": "Arn",
            "role_arn": "RoleArn",
            "input": "Input",
            "input_path": "InputPath",
            "input_transformer": Nested(
                "InputTransformer",
                {"input_paths": "InputPathsMap", "input_template": "InputTemplate"},
            ),
            "dead_letter_config": Nested("DeadLetterConfig", {"arn": "Arn"}),
        },
        parent="rule",
    ),
    "aws_cloudwatch_event_archive": ResourceType(
        "AWS::Events::Archive", {"event_pattern": "EventPattern"}
    ),
    "aws_pipes_pipe": ResourceType(
        "AWS::Pipes::Pipe",
        {"source_parameters": Nested("SourceParameters", {"filter_criteria": _FILTER_CRITERIA})},
    ),
    "aws_lambda_event_source_mapping": ResourceType(
        "AWS::Lambda::EventSourceMapping", {"filter_criteria": _FILTER_CRITERIA}
    ),
    "aws_lambda_permission": ResourceType(
        "AWS::Lambda::Permission",
        {
            "principal": "Principal",
            "source_arn": "SourceArn",
            "source_account": "SourceAccount",
            "principal_org_id": "PrincipalOrgID",
            "event_source_token": "EventSourceToken",
            "function_url_auth_type": "FunctionUrlAuthType",
        },
    ),
    "aws_sns_topic": ResourceType(
        "AWS::SNS::Topic", {"name": "TopicName", "kms_master_key_id": "KmsMasterKeyId"}
    ),
    "aws_sns_topic_policy": ResourceType(
        "AWS::SNS::TopicPolicy", {"arn": "Topics", "policy": "PolicyDocument"}
    ),
    "aws_sns_topic_subscription": ResourceType(
        "AWS::SNS::Subscription",
        {
            "topic_arn": "TopicArn",
            "protocol": "Protocol",
            "endpoint": "Endpoint",
            "raw_message_delivery": "RawMessageDelivery",
        },
    ),
    "aws_sqs_queue": ResourceType(
        "AWS::SQS::Queue",
        {
            "name": "QueueName",
            "fifo_queue": "FifoQueue",
            "kms_master_key_id": "KmsMasterKeyId",
        },
    ),
    "aws_sqs_queue_policy": ResourceType(
        "AWS::SQS::QueuePolicy", {"queue_url": "Queues", "policy": "PolicyDocument"}
    ),
    "aws_kms_key": ResourceType("AWS::KMS::Key", {"policy": "KeyPolicy"}),
    "aws_kms_key_policy": ResourceType("", {"policy": "KeyPolicy"}, parent="key_id"),
    "aws_kms_alias": ResourceType(
        "AWS::KMS::Alias", {"name": "AliasName", "target_key_id": "TargetKeyId"}
    ),
    "aws_s3_bucket": ResourceType("AWS::S3::Bucket", {"bucket": "BucketName"}),
    "aws_s3_bucket_policy": ResourceType(
        "AWS::S3::BucketPolicy", {"bucket": "Bucket", "policy": "PolicyDocument"}
    ),
    "aws_s3_bucket_public_access_block": ResourceType(
        "PublicAccessBlockConfiguration",
        {
            "block_public_acls": "BlockPublicAcls",
            "block_public_policy": "BlockPublicPolicy",
            "ignore_public_acls": "IgnorePublicAcls",
            "restrict_public_buckets": "RestrictPublicBuckets",
        },
        parent="bucket",
    ),
    "aws_s3_bucket_website_configuration": ResourceType(
        "WebsiteConfiguration", {"index_document": "IndexDocument"}, parent="bucket"
    ),
    "aws_iam_policy": ResourceType("AWS::IAM::ManagedPolicy", {"policy": "PolicyDocument"}),
    "aws_iam_role": ResourceType(
        "AWS::IAM::Role",
        {
            "assume_role_policy": "AssumeRolePolicyDocument",
            "permissions_boundary": "PermissionsBoundary",
            "inline_policy": Nested(
                "Policies", {"name": "PolicyName", "policy": "PolicyDocument"}, is_list=True
            ),
        },
    ),
    "aws_iam_role_policy": ResourceType("AWS::IAM::RolePolicy", {"policy": "PolicyDocument"}),
    "aws_iam_user_policy": ResourceType("AWS::IAM::UserPolicy", {"policy": "PolicyDocument"}),
    "aws_iam_group_policy": ResourceType("AWS::IAM::GroupPolicy", {"policy": "PolicyDocument"}),
    "aws_iam_openid_connect_provider": ResourceType("AWS::IAM::OIDCProvider", {"url": "Url"}),
    "aws_organizations_policy": ResourceType(
        "AWS::Organizations::Policy",
        {"type": "Type", "content": "Content"},
        defaults={"Type": "SERVICE_CONTROL_POLICY"},
    ),
    "aws_vpc_endpoint": ResourceType("AWS::EC2::VPCEndpoint", {"policy": "PolicyDocument"}),
    "aws_ecr_repository_policy": ResourceType(
        "AWS::ECR::RepositoryPolicy", {"policy": "RepositoryPolicyText"}
    ),
    "aws_secretsmanager_secret_policy": ResourceType(
        "AWS::SecretsManager::ResourcePolicy", {"policy": "ResourcePolicy"}
    ),
}
"""By the type in Terraform."""
