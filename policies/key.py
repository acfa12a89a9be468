"""
Who may use the key that encrypts the trail, the log group and the topic.

One function a use; a stack takes the uses it has. A key policy names its own key ``*``.
"""

from typing import Any

from awacs import kms
from awacs.aws import (
    Allow,
    ArnLike,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
    StringLike,
)

_THIS_KEY = ["*"]


def key(*, account_root: Any, uses: list[Statement]) -> PolicyDocument:
    """The account decides by IAM who administers the key and reads with it; services by ``uses``.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    administration = Statement(
        Sid="AccountDecidesByIam",
        Effect=Allow,
        Principal=Principal("AWS", account_root),
        Action=[kms.Action("*")],
        Resource=_THIS_KEY,
    )
    return PolicyDocument(Version="2012-10-17", Statement=[administration, *uses])


def for_trail(*, trail_arn: Any, trails_arn: Any) -> list[Statement]:
    """CloudTrail may make data keys, for one trail. ``trails_arn`` is the context it names.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    cloudtrail = Principal("Service", "cloudtrail.amazonaws.com")
    from_the_trail = StringEquals("aws:SourceArn", trail_arn)
    return [
        Statement(
            Sid="CloudTrailEncrypts",
            Effect=Allow,
            Principal=cloudtrail,
            Action=[kms.Action("GenerateDataKey*")],
            Resource=_THIS_KEY,
            Condition=Condition(
                [
                    from_the_trail,
                    StringLike("kms:EncryptionContext:aws:cloudtrail:arn", trails_arn),
                ]
            ),
        ),
        Statement(
            Sid="CloudTrailLooksAtKey",
            Effect=Allow,
            Principal=cloudtrail,
            Action=[kms.DescribeKey],
            Resource=_THIS_KEY,
            Condition=Condition([from_the_trail]),
        ),
    ]


def for_log_group(*, logs_service: Any, log_groups_arn: Any) -> list[Statement]:
    """CloudWatch Logs may encrypt and decrypt the log groups of that ARN (may hold a ``*``).

    The service's principal holds the Region: ``logs.<region>.<suffix>``.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    return [
        Statement(
            Sid="LogGroupIsEncrypted",
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


def for_topic(*, account: Any, alarms_arn: Any) -> list[Statement]:
    """CloudWatch may publish to a topic under this key, for this account's alarms.

    Without it an alarm fires and nothing arrives; the key that AWS manages for SNS
    (``alias/aws/sns``) cannot be given it.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return [
        Statement(
            Sid="AlarmsPublishEncrypted",
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
