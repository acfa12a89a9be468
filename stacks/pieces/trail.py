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

from policies.log_bucket import log_bucket as bucket_policy
from policies.trail_role import permissions, trust
from stacks.pieces import arns
from stacks.pieces.encryption import KEY_ARN
from trailbell.compiler.stack import Input, Piece, given

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
        Description="The trail is called stack, this and Region, with hyphens between them.",
        ConstraintDescription="up to 60 letters, digits, and single '.', '_' or '-' between them",
    ),
    label="Name of the trail",
    group=_GROUP,
)
ORGANIZATION_ID = Input(
    parameter=Parameter(
        "OrganizationId",
        Type="String",
        Default="",
        AllowedPattern="^$|^o-[a-z0-9]{10,32}$",
        Description=(
            "Records all accounts of this organization. Deploy in the management account, or in a "
            "delegated administrator of CloudTrail and name the management account. Empty: this "
            "account alone."
        ),
        ConstraintDescription="empty, or an organization's id like o-a1b2c3d4e5",
    ),
    label="Organization (optional)",
    group=_GROUP,
)
MANAGEMENT_ACCOUNT = Input(
    parameter=Parameter(
        "ManagementAccountId",
        Type="String",
        Default="",
        AllowedPattern="^$|^[0-9]{12}$",
        Description=(
            "The organization's management account, if this is deployed in a delegated "
            "administrator: it owns the trail. Empty: this account owns it."
        ),
        ConstraintDescription="empty, or the 12 digits of an account",
    ),
    label="Management account (delegated administrator only)",
    group=_GROUP,
)
KEY_PREFIX = Input(
    parameter=Parameter(
        "KeyPrefix",
        Type="String",
        Default="",
        AllowedPattern="^$|^[A-Za-z0-9_.-](?:[A-Za-z0-9_./-]*[A-Za-z0-9_.-])?$",
        MaxLength=200,
        Description="What stands before AWSLogs/ in the bucket, without a '/' at either end.",
        ConstraintDescription="at most 200 letters, digits and _ . - /, no '/' at either end",
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
        Description="Empty: CloudFormation makes a unique name.",
        ConstraintDescription="empty, or 3 to 63 lower-case letters, digits and hyphens",
    ),
    label="Name of the log bucket (optional)",
    group=_GROUP,
)
ACCESS_LOG_BUCKET = Input(
    parameter=Parameter(
        "AccessLogBucket",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description="An existing bucket that receives the log bucket's access logs. Empty: none.",
        ConstraintDescription="empty, or a bucket's name",
    ),
    label="Bucket for access logs (optional)",
    group=_GROUP,
)
LOG_FILE_DAYS = Input(
    parameter=Parameter(
        "LogFileRetentionInDays",
        Type="Number",
        Default=2555,
        MinValue=90,
        MaxValue=36500,
        Description="Days for which log files stay in the bucket; 2555 is seven years.",
        ConstraintDescription="90 to 36500 days",
    ),
    label="Keep log files (days)",
    group=_GROUP,
)
RETENTION = Input(
    parameter=Parameter(
        "RetentionInDays",
        Type="Number",
        Default=365,
        AllowedValues=_LOG_GROUP_DAYS,
        Description="Days for which log events stay in the log group; auditors ask for 365.",
        ConstraintDescription="a number of days that CloudWatch Logs offers, like 30 or 365",
    ),
    label="Keep log events (days)",
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
        Description="The organization whose accounts are all recorded.",
        ConstraintDescription="an organization's id like o-a1b2c3d4e5",
    ),
    label="Organization",
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
        PolicyDocument=bucket_policy(
            bucket_arn=GetAtt(bucket, "Arn"),
            objects_arn=Sub("${LogBucket.Arn}/*"),
            deliveries=[
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
        outputs=(Output("BucketName", Description="Where log files are", Value=Ref(bucket)),),
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
        Description=Sub("Lets CloudTrail write to the log group of the stack ${AWS::StackName}"),
        AssumeRolePolicyDocument=trust(),
        Policies=[
            iam.Policy(
                PolicyName="write-log-events",
                PolicyDocument=permissions(
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
        outputs=(Output("TrailArn", Description="The trail", Value=GetAtt(resource, "Arn")),),
    )
