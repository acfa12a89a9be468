"""
CloudTrail, from the record of a call to a log group that filters can read.

Bucket, log group, role and trail, each a `Piece`. The parameters they share stand at the top.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
    cloudtrail,
    iam,
    logs,
    s3,
)

from policies.log_bucket import log_bucket_policy
from policies.trail_role import permissions_policy, trust_policy
from stacks.pieces import arns
from stacks.pieces.encryption import KEY_ARN
from trailbell.stack import Input, Piece, given

_GROUP = "Trail"

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_LOG_GROUP_DAYS = [
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
]

TRAIL_NAME = Input(
    parameter=Parameter(
        "TrailName",
        Type="String",
        Default="trail",
        AllowedPattern="^[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*$",
        MaxLength=60,
        Description="Middle part of the trail name: StackName-TrailName-Region.",
        ConstraintDescription=(
            "must be at most 60 letters and digits, with single '.', '_' or '-' between them"
        ),
    ),
    label="Trail name",
    group=_GROUP,
)
ORGANIZATION_ID = Input(
    parameter=Parameter(
        "OrganizationId",
        Type="String",
        Default="",
        AllowedPattern="^$|^o-[a-z0-9]{10,32}$",
        Description=(
            "Organization ID. Records all member accounts. Deploy in the management account or in "
            "a CloudTrail delegated administrator account. Leave empty to record this account only."
        ),
        ConstraintDescription="must be empty or an organization ID such as o-a1b2c3d4e5",
    ),
    label="Organization ID (optional)",
    group=_GROUP,
)
MANAGEMENT_ACCOUNT = Input(
    parameter=Parameter(
        "ManagementAccountId",
        Type="String",
        Default="",
        AllowedPattern="^$|^[0-9]{12}$",
        Description=(
            "Management account ID, which owns the organization trail. Required only in a "
            "delegated administrator account. Leave empty if this account owns the trail."
        ),
        ConstraintDescription="must be empty or a 12-digit account ID",
    ),
    label="Management account ID (delegated administrator only)",
    group=_GROUP,
)
KEY_PREFIX = Input(
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
    group=_GROUP,
)
BUCKET_NAME = Input(
    parameter=Parameter(
        "BucketName",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
        Description="Bucket name. Leave empty for a generated name.",
        ConstraintDescription="must be empty or 3 to 63 lowercase letters, digits and hyphens",
    ),
    label="Log bucket name (optional)",
    group=_GROUP,
)
ACCESS_LOG_BUCKET = Input(
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
    group=_GROUP,
)
LOG_FILE_DAYS = Input(
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
    group=_GROUP,
)
RETENTION = Input(
    parameter=Parameter(
        "RetentionInDays",
        Type="Number",
        Default=365,
        AllowedValues=_LOG_GROUP_DAYS,
        Description=(
            "Days to keep events in the log group. Compliance standards usually require 365."
        ),
        ConstraintDescription="must be a retention period of CloudWatch Logs, such as 30 or 365",
    ),
    label="Retention of log events (days)",
    group=_GROUP,
)


_ORGANIZATION = (ORGANIZATION_ID, MANAGEMENT_ACCOUNT)
_OF_ORGANIZATION = {
    "IsOrganizationTrail": given("OrganizationId"),
    "NamesManagementAccount": given("ManagementAccountId"),
}


ORGANIZATION = Input(
    parameter=Parameter(
        "OrganizationId",
        Type="String",
        AllowedPattern="^o-[a-z0-9]{10,32}$",
        Description="Organization ID. The trail records all accounts of this organization.",
        ConstraintDescription="must be an organization ID such as o-a1b2c3d4e5",
    ),
    label="Organization ID",
    group=_GROUP,
)
"""The same, in stacks that are for organizations alone."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose trail it is: what asks for that, and the account and the ARN for policies."""

    inputs: tuple[Input, ...]
    conditions: Mapping[str, Any]
    account: Any
    trail: Any


OWN = Owner(
    inputs=_ORGANIZATION,
    conditions=_OF_ORGANIZATION,
    account=arns.TRAIL_OWNER,
    trail=arns.TRAIL,
)


def recording() -> tuple[Piece, ...]:
    """All that records, but for the key."""
    return trail(), log_bucket(), log_group()


