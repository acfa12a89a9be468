"""
Who may use the bucket that CloudTrail delivers to.

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


def log_bucket(
    *, bucket_arn: Any, objects_arn: Any, deliveries: list[Any], trail_arn: Any
) -> PolicyDocument:
    """CloudTrail may deliver for one trail; nobody may come without TLS 1.2.

    ``objects_arn`` are all objects, ``deliveries`` those that the trail writes. The two
    refusals stand apart: in one condition block both would have to hold. Uploads are not
    required to name ``aws:kms``, because digest files do not.
    """
    from_the_trail = StringEquals("aws:SourceArn", trail_arn)
    everything = [bucket_arn, objects_arn]
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="CloudTrailReadsAcl",
                Effect=Allow,
                Principal=CLOUDTRAIL,
                Action=[s3.GetBucketAcl],
                Resource=[bucket_arn],
                Condition=Condition([from_the_trail]),
            ),
            Statement(
                Sid="CloudTrailDelivers",
                Effect=Allow,
                Principal=CLOUDTRAIL,
                Action=[s3.PutObject],
                Resource=deliveries,
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
                Sid="RefuseWithoutTls",
                Effect=Deny,
                Principal=EVERYONE,
                Action=[s3.Action("*")],
                Resource=everything,
                Condition=Condition([Bool("aws:SecureTransport", "false")]),
            ),
            Statement(
                Sid="RefuseOldTls",
                Effect=Deny,
                Principal=EVERYONE,
                Action=[s3.Action("*")],
                Resource=everything,
                Condition=Condition([NumericLessThan("s3:TlsVersion", "1.2")]),
            ),
        ],
    )
