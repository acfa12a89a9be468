"""
Which AWS service publishes to a topic of a template.

In:    a template, the logical ID of a topic.
Out:   the service that publishes to it, by the property or the policy that says so.
Never: people, functions and applications of the account: they publish with permissions of their
       own, which the AWS managed key of SNS does not prevent.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.template.intrinsics import branches, entries, references
from trailbell.template.policy import statements
from trailbell.template.resources import ALARM_TYPES, resources_of_type

_ALARM_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_PUBLISHING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(ALARM_TYPES, ("CloudWatch", _ALARM_ACTIONS)),
    "AWS::Events::Rule": ("EventBridge", ("Targets",)),
    "AWS::S3::Bucket": ("Amazon S3", ("NotificationConfiguration",)),
    "AWS::AutoScaling::AutoScalingGroup": (
        "EC2 Auto Scaling",
        ("NotificationConfiguration", "NotificationConfigurations"),
    ),
    "AWS::AutoScaling::LifecycleHook": ("EC2 Auto Scaling", ("NotificationTargetARN",)),
    "AWS::Backup::BackupVault": ("AWS Backup", ("Notifications",)),
    "AWS::Budgets::Budget": ("AWS Budgets", ("NotificationsWithSubscribers",)),
    "AWS::CE::AnomalySubscription": ("Cost Anomaly Detection", ("Subscribers",)),
    "AWS::CloudTrail::Trail": ("CloudTrail", ("SnsTopicName",)),
    "AWS::CodeStarNotifications::NotificationRule": ("CodeStar Notifications", ("Targets",)),
    "AWS::Config::DeliveryChannel": ("AWS Config", ("SnsTopicARN",)),
    "AWS::DMS::EventSubscription": ("AWS DMS", ("SnsTopicArn",)),
    "AWS::DevOpsGuru::NotificationChannel": ("DevOps Guru", ("Config",)),
    "AWS::ElastiCache::ReplicationGroup": ("ElastiCache", ("NotificationTopicArn",)),
    "AWS::RDS::EventSubscription": ("Amazon RDS", ("SnsTopicArn",)),
    "AWS::Redshift::EventSubscription": ("Amazon Redshift", ("SnsTopicArn",)),
    "AWS::SES::ConfigurationSetEventDestination": ("Amazon SES", ("EventDestination",)),
    "AWS::SSM::MaintenanceWindowTask": ("Systems Manager", ("TaskInvocationParameters",)),
}
"""By resource type, the service and the properties that name the topics it publishes to."""
_POLICIES = {"AWS::SNS::TopicPolicy": "Topics", "AWS::SNS::TopicInlinePolicy": "TopicArn"}


def publisher(document: Any, topic: str) -> str:
    """The first service that publishes to the topic with this logical ID; empty without one."""
    return next(_publishers(document, topic), "")


def _publishers(document: Any, topic: str) -> Iterator[str]:
    for resource_type, (service, names) in _PUBLISHING.items():
        for _, properties in resources_of_type(document, resource_type):
            if any(topic in references(properties.get(name)) for name in names):
                yield service
    for resource_type, name in _POLICIES.items():
        for _, properties in resources_of_type(document, resource_type):
            if topic in references(properties.get(name)):
                yield from _allowed_services(properties.get("PolicyDocument"))


def _allowed_services(policy: Any) -> Iterator[str]:
    for statement, _ in statements(policy):
        for principal, _ in branches(statement.get("Principal")):
            if statement.get("Effect") == "Allow" and isinstance(principal, dict):
                for service, _ in entries(principal.get("Service")):
                    if isinstance(service, str):
                        yield service
