"""
The actions that CloudFormation needs for one resource of a template.

In:    a resource, and the permissions that the handlers of its type declare.
Out:   IAM actions, without those for properties that the resource does not set.
Never: the name of the resource.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from trailbell.deploy.permissions import iam_actions
from trailbell.diff.resource_schema import schema
from trailbell.errors import UnsupportedError
from trailbell.template.evaluate import NO_VALUE, Evaluator
from trailbell.template.resources import properties, type_of

_RETAINED = frozenset({"Retain", "RetainExceptOnCreate"})

# The properties for which a handler calls an action. An action that is not listed is needed
# always. Which property a handler needs an action for is read from their names: no page says it.
_FEATURES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "AWS::CloudTrail::Trail": {
        "AdvancedEventSelectors": ("cloudtrail:PutEventSelectors",),
        "AggregationConfigurations": ("cloudtrail:PutEventConfiguration",),
        "CloudWatchLogsRoleArn": ("iam:GetRole", "iam:PassRole"),
        "EventSelectors": ("cloudtrail:PutEventSelectors",),
        "InsightSelectors": ("cloudtrail:PutInsightSelectors",),
        "IsOrganizationTrail": (
            *("iam:CreateServiceLinkedRole", "organizations:DescribeOrganization"),
            "organizations:ListAWSServiceAccessForOrganization",
        ),
    },
    # The handlers of channels associate custom actions.
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": {
        "CustomizationResourceArns": ("chatbot:*AssociateToConfiguration", "chatbot:Disassociate*"),
    },
    "AWS::Chatbot::SlackChannelConfiguration": {
        "CustomizationResourceArns": ("chatbot:*AssociateToConfiguration", "chatbot:Disassociate*"),
    },
    "AWS::Events::Archive": {"KmsKeyIdentifier": ("kms:*",)},
    "AWS::Events::EventBus": {
        "KmsKeyIdentifier": ("kms:*",),
        "Policy": ("events:PutPermission", "events:RemovePermission"),
    },
    "AWS::IAM::Policy": {
        "Groups": ("iam:DeleteGroupPolicy", "iam:PutGroupPolicy"),
        "Users": ("iam:DeleteUserPolicy", "iam:PutUserPolicy"),
    },
    "AWS::IAM::Role": {
        "ManagedPolicyArns": ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
        "PermissionsBoundary": (
            *("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
        ),
        "Policies": ("iam:DeleteRolePolicy", "iam:PutRolePolicy"),
    },
    "AWS::KMS::Key": {
        "Enabled": ("kms:DisableKey", "kms:EnableKey"),
        "EnableKeyRotation": ("kms:DisableKeyRotation", "kms:EnableKeyRotation"),
    },
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": ("logs:PutBearerTokenAuthentication",),
        "DataProtectionPolicy": (
            *("firehose:TagDeliveryStream", "logs:CreateLogDelivery"),
            *("logs:DeleteDataProtectionPolicy", "logs:PutDataProtectionPolicy"),
        ),
        "DeletionProtectionEnabled": ("logs:PutLogGroupDeletionProtection",),
        "FieldIndexPolicies": ("logs:DeleteIndexPolicy", "logs:PutIndexPolicy"),
        "KmsKeyId": ("logs:AssociateKmsKey", "logs:DisassociateKmsKey"),
        "ResourcePolicyDocument": ("logs:DeleteResourcePolicy", "logs:PutResourcePolicy"),
        "RetentionInDays": ("logs:DeleteRetentionPolicy", "logs:PutRetentionPolicy"),
    },
    "AWS::OSIS::Pipeline": {
        "EncryptionAtRestOptions": ("kms:DescribeKey",),
        "LogPublishingOptions": ("logs:*LogDelivery",),
        "ResourcePolicy": ("osis:DeleteResourcePolicy", "osis:PutResourcePolicy"),
    },
    "AWS::OpenSearchServerless::Collection": {
        "CollectionGroupName": ("aoss:AddCollectionToCollectionGroup",),
        "EncryptionConfig": ("kms:CreateGrant", "kms:DescribeKey"),
    },
    "AWS::S3::Bucket": {
        "AbacStatus": ("s3:PutBucketAbac",),
        "AccelerateConfiguration": ("s3:PutAccelerateConfiguration",),
        "AccessControl": ("s3:PutBucketAcl", "s3:PutObjectAcl"),
        "AnalyticsConfigurations": ("s3:PutAnalyticsConfiguration",),
        "BucketEncryption": ("s3:PutEncryptionConfiguration",),
        "CorsConfiguration": ("s3:PutBucketCORS",),
        "IntelligentTieringConfigurations": ("s3:PutIntelligentTieringConfiguration",),
        "InventoryConfigurations": ("s3:PutInventoryConfiguration",),
        "LifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
        "LoggingConfiguration": ("s3:PutBucketLogging",),
        "MetadataConfiguration": ("s3:*BucketMetadata*", "s3tables:*"),
        "MetadataTableConfiguration": ("s3:*BucketMetadata*", "s3tables:*", "s3:DeleteObject"),
        "MetricsConfigurations": ("s3:PutMetricsConfiguration",),
        "NotificationConfiguration": ("s3:PutBucketNotification",),
        "ObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
        "ObjectLockEnabled": ("s3:PutBucketObjectLockConfiguration",),
        "OwnershipControls": ("s3:PutBucketOwnershipControls",),
        "PublicAccessBlockConfiguration": ("s3:PutBucketPublicAccessBlock",),
        "ReplicationConfiguration": ("iam:PassRole", "s3:PutReplicationConfiguration"),
        "VersioningConfiguration": ("s3:PutBucketVersioning",),
        "WebsiteConfiguration": ("s3:DeleteBucketWebsite", "s3:PutBucketWebsite"),
    },
    "AWS::SNS::Subscription": {"SubscriptionRoleArn": ("iam:GetRole", "iam:PassRole")},
    "AWS::SNS::Topic": {
        "DataProtectionPolicy": ("sns:PutDataProtectionPolicy",),
        "DeliveryStatusLogging": ("iam:GetRole", "iam:PassRole"),
        "Subscription": ("sns:Subscribe", "sns:Unsubscribe"),
    },
}


@dataclass(frozen=True)
class NeededActions:
    """What one resource needs, and whether its deletion is not part of it."""

    actions: frozenset[str]
    retained: bool


def needed_actions(
    resource: Mapping[str, Any], evaluator: Evaluator, *, allow_deletion: bool
) -> NeededActions:
    """Return the IAM actions for a resource.

    A resource that the template retains is never deleted, unless ``allow_deletion``: for a first
    deployment that fails, RetainExceptOnCreate, unlike Retain, deletes what was created.
    Raises `UnsupportedError` for a type that declares no permissions.
    """
    policies = {
        evaluator.text(resource.get(name)) for name in ("DeletionPolicy", "UpdateReplacePolicy")
    }
    retained = policies <= ({"Retain"} if allow_deletion else _RETAINED)
    values = {
        name: value
        for name, value in (
            (name, evaluator.value(value)) for name, value in properties(resource).items()
        )
        # An organization trail that is switched off is none.
        if value is not NO_VALUE and not (name == "IsOrganizationTrail" and value is False)
    }
    unset = _of_unset_features(type_of(resource), frozenset(values))
    actions = {
        action
        for action in _declared(type_of(resource), deletion=not retained)
        if iam_actions.exists(action) and not any(fnmatchcase(action, entry) for entry in unset)
    }
    if values.get("IsLogging") is True:
        actions.discard("cloudtrail:StopLogging")
    return NeededActions(frozenset(actions), retained)


def _of_unset_features(resource_type: str, set_properties: frozenset[str]) -> frozenset[str]:
    features = _FEATURES.get(resource_type, {})
    needed = {action for name in features if name in set_properties for action in features[name]}
    return frozenset(action for actions in features.values() for action in actions) - needed


def _declared(resource_type: str, *, deletion: bool) -> Iterator[str]:
    """The actions that the handlers of a type declare, with the service in lower case.

    Deployments do not use the handler that lists all resources of a type.
    """
    declared = schema(resource_type)
    if declared is None or not declared.permissions:
        raise UnsupportedError(
            "the permissions of a deployer", resource_type, "its schema declares none"
        )
    for handler in ("create", "read", "update", *(("delete",) if deletion else ())):
        for action in declared.permissions.get(handler, ()):
            service, _, name = action.partition(":")
            yield f"{service.lower()}:{name}"
