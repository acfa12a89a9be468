"""An organization's trail: log files to the log archive account, log events to a group here."""

from dataclasses import replace

from troposphere import If, NoValue, Output, Parameter, Ref, Template

from policies.key import for_log_group
from stacks.pieces import arns
from stacks.pieces.encryption import encryption
from stacks.pieces.trail import MANAGEMENT_ACCOUNT, ORGANIZATION, OWN, log_group, trail
from trailbell.catalog.detection import Catalogue
from trailbell.compiler.stack import Input, Piece, Stack, Where, assemble, given

BUCKET = Input(
    parameter=Parameter(
        "ArchiveBucketName",
        Type="String",
        AllowedPattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description="The bucket in the log archive account: the output BucketName of log-archive.",
        ConstraintDescription="a bucket's name",
    ),
    label="Bucket in the log archive account",
    group="Log archive",
)
KEY = Input(
    parameter=Parameter(
        "ArchiveKeyArn",
        Type="String",
        Default="",
        AllowedPattern="^$|^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        Description=(
            "What encrypts log files: the output KeyArn of log-archive, in the Region of the "
            "bucket. Empty: the key of S3."
        ),
        ConstraintDescription="empty, or the ARN of a key (arn:...:kms:...:key/...)",
    ),
    label="Key of the log archive account (optional)",
    group="Log archive",
)


def template(_: Catalogue) -> Template:
    owner = replace(OWN, inputs=(ORGANIZATION, MANAGEMENT_ACCOUNT))
    return assemble(
        "Trailbell: the trail of an organization, into the bucket of log-archive and a log group "
        "here. Belongs in the management account or a delegated administrator of CloudTrail, in "
        "the home Region; alerts belongs beside it.",
        Piece(inputs=(BUCKET, KEY), conditions={"HasArchiveKey": given("ArchiveKeyArn")}),
        trail(
            owner,
            bucket=Ref("ArchiveBucketName"),
            key=If("HasArchiveKey", Ref("ArchiveKeyArn"), NoValue),
        ),
        log_group(owner),
        encryption(
            uses=for_log_group(logs_service=arns.LOGS_SERVICE, log_groups_arn=arns.OWN_LOG_GROUPS)
        ),
        Piece(
            outputs=(
                Output("LogGroupName", Description="Where log events are", Value=Ref("LogGroup")),
            )
        ),
    )


STACK = Stack(
    name="organization-trail",
    summary="The trail of an organization, into the log archive account and a log group",
    template=template,
    where=Where.HOME_REGION,
    instead_of="security-alerts",
    without_bucket=True,
)
