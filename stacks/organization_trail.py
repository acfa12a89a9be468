"""An organization trail: log files in the log archive account, a log group in this account."""

from dataclasses import replace

from troposphere import And, Equals, If, Not, NoValue, Output, Parameter, Ref, Sub, Template

from policies.key import log_group_statements
from stacks.pieces import arns
from stacks.pieces.encryption import encryption
from stacks.pieces.installation import ACCEPTED
from stacks.pieces.log_group import log_group
from stacks.pieces.trail import trail
from stacks.pieces.trail_owner import (
    MANAGEMENT_ACCOUNT_ID,
    REQUIRED_ORGANIZATION_ID,
    THIS_ACCOUNT,
)
from trailbell import Catalog, ParameterInput, Piece, RegionScope, Stack, assemble, is_set

ARCHIVE_BUCKET_NAME = ParameterInput(
    parameter=Parameter(
        "ArchiveBucketName",
        Type="String",
        AllowedPattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description=(
            "Name of the log bucket in the log archive account (output BucketName of log-archive)."
        ),
        ConstraintDescription="must be a bucket name",
    ),
    label="Log bucket of the log archive account",
    group="Log archive",
)
ARCHIVE_KEY_ARN = ParameterInput(
    parameter=Parameter(
        "ArchiveKeyArn",
        Type="String",
        # No default: without the key that log-archive creates, Security Hub's CloudTrail.2 fails.
        AllowedPattern="^$|^none$|^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        Description=(
            "KMS key ARN for log files, in the Region of the bucket (output KeyArn of "
            'log-archive), or "none" for SSE-S3.'
        ),
        ConstraintDescription='must be "none" or a KMS key ARN (arn:...:kms:...:key/...)',
    ),
    label="KMS key of the log archive account",
    group="Log archive",
)


def template(_: Catalog) -> Template:
    owner = replace(
        THIS_ACCOUNT,
        inputs=(REQUIRED_ORGANIZATION_ID, MANAGEMENT_ACCOUNT_ID),
        rules={},
        conditions={"NamesManagementAccount": is_set("ManagementAccountId")},
        always_organization=True,
    )
    return assemble(
        "Trailbell: organization trail with a log group in this account and log files in the "
        "bucket of log-archive. Deploy in the home Region of the management account or a "
        "CloudTrail delegated administrator account, and alerts after it.",
        ACCEPTED,
        Piece(
            inputs=(ARCHIVE_BUCKET_NAME, ARCHIVE_KEY_ARN),
            conditions={
                "HasArchiveKey": And(
                    is_set("ArchiveKeyArn"), Not(Equals(Ref("ArchiveKeyArn"), "none"))
                )
            },
        ),
        trail(
            owner,
            bucket=(
                Ref("ArchiveBucketName"),
                Sub("arn:${AWS::Partition}:s3:::${ArchiveBucketName}/"),
            ),
            key=If("HasArchiveKey", Ref("ArchiveKeyArn"), NoValue),
        ),
        log_group(owner),
        encryption(
            key_statements=log_group_statements(
                logs_service=arns.LOGS_SERVICE, log_groups_arn=arns.STACK_LOG_GROUPS
            ),
            users="CloudWatch Logs",
        ),
        Piece(
            outputs=(
                Output(
                    "LogGroupName",
                    Description="Name of the CloudTrail log group",
                    Value=Ref("LogGroup"),
                ),
            )
        ),
    )


STACK = Stack(
    name="organization-trail",
    summary="Organization trail with a log group, and log files in the log archive account",
    template=template,
    region_scope=RegionScope.HOME_REGION,
    alternative_to="security-alerts",
    without_bucket=True,
)
