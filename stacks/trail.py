"""A trail without alarms: the trail, its bucket, log group, role and key."""

from troposphere import Output, Ref, Template

from stacks.pieces.encryption import TRAIL_KEY_STATEMENTS, encryption
from stacks.pieces.installation import ACCEPTED
from stacks.pieces.trail import trail_fragments
from trailbell import Catalog, Piece, RegionScope, Stack, assemble


def template(_: Catalog) -> Template:
    return assemble(
        "Trailbell: CloudTrail trail for all Regions, with an S3 bucket and a log group. "
        "Deploy in the home Region only.",
        ACCEPTED,
        *trail_fragments(all_options=True),
        encryption(
            key_statements=TRAIL_KEY_STATEMENTS,
            users="CloudTrail and CloudWatch Logs",
            has_readers=True,
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
    name="trail",
    summary="CloudTrail trail with a bucket and a log group",
    template=template,
    region_scope=RegionScope.HOME_REGION,
    alternative_to="security-alerts",
    without_bucket=True,
)
