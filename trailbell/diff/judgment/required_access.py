"""
What AWS services must be allowed, so that events are recorded and notifications are sent.

In:    nothing.
Out:   `SERVICE_ACCESS` and `ROLE_PERMISSIONS`, each with what fails without it.
Never: a policy. `trailbell.diff.judgment.service_access` compares policies with these.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ServiceAccess:
    """Actions that a service needs. ``failure`` is what happens if one of them is rejected.

    ``service`` is the first part of the principal: ``logs`` of ``logs.eu-west-1.amazonaws.com``.
    It is empty for the permissions of a role, which have no principal, and for any principal.
    """

    service: str = ""
    actions: tuple[str, ...]
    failure: str


# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
_PUBLISH = ServiceAccess(
    service="cloudwatch",
    actions=("sns:Publish",),
    failure="CloudWatch cannot publish to the topic",
)

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
_PUBLISH_EVENTS = ServiceAccess(
    service="events",
    actions=("sns:Publish",),
    failure="EventBridge cannot publish to the topic",
)

SERVICE_ACCESS: Mapping[str, tuple[ServiceAccess, ...]] = {
    "AWS::SNS::TopicPolicy": (_PUBLISH, _PUBLISH_EVENTS),
    "AWS::SNS::TopicInlinePolicy": (_PUBLISH, _PUBLISH_EVENTS),
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html
    "AWS::Events::EventBusPolicy": (
        ServiceAccess(
            actions=("events:PutEvents",),
            failure="Other accounts cannot send events to the event bus",
        ),
    ),
    "AWS::KMS::Key": (
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
        ServiceAccess(
            service="cloudtrail",
            actions=("kms:GenerateDataKey", "kms:DescribeKey"),
            failure="CloudTrail cannot encrypt log files with the key",
        ),
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        ServiceAccess(
            service="logs",
            actions=(
                *("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
                *("kms:GenerateDataKey", "kms:DescribeKey"),
            ),
            failure="CloudWatch Logs cannot encrypt and read log events with the key",
        ),
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        ServiceAccess(
            service="cloudwatch",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            failure="CloudWatch cannot publish to topics that the key encrypts",
        ),
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        ServiceAccess(
            service="events",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            failure="EventBridge cannot send events to what the key encrypts",
        ),
        # https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
        ServiceAccess(
            service="sns",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            failure="SNS cannot deliver notifications to queues that the key encrypts",
        ),
    ),
    "AWS::SQS::QueuePolicy": (
        # https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
        ServiceAccess(
            service="sns",
            actions=("sqs:SendMessage",),
            failure="SNS cannot deliver notifications to the queue",
        ),
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
        ServiceAccess(
            service="events",
            actions=("sqs:SendMessage",),
            failure="EventBridge cannot send events to the queue",
        ),
    ),
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    "AWS::S3::BucketPolicy": (
        ServiceAccess(
            service="cloudtrail",
            actions=("s3:GetBucketAcl", "s3:PutObject"),
            failure="CloudTrail cannot deliver log files",
        ),
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    "AWS::IAM::Role": (
        ServiceAccess(
            service="cloudtrail",
            actions=("sts:AssumeRole",),
            failure="CloudTrail cannot write to the log group",
        ),
        ServiceAccess(
            service="logs",
            actions=("sts:AssumeRole",),
            failure="CloudWatch Logs cannot send events to the destination",
        ),
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
        ServiceAccess(
            service="events",
            actions=("sts:AssumeRole",),
            failure="EventBridge cannot send events to its targets",
        ),
    ),
}
"""By resource type, what its resource policy (the trust policy of a role) must allow."""

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
ROLE_PERMISSIONS: Mapping[str, ServiceAccess] = {
    "cloudtrail": ServiceAccess(
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        failure="CloudTrail cannot write to the log group",
    ),
    "logs": ServiceAccess(
        actions=(
            *("firehose:PutRecord", "firehose:PutRecordBatch"),
            *("kinesis:PutRecord", "kinesis:PutRecords"),
        ),
        failure="CloudWatch Logs cannot send events to the destination",
    ),
    "events": ServiceAccess(
        actions=("events:PutEvents", "sns:Publish", "sqs:SendMessage"),
        failure="EventBridge cannot send events to its targets",
    ),
}
"""By the service that assumes a role, what the role must allow."""
