"""
The CloudTrail trail, which delivers to a log bucket and a log group.

In:    the owner of the trail.
Out:   a `Piece`, or all pieces that a trail consists of except the key.
"""

from typing import Any

from troposphere import GetAtt, If, NoValue, Output, Parameter, Ref, Sub, cloudtrail

from stacks.pieces import arns
from stacks.pieces.access_logs import ACCESS_LOG_OBJECTS
from stacks.pieces.encryption import KEY_ARN
from stacks.pieces.event_selectors import all_kinds, deletions_only
from stacks.pieces.installation import INSTALLATION_NAME
from stacks.pieces.log_bucket import KEY_PREFIX, log_bucket
from stacks.pieces.log_group import log_group
from stacks.pieces.trail_owner import GROUP, THIS_ACCOUNT, TrailOwner
from trailbell import ParameterInput, Piece, is_set

TRAIL_NAME = ParameterInput(
    parameter=Parameter(
        "TrailName",
        Type="String",
        Default="trail",
        AllowedPattern="^[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*$",
        MaxLength=60,
        Description="Middle part of the trail name: InstallationName-TrailName-Region.",
        ConstraintDescription=(
            "must be at most 60 letters and digits, with single '.', '_' or '-' between them"
        ),
    ),
    label="Trail name",
    group=GROUP,
)


def trail_fragments(*, all_options: bool) -> tuple[Piece, ...]:
    """The pieces of a trail of this account: trail, log bucket and log group, without the key.

    Without ``all_options``, the trail records data events of its log bucket alone and no Insights
    events, log files are not archived, and the bucket for access logs exists: a stack with alarms
    has no space for more.
    """
    return trail(all_options=all_options), log_bucket(all_options=all_options), log_group()


def trail(
    owner: TrailOwner = THIS_ACCOUNT,
    *,
    bucket: tuple[Any, Any] | None = None,
    key: Any = KEY_ARN,
    all_options: bool = True,
) -> Piece:
    """A trail for all Regions and global services, with log file validation.

    ``bucket`` is an existing bucket whose policy allows the trail, as its name and what the ARNs
    of its objects start with; without it, the trail uses the log bucket of its stack.
    """
    own_bucket = Ref("LogBucket"), Sub("${LogBucket.Arn}/")
    bucket_name, log_files = bucket or own_bucket
    access_logs = () if bucket else (ACCESS_LOG_OBJECTS,)
    selectors = all_kinds(log_files, *access_logs) if all_options else deletions_only(log_files)
    trail_resource = cloudtrail.Trail(
        "Trail",
        **({} if bucket is not None else {"DependsOn": ["LogBucketPolicy"]}),
        TrailName=arns.TRAIL_NAME,
        IsLogging=True,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        IsOrganizationTrail=owner.of_organization(True, False),
        **selectors.properties,
        S3BucketName=bucket_name,
        S3KeyPrefix=If("HasPrefix", Ref("KeyPrefix"), NoValue),
        CloudWatchLogsLogGroupArn=GetAtt("LogGroup", "Arn"),
        CloudWatchLogsRoleArn=GetAtt("TrailRole", "Arn"),
        KMSKeyId=key,
    )
    return Piece(
        inputs=(INSTALLATION_NAME, TRAIL_NAME, *owner.inputs, KEY_PREFIX, *selectors.inputs),
        rules=dict(owner.rules),
        conditions={
            "HasPrefix": is_set("KeyPrefix"),
            **owner.conditions,
            **selectors.conditions,
        },
        resources=(trail_resource,),
        outputs=(
            Output(
                "TrailArn",
                Description="ARN of the CloudTrail trail",
                Value=GetAtt(trail_resource, "Arn"),
            ),
        ),
    )
