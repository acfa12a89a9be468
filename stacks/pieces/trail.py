"""
The CloudTrail trail, which delivers to a log bucket and a log group.

In:    the owner of the trail.
Out:   a `Piece`, or all pieces that a trail consists of except the key.
"""

from typing import Any

from troposphere import GetAtt, If, NoValue, Output, Parameter, Ref, cloudtrail

from stacks.pieces import arns
from stacks.pieces.encryption import KEY_ARN
from stacks.pieces.installation import INSTALLATION_NAME
from stacks.pieces.log_bucket import KEY_PREFIX, log_bucket
from stacks.pieces.log_group import log_group
from stacks.pieces.trail_owner import GROUP, THIS_ACCOUNT, TrailOwner
from trailbell.compiler.stack import ParameterInput, Piece, is_set

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


def trail_fragments() -> tuple[Piece, ...]:
    """The pieces of a trail of this account: trail, log bucket and log group, without the key."""
    return trail(), log_bucket(), log_group()


def trail(owner: TrailOwner = THIS_ACCOUNT, *, bucket: Any = None, key: Any = KEY_ARN) -> Piece:
    """A trail for all Regions and global services, with log file validation.

    The event selectors equal the default, but some compliance scanners require them. ``bucket`` is
    the name of an existing bucket whose policy allows the trail; without it, the trail uses the log
    bucket of its stack.
    """
    trail_resource = cloudtrail.Trail(
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
        inputs=(INSTALLATION_NAME, TRAIL_NAME, *owner.inputs, KEY_PREFIX),
        rules=dict(owner.rules),
        conditions={"HasPrefix": is_set("KeyPrefix"), **owner.conditions},
        resources=(trail_resource,),
        outputs=(
            Output(
                "TrailArn",
                Description="ARN of the CloudTrail trail",
                Value=GetAtt(trail_resource, "Arn"),
            ),
        ),
    )
