"""
Properties of a bucket that holds evidence: private, versioned and encrypted, with an expiration.

In:    the id of a lifecycle rule.
Out:   properties for troposphere's `Bucket`.
Never: a bucket policy. It differs from bucket to bucket.
"""

from typing import Any

from troposphere import Ref, s3

_AS_LOG_FILES = Ref("LogFileRetentionInDays")


def private_bucket(
    rule_id: str, *, days: Any = _AS_LOG_FILES, **rule_properties: Any
) -> dict[str, Any]:
    """The properties, with one lifecycle rule that keeps objects for some days."""
    return {
        "BucketEncryption": s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[
                s3.ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(
                        SSEAlgorithm="AES256"
                    )
                )
            ]
        ),
        "LifecycleConfiguration": s3.LifecycleConfiguration(
            Rules=[
                s3.LifecycleRule(
                    Id=rule_id,
                    Status="Enabled",
                    ExpirationInDays=days,
                    NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=90),
                    AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(
                        DaysAfterInitiation=7
                    ),
                    **rule_properties,
                )
            ]
        ),
        "OwnershipControls": s3.OwnershipControls(
            Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
        "PublicAccessBlockConfiguration": s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True,
            BlockPublicPolicy=True,
            IgnorePublicAcls=True,
            RestrictPublicBuckets=True,
        ),
        "VersioningConfiguration": s3.VersioningConfiguration(Status="Enabled"),
    }
