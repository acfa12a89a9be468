"""The bucket and the key for an organization's log files, in an account of their own."""

from troposphere import Parameter, Template

from policies.key import for_trail
from stacks.pieces import arns
from stacks.pieces.encryption import encryption
from stacks.pieces.trail import TRAIL_NAME, log_bucket
from trailbell.detection import Catalogue
from trailbell.stack import Input, Piece, Stack, assemble, given

_OWNER = "${TrailAccountId}"

TRAIL_ACCOUNT = Input(
    parameter=Parameter(
        "TrailAccountId",
        Type="String",
        AllowedPattern="^[0-9]{12}$",
        Description=(
            "The account that owns the trail: the management account, also where a delegated "
            "administrator made it."
        ),
        ConstraintDescription="an account's id: 12 digits",
    ),
    label="Management account",
    group="Trail",
)
TRAIL_REGION = Input(
    parameter=Parameter(
        "TrailRegion",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z]{2}(-[a-z]+)+-[0-9]+$",
        Description="The home Region of the trail. Empty: the Region of this stack.",
        ConstraintDescription="empty, or a Region's name",
    ),
    label="Home Region of the trail (optional)",
    group="Trail",
)


def template(_: Catalogue) -> Template:
    trail = arns.trail_of(_OWNER)
    return assemble(
        "Trailbell: bucket and key for the log files of an organization's trail. Belongs in the "
        "log archive account; deploy it before organization-trail, which names both.",
        Piece(
            inputs=(TRAIL_ACCOUNT, TRAIL_NAME, TRAIL_REGION),
            conditions={"TrailIsElsewhere": given("TrailRegion")},
        ),
        log_bucket(trail_arn=trail, trail_account=_OWNER, for_organizations=True),
        encryption(uses=for_trail(trail_arn=trail, trails_arn=arns.trails_of(_OWNER))),
    )


STACK = Stack(
    name="log-archive",
    summary="Bucket and key for an organization's log files, in the log archive account",
    template=template,
)
