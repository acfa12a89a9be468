"""
The bucket policy of the S3 bucket to which CloudTrail delivers log files.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
"""

from typing import Any

from awacs import s3
from awacs.aws import (
    Allow,
    Bool,
    Condition,
    Deny,
    NumericLessThan,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)

CLOUDTRAIL = Principal("Service", "cloudtrail.amazonaws.com")
EVERYONE = Principal("*")


def log_bucket_policy(
    *, bucket_arn: Any, objects_arn: Any, log_file_arns: list[Any], trail_arn: Any
) -> PolicyDocument:
    """Allow CloudTrail to deliver log files of one trail, and deny requests without TLS 1.2.

    ``objects_arn`` is the ARN pattern of all objects, ``log_file_arns`` are those of the objects
    that the trail writes. TLS is denied in two statements, because all operators of a condition
    have to match. Uploads are not required to use ``aws:kms``, because digest files do not.
    """
    from_trail = StringEquals("aws:SourceArn", trail_arn)
    bucket_and_objects = [bucket_arn, objects_arn]
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
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
            Statement(
                Sid="DenyRequestsWithoutTls",
                Effect=Deny,
                Principal=EVERYONE,
                Action=[s3.Action("*")],
                Resource=bucket_and_objects,
                Condition=Condition([Bool("aws:SecureTransport", "false")]),
            ),
            Statement(
                Sid="DenyOutdatedTlsVersions",
                Effect=Deny,
                Principal=EVERYONE,
                Action=[s3.Action("*")],
                Resource=bucket_and_objects,
                Condition=Condition([NumericLessThan("s3:TlsVersion", "1.2")]),
            ),
        ],
    )
