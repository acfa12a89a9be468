"""
The S3 bucket to which CloudTrail delivers log files, and its policy.

In:    the owner of the trail.
Out:   a `Piece`.
"""

from typing import Any

from troposphere import (
    Equals,
    GetAtt,
    If,
    Not,
    NoValue,
    Output,
    Parameter,
    Ref,
    RetainExceptOnCreate,
    Select,
    Split,
    Sub,
    s3,
)

from policies.log_bucket import (
    allow_readers,
    deny_deletions,
    deny_outside_organization,
    log_bucket_policy,
)
from stacks.pieces import archive, bucket_events, readers
from stacks.pieces.access_logs import to_existing_bucket, to_new_bucket
from stacks.pieces.private_bucket import private_bucket
from stacks.pieces.readers import READER_ACCOUNTS, READERS, READERS_AND_OWNER
from stacks.pieces.trail_owner import GROUP, THIS_ACCOUNT, TrailOwner
from trailbell import ParameterInput, Piece, is_set, rule

KEY_PREFIX = ParameterInput(
    parameter=Parameter(
        "KeyPrefix",
        Type="String",
        Default="",
        AllowedPattern="^$|^[A-Za-z0-9_.-](?:[A-Za-z0-9_./-]*[A-Za-z0-9_.-])?$",
        MaxLength=200,
        Description=("S3 key prefix for the log files (before AWSLogs/). Leave empty for none."),
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


OBJECT_LOCK = ParameterInput(
    parameter=Parameter(
        "ObjectLock",
        Type="String",
        Default="none",
        AllowedPattern="^none$|^(GOVERNANCE|COMPLIANCE):[1-9][0-9]{0,3}$",
        Description=(
            "S3 Object Lock: mode and days for which each log file cannot be deleted "
            '("GOVERNANCE:365"), or "none". It cannot be disabled again.'
        ),
        ConstraintDescription=(
            'must be "none", or GOVERNANCE or COMPLIANCE with days, such as GOVERNANCE:365'
        ),
    ),
    label="Object Lock of log files",
    group=GROUP,
)
DELETION_ROLE = ParameterInput(
    parameter=Parameter(
        "DeletionRole",
        Type="String",
        Default="",
        AllowedPattern="^$|^[A-Za-z0-9+=,.@_-][A-Za-z0-9+=,.@_/*-]{0,511}$",
        Description=(
            "Name of the only role in this account that may delete log files, with its path. "
            "It can contain wildcards. Leave empty for no restriction."
        ),
        ConstraintDescription="must be empty or the name of a role",
    ),
    label="Role that may delete log files (optional)",
    group=GROUP,
)


def log_bucket(owner: TrailOwner = THIS_ACCOUNT, *, all_options: bool = True) -> Piece:
    """The bucket, private, versioned, encrypted and retained, and its policy for one trail.

    Without ``all_options``, log files are not archived, and the bucket for access logs exists.
    """
    transitions = {"Transitions": archive.TRANSITIONS} if all_options else {}
    access_logs = to_new_bucket() if all_options else to_existing_bucket()
    lock = Split(":", Ref("ObjectLock"))
    locked = s3.ObjectLockConfiguration(
        ObjectLockEnabled="Enabled",
        Rule=s3.ObjectLockRule(
            DefaultRetention=s3.DefaultRetention(Mode=Select(0, lock), Days=Select(1, lock))
        ),
    )
    bucket = s3.Bucket(
        "LogBucket",
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        BucketName=If("NamesBucket", Ref("BucketName"), NoValue),
        **private_bucket("expire-log-files", **transitions),
        LoggingConfiguration=access_logs.configuration,
        NotificationConfiguration=bucket_events.NOTIFICATIONS,
        ObjectLockEnabled=If("LocksObjects", True, NoValue),
        ObjectLockConfiguration=If("LocksObjects", locked, NoValue),
    )
    policy = s3.BucketPolicy(
        "LogBucketPolicy",
        # Retained with its bucket, because it denies requests without TLS.
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        Bucket=Ref(bucket),
        PolicyDocument=_policy(owner),
    )
    return Piece(
        inputs=(
            *(BUCKET_NAME, KEY_PREFIX, LOG_FILE_DAYS, *((archive.INPUT,) if all_options else ())),
            *(OBJECT_LOCK, DELETION_ROLE, READER_ACCOUNTS, access_logs.input, bucket_events.INPUT),
            *owner.inputs,
        ),
        rules={
            "AccessLogs": rule(
                "AccessLogBucket must differ from BucketName.",
                Not(Equals(Ref("AccessLogBucket"), Ref("BucketName"))),
                when=is_set("BucketName"),
            ),
            **access_logs.rules,
        },
        conditions={
            "NamesBucket": is_set("BucketName"),
            "HasPrefix": is_set("KeyPrefix"),
            "LocksObjects": Not(Equals(Ref("ObjectLock"), "none")),
            "DeniesDeletions": is_set("DeletionRole"),
            **(archive.CONDITIONS if all_options else {}),
            **access_logs.conditions,
            **readers.CONDITIONS,
            **bucket_events.CONDITIONS,
            **owner.conditions,
        },
        resources=(bucket, policy, *access_logs.resources),
        outputs=(
            Output(
                "BucketName", Description="Name of the CloudTrail log bucket", Value=Ref(bucket)
            ),
        ),
    )


def _policy(owner: TrailOwner) -> dict[str, Any]:
    bucket_arn, objects_arn = GetAtt("LogBucket", "Arn"), Sub("${LogBucket.Arn}/*")
    bucket_and_objects = [bucket_arn, objects_arn]
    role_arn = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${DeletionRole}")
    return log_bucket_policy(
        bucket_arn=bucket_arn,
        objects_arn=objects_arn,
        log_file_arns=[
            _log_files_arn(owner.account_id),
            owner.of_organization(_log_files_arn(Ref("OrganizationId"))),
        ],
        trail_arn=owner.trail_arn,
        optional_statements=[
            If(
                "HasReaders",
                allow_readers(accounts=READERS, bucket_and_objects=bucket_and_objects),
                NoValue,
            ),
            If(
                "DeniesDeletions",
                deny_deletions(role_arn=role_arn, bucket_and_objects=bucket_and_objects),
                NoValue,
            ),
            owner.of_organization(
                deny_outside_organization(
                    organization_id=Ref("OrganizationId"),
                    # The account itself too, so that it can correct a wrong OrganizationId.
                    accounts=If("HasReaders", READERS_AND_OWNER, Ref("AWS::AccountId")),
                    bucket_and_objects=bucket_and_objects,
                )
            ),
        ],
    )


def _log_files_arn(owner_id: Any) -> Sub:
    """The ARN pattern of the log files of an account or an organization."""
    return Sub(
        "${LogBucket.Arn}/${Prefix}AWSLogs/${Owner}/*",
        Prefix=If("HasPrefix", Sub("${KeyPrefix}/"), ""),
        Owner=owner_id,
    )
