"""
The bucket policies of the S3 bucket to which CloudTrail delivers log files, and of the bucket for
its server access logs.

A stack takes the statements that it needs, each within a condition of its own.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
"""

from typing import Any

from awacs import s3
from awacs.aws import (
    Allow,
    ArnLike,
    ArnNotLike,
    Bool,
    BoolIfExists,
    Condition,
    Deny,
    NumericLessThan,
    Principal,
    Statement,
    StringEquals,
    StringNotEqualsIfExists,
)

from policies.document import policy_document

CLOUDTRAIL = Principal("Service", "cloudtrail.amazonaws.com")
EVERYONE = Principal("*")


def log_bucket_policy(
    *,
    bucket_arn: Any,
    objects_arn: Any,
    log_file_arns: list[Any],
    trail_arn: Any,
    optional_statements: list[Any],
) -> dict[str, Any]:
    """Allow CloudTrail to deliver log files of one trail, and deny requests without TLS 1.2.

    ``objects_arn`` is the ARN pattern of all objects, ``log_file_arns`` are those of the objects
    that the trail writes. TLS is denied in two statements, because all operators of a condition
    have to match. Uploads are not required to use ``aws:kms``: the pages of AWS disagree on whether
    digest files have that encryption, and a trail whose digest files were rejected would lose the
    proof that its log files are complete.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
    """
    from_trail = StringEquals("aws:SourceArn", trail_arn)
    bucket_and_objects = [bucket_arn, objects_arn]
    return policy_document(
        [
            Statement(
                Sid="AllowCloudTrailGetBucketAcl",
                Effect=Allow,
                Principal=CLOUDTRAIL,
                Action=[s3.GetBucketAcl],
                Resource=[bucket_arn],
                Condition=Condition([from_trail]),
            ),
            Statement(
                Sid="AllowCloudTrailPutObject",
                Effect=Allow,
                Principal=CLOUDTRAIL,
                Action=[s3.PutObject],
                Resource=log_file_arns,
                Condition=Condition(
                    [
                        StringEquals(
                            {
                                "aws:SourceArn": trail_arn,
                                "s3:x-amz-acl": "bucket-owner-full-control",
                            }
                        )
                    ]
                ),
            ),
            deny_requests_without_tls(bucket_and_objects),
            Statement(
                Sid="DenyOutdatedTlsVersions",
                Effect=Deny,
                Principal=EVERYONE,
                Action=[s3.Action("*")],
                Resource=bucket_and_objects,
                Condition=Condition([NumericLessThan("s3:TlsVersion", "1.2")]),
            ),
            *optional_statements,
        ]
    )


def deny_requests_without_tls(bucket_and_objects: list[Any]) -> Statement:
    """Deny requests without TLS, from anyone."""
    return Statement(
        Sid="DenyRequestsWithoutTls",
        Effect=Deny,
        Principal=EVERYONE,
        Action=[s3.Action("*")],
        Resource=bucket_and_objects,
        Condition=Condition([Bool("aws:SecureTransport", False)]),
    )


def allow_readers(*, accounts: Any, bucket_and_objects: list[Any]) -> Statement:
    """Allow accounts to list and read log files, where their own IAM policies also allow it.

    Amazon Athena needs the same three actions.
    https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
    """
    return Statement(
        Sid="AllowReaderAccounts",
        Effect=Allow,
        Principal=Principal("AWS", accounts),
        Action=[s3.GetBucketLocation, s3.GetObject, s3.ListBucket],
        Resource=bucket_and_objects,
    )


def deny_outside_organization(
    *, organization_id: Any, accounts: Any, bucket_and_objects: list[Any]
) -> Statement:
    """Deny requests of principals that are neither in an organization nor in one of the accounts.

    Both values have to differ for the statement to apply. CloudTrail delivers as a service
    principal, which belongs to no organization.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
    """
    return Statement(
        Sid="DenyOutsideOrganization",
        Effect=Deny,
        Principal=EVERYONE,
        Action=[s3.Action("*")],
        Resource=bucket_and_objects,
        Condition=Condition(
            [
                StringNotEqualsIfExists(
                    {"aws:PrincipalOrgID": organization_id, "aws:PrincipalAccount": accounts}
                ),
                BoolIfExists("aws:PrincipalIsAWSService", "false"),
            ]
        ),
    )


def deny_deletions(*, role_arn: Any, bucket_and_objects: list[Any]) -> Statement:
    """Deny what deletes objects and their versions, but for one role and for AWS services.

    Lifecycle rules delete regardless of bucket policies, so changing them is denied too, and
    overwriting an object makes it a noncurrent version, which a rule deletes. CloudTrail, whose
    requests have no ``aws:PrincipalArn``, writes as a service.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
    """
    return Statement(
        Sid="DenyDeletions",
        Effect=Deny,
        Principal=EVERYONE,
        Action=[
            s3.BypassGovernanceRetention,
            s3.DeleteObject,
            s3.DeleteObjectVersion,
            s3.PutLifecycleConfiguration,
            s3.PutObject,
        ],
        Resource=bucket_and_objects,
        Condition=Condition(
            [
                ArnNotLike("aws:PrincipalArn", role_arn),
                BoolIfExists("aws:PrincipalIsAWSService", "false"),
            ]
        ),
    )


def access_log_bucket_policy(
    *, bucket_arn: Any, objects_arn: Any, source_arn: Any, account: Any
) -> dict[str, Any]:
    """Allow Amazon S3 to deliver server access logs of one bucket, and deny requests without TLS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    return policy_document(
        [
            Statement(
                Sid="AllowAccessLogs",
                Effect=Allow,
                Principal=Principal("Service", "logging.s3.amazonaws.com"),
                Action=[s3.PutObject],
                Resource=[objects_arn],
                Condition=Condition(
                    [
                        StringEquals("aws:SourceAccount", account),
                        ArnLike("aws:SourceArn", source_arn),
                    ]
                ),
            ),
            deny_requests_without_tls([bucket_arn, objects_arn]),
        ]
    )