def _delivery(owner: Any) -> Sub:
    """The ARN of the objects that CloudTrail writes for an account or an organization."""
    return Sub(
        "${LogBucket.Arn}/${Prefix}AWSLogs/${Owner}/*",
        Prefix=If("HasPrefix", Sub("${KeyPrefix}/"), ""),
        Owner=owner,
    )


def log_bucket(owner: Owner = OWN) -> Piece:
    """The bucket: private, versioned, encrypted, kept; and its policy for one trail."""
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
        # It stays with its bucket: who refuses requests without TLS must not go first.
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        Bucket=Ref(bucket),
        PolicyDocument=log_bucket_policy(
            bucket_arn=GetAtt(bucket, "Arn"),
            objects_arn=Sub("${LogBucket.Arn}/*"),
            log_file_arns=[
                _delivery(owner.account),
                If("IsOrganizationTrail", _delivery(Ref("OrganizationId")), NoValue),
            ],
            trail_arn=owner.trail,
        ),
    )
    return Piece(
        inputs=(BUCKET_NAME, KEY_PREFIX, LOG_FILE_DAYS, ACCESS_LOG_BUCKET, *owner.inputs),
        conditions={
            "NamesBucket": given("BucketName"),
            "HasPrefix": given("KeyPrefix"),
            "LogsAccess": given("AccessLogBucket"),
            **owner.conditions,
        },
        resources=(bucket, policy),
        outputs=(
            Output(
                "BucketName", Description="Name of the CloudTrail log bucket", Value=Ref(bucket)
            ),
        ),
    )


def log_group(owner: Owner = OWN) -> Piece:
    """The log group that CloudTrail writes to and metric filters read, and CloudTrail's role."""
    group = logs.LogGroup(
        "LogGroup",
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        KmsKeyId=KEY_ARN,
        RetentionInDays=Ref("RetentionInDays"),
    )
    # No RoleName: a fixed one could stand in one Region of an account only.
    role = iam.Role(
        "TrailRole",
        Description=Sub("Allows CloudTrail to write to the log group of stack ${AWS::StackName}"),
        AssumeRolePolicyDocument=trust_policy(),
        Policies=[
            iam.Policy(
                PolicyName="write-log-events",
                PolicyDocument=permissions_policy(
                    log_streams=[
                        _log_streams("${AWS::AccountId}_CloudTrail_${AWS::Region}*"),
                        If("IsOrganizationTrail", _log_streams("${OrganizationId}_*"), NoValue),
                        If(
                            "NamesManagementAccount",
                            _log_streams("${ManagementAccountId}_CloudTrail_${AWS::Region}*"),
                            NoValue,
                        ),
                    ]
                ),
            )
        ],
    )
    return Piece(
        inputs=(RETENTION, *owner.inputs),
        conditions=dict(owner.conditions),
        resources=(group, role),
    )


def _log_streams(names: str) -> Sub:
    return Sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
        f":log-group:${{LogGroup}}:log-stream:{names}"
    )


def trail(owner: Owner = OWN, *, bucket: Any = None, key: Any = KEY_ARN) -> Piece:
    """One trail over all Regions and global services, validated, into bucket and log group.

    Event selectors are written out: some auditors read nothing else. A ``bucket`` that is given
    exists already, and so does its policy.
    """
    resource = cloudtrail.Trail(
        "Trail",
        **({} if bucket is not None else {"DependsOn": ["LogBucketPolicy"]}),
        TrailName=arns.TRAIL_NAME,
        IsLogging=True,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        IsOrganizationTrail=If("IsOrganizationTrail", True, False),
        EventSelectors=[
            cloudtrail.EventSelector(IncludeManagementEvents=True, ReadWriteType="All")
        ],
        S3BucketName=Ref("LogBucket") if bucket is None else bucket,
        S3KeyPrefix=If("HasPrefix", Ref("KeyPrefix"), NoValue),
        CloudWatchLogsLogGroupArn=GetAtt("LogGroup", "Arn"),
        CloudWatchLogsRoleArn=GetAtt("TrailRole", "Arn"),
        KMSKeyId=key,
    )
    return Piece(
        inputs=(TRAIL_NAME, *owner.inputs, KEY_PREFIX),
        conditions={"HasPrefix": given("KeyPrefix"), **owner.conditions},
        resources=(resource,),
        outputs=(
            Output(
                "TrailArn", Description="ARN of the CloudTrail trail", Value=GetAtt(resource, "Arn")
            ),
        ),
    )
