"""
The S3 bucket to which CloudTrail delivers log files, and its policy.

In:    the owner of the trail.
Out:   a `Piece`.
"""

from typing import Any

from troposphere import (
    GetAtt,
    If,
    NoValue,
    Output,
    Parameter,
    Ref,
    RetainExceptOnCreate,
    Sub,
    s3,
)

from policies.log_bucket import log_bucket_policy
from stacks.pieces import bucket_events
from stacks.pieces.trail_owner import GROUP, THIS_ACCOUNT, TrailOwner
from trailbell.compiler.stack import ParameterInput, Piece, is_set

KEY_PREFIX = ParameterInput(
    parameter=Parameter(
        "KeyPrefix",
        Type="String",
        Default="",
        AllowedPattern="^$|^[A-Za-z0-9_.-](?:[A-Za-z0-9_./-]*[A-Za-z0-9_.-])?$",
        MaxLength=200,
        Description=(
            "S3 key prefix for the log files (before AWSLogs/), without a slash at either end. "
            "Leave empty for none."
        ),
        ConstraintDescription=(
            "must be empty or at most 200 letters, digits and _ . - /, without a slash at either "
            "end"
        ),
    ),
    label="Key prefix (optional)",
    group=GROUP,
)
BUCKET_NAME = ParameterInput(
    parameter=Parameter(
        "BucketName",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
        Description="Bucket name. Leave empty for a generated name.",
        ConstraintDescription="must be empty or 3 to 63 lowercase letters, digits and hyphens",
    ),
    label="Log bucket name (optional)",
    group=GROUP,
)
ACCESS_LOG_BUCKET_NAME = ParameterInput(
    parameter=Parameter(
        "AccessLogBucket",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description=(
            "Name of an existing bucket for the S3 server access logs of the log bucket. Leave "
            "empty to disable access logging."
        ),
        ConstraintDescription="must be empty or a bucket name",
    ),
    label="Bucket for server access logs (optional)",
    group=GROUP,
)
LOG_FILE_DAYS = ParameterInput(
    parameter=Parameter(
        "LogFileRetentionInDays",
        Type="Number",
        Default=2555,
        MinValue=90,
        MaxValue=36500,
        Description="Days to keep log files in the bucket (2555 = 7 years).",
        ConstraintDescription="must be a number of days from 90 to 36500",
    ),
    label="Retention of log files (days)",
    group=GROUP,
)


def log_bucket(owner: TrailOwner = THIS_ACCOUNT) -> Piece:
    """The bucket, private, versioned, encrypted and retained, and its policy for one trail."""
    bucket = s3.Bucket(
        "LogBucket",
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        BucketName=If("NamesBucket", Ref("BucketName"), NoValue),
        BucketEncryption=s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[
                s3.ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(
                        SSEAlgorithm="AES256"
                    )
                )
            ]
        ),
        NotificationConfiguration=bucket_events.NOTIFICATIONS,
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[
                s3.LifecycleRule(
                    Id="expire-log-files",
                    Status="Enabled",
                    ExpirationInDays=Ref("LogFileRetentionInDays"),
                    NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=90),
                    AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(
                        DaysAfterInitiation=7
                    ),
                )
            ]
        ),
        LoggingConfiguration=If(
            "LogsAccess",
            s3.LoggingConfiguration(
                DestinationBucketName=Ref("AccessLogBucket"),
                LogFilePrefix=Sub("${AWS::StackName}/"),
            ),
            NoValue,
        ),
        OwnershipControls=s3.OwnershipControls(
            Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True,
            BlockPublicPolicy=True,
            IgnorePublicAcls=True,
            RestrictPublicBuckets=True,
        ),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
    )
    policy = s3.BucketPolicy(
        "LogBucketPolicy",
        # Retained with its bucket, because it denies requests without TLS.
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        Bucket=Ref(bucket),
        PolicyDocument=log_bucket_policy(
            bucket_arn=GetAtt(bucket, "Arn"),
            objects_arn=Sub("${LogBucket.Arn}/*"),
            log_file_arns=[
                _log_files_arn(owner.account_id),
                If("IsOrganizationTrail", _log_files_arn(Ref("OrganizationId")), NoValue),
            ],
            trail_arn=owner.trail_arn,
        ),
    )
    return Piece(
        inputs=(
            BUCKET_NAME,
            KEY_PREFIX,
            LOG_FILE_DAYS,
            ACCESS_LOG_BUCKET_NAME,
            bucket_events.INPUT,
            *owner.inputs,
        ),
        conditions={
            "NamesBucket": is_set("BucketName"),
            "HasPrefix": is_set("KeyPrefix"),
            "LogsAccess": is_set("AccessLogBucket"),
            **bucket_events.CONDITIONS,
            **owner.conditions,
        },
        resources=(bucket, policy),
        outputs=(
            Output(
                "BucketName", Description="Name of the CloudTrail log bucket", Value=Ref(bucket)
            ),
        ),
    )


def _log_files_arn(owner_id: Any) -> Sub:
    """The ARN pattern of the log files of an account or an organization."""
    return Sub(
        "${LogBucket.Arn}/${Prefix}AWSLogs/${Owner}/*",
        Prefix=If("HasPrefix", Sub("${KeyPrefix}/"), ""),
        Owner=owner_id,
    )
