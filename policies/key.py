"""
The key policy of the KMS key that encrypts the trail, the log group and the topics.

One function for each service that uses the key: a stack takes the statements that it needs. In a
key policy, the resource ``*`` is the key itself.
"""

from collections.abc import Sequence
from typing import Any

from awacs import kms
from awacs.aws import (
    Allow,
    ArnEquals,
    ArnLike,
    Condition,
    Null,
    Principal,
    Statement,
    StringEquals,
    StringLike,
)

from policies.document import policy_document

TAG = "trailbell:installation"
"""The tag of each key: the name of its installation. Only the tag says whose key it is."""

_THIS_KEY = ["*"]


def key_policy(*, account_root: Any, statements: Sequence[Any]) -> dict[str, Any]:
    """Let IAM policies of the account grant access to the key, and others by their statements.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    administration = Statement(
        Sid="EnableIamPolicies",
        Effect=Allow,
        Principal=Principal("AWS", account_root),
        Action=[kms.Action("*")],
        Resource=_THIS_KEY,
    )
    return policy_document([administration, *statements])


def trail_statements(*, trail_arn: Any, trails_arn: Any) -> list[Statement]:
    """Allow CloudTrail to encrypt log files and digest files, for one trail.

    ``trails_arn`` is the ARN pattern that the encryption context must match.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    cloudtrail = Principal("Service", "cloudtrail.amazonaws.com")
    from_trail = StringEquals("aws:SourceArn", trail_arn)
    return [
        Statement(
            Sid="AllowCloudTrailEncryptLogs",
            Effect=Allow,
            Principal=cloudtrail,
            Action=[kms.Action("GenerateDataKey*")],
            Resource=_THIS_KEY,
            Condition=Condition(
                [
                    from_trail,
                    StringLike("kms:EncryptionContext:aws:cloudtrail:arn", trails_arn),
                ]
            ),
        ),
        Statement(
            Sid="AllowCloudTrailDescribeKey",
            Effect=Allow,
            Principal=cloudtrail,
            Action=[kms.DescribeKey],
            Resource=_THIS_KEY,
            Condition=Condition([from_trail]),
        ),
    ]


def reader_statement(accounts: Any) -> Statement:
    """Allow accounts to decrypt what CloudTrail encrypted, and neither log events nor messages.

    Their own IAM policies also have to allow it.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html#create-kms-key-policy-for-cloudtrail-decrypt
    """
    return Statement(
        Sid="AllowReaderAccounts",
        Effect=Allow,
        Principal=Principal("AWS", accounts),
        Action=[kms.Decrypt],
        Resource=_THIS_KEY,
        Condition=Condition([Null("kms:EncryptionContext:aws:cloudtrail:arn", "false")]),
    )


def log_group_statements(*, logs_service: Any, log_groups_arn: Any) -> list[Statement]:
    """Allow CloudWatch Logs to encrypt and decrypt log groups that match an ARN pattern.

    The service principal contains the Region: ``logs.<region>.<suffix>``.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    return [
        Statement(
            Sid="AllowCloudWatchLogs",
            Effect=Allow,
            Principal=Principal("Service", logs_service),
            Action=[
                kms.Action("Encrypt*"),
                kms.Action("Decrypt*"),
                kms.Action("ReEncrypt*"),
                kms.Action("GenerateDataKey*"),
                kms.Action("Describe*"),
            ],
            Resource=_THIS_KEY,
            Condition=Condition([ArnLike("kms:EncryptionContext:aws:logs:arn", log_groups_arn)]),
        )
    ]


def topic_statements(*, account: Any, alarms_arn: Any) -> list[Statement]:
    """Allow CloudWatch to publish to topics encrypted with this key, for alarms of one account.

    Without this statement, SNS rejects the notifications of alarms. The AWS managed key for SNS
    (``alias/aws/sns``) does not have it, and its policy cannot be changed.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return [
        Statement(
            Sid="AllowCloudWatchAlarms",
            Effect=Allow,
            Principal=Principal("Service", "cloudwatch.amazonaws.com"),
            Action=[kms.Decrypt, kms.Action("GenerateDataKey*")],
            Resource=_THIS_KEY,
            Condition=Condition(
                [
                    StringEquals("aws:SourceAccount", account),
                    ArnLike("aws:SourceArn", alarms_arn),
                ]
            ),
        )
    ]


def event_statements() -> list[Statement]:
    """Allow EventBridge to send the messages of rules to topics and queues with this key.

    "Amazon EventBridge doesn't support" the condition keys aws:SourceAccount and aws:SourceArn for
    encrypted topics, so the statement has no condition.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return [
        Statement(
            Sid="AllowEventBridgeRules",
            Effect=Allow,
            Principal=Principal("Service", "events.amazonaws.com"),
            Action=[kms.Decrypt, kms.Action("GenerateDataKey*")],
            Resource=_THIS_KEY,
        )
    ]


def queue_statement(topic_arns: list[Any]) -> Statement:
    """Allow SNS to send the messages of some topics to queues encrypted with this key.

    https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
    The page has no condition. The AWS CDK limits the statement to the topic as this one does.
    https://github.com/aws/aws-cdk/issues/20339
    """
    return Statement(
        Sid="AllowTopicsEncryptMessages",
        Effect=Allow,
        Principal=Principal("Service", "sns.amazonaws.com"),
        Action=[kms.Decrypt, kms.Action("GenerateDataKey*")],
        Resource=_THIS_KEY,
        Condition=Condition([ArnEquals("aws:SourceArn", topic_arns)]),
    )


def queue_reader_statement(readers: Any) -> Statement:
    """Allow principals to decrypt the messages that they receive."""
    return Statement(
        Sid="AllowReadersDecryptMessages",
        Effect=Allow,
        Principal=Principal("AWS", readers),
        Action=[kms.Decrypt],
        Resource=_THIS_KEY,
    )
