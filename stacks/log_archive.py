"""The bucket and the key for an organization's log files, in an account of their own."""

from troposphere import Parameter, Ref, Template

from policies.key import for_trail
from stacks.pieces import arns
from stacks.pieces.encryption import encryption
from stacks.pieces.trail import ORGANIZATION, TRAIL_NAME, Owner, log_bucket
from trailbell.catalog.detection import Catalogue
from trailbell.compiler.stack import Input, Piece, Stack, assemble, given

MANAGEMENT_ACCOUNT = Input(
    parameter=Parameter(
        "ManagementAccountId",
        Type="String",
        AllowedPattern="^[0-9]{12}$",
        Description=(
            "The organization's management account: it owns the trail, also where a delegated "
            "administrator makes it."
        ),
        ConstraintDescription="an account's id: 12 digits",
    ),
    label="Management account",
    group="Trail",
)
TRAIL_STACK = Input(
    parameter=Parameter(
        "TrailStackName",
        Type="String",
        Default="organization-trail",
        AllowedPattern="^[A-Za-z][A-Za-z0-9-]{0,127}$",
        Description="The stack of the trail: its name is part of the trail's.",
        ConstraintDescription="the name of a stack: a letter, then letters, digits and hyphens",
    ),
    label="Stack of the trail",
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
    manager = Ref("ManagementAccountId")
    owner = Owner(
        inputs=(ORGANIZATION, MANAGEMENT_ACCOUNT),
        conditions={
            "IsOrganizationTrail": given("OrganizationId"),
            "TrailIsElsewhere": given("TrailRegion"),
        },
        account=manager,
        trail=arns.trail_of(manager),
    )
    return assemble(
        "Trailbell: bucket and key for the log files of an organization's trail. Belongs in the "
        "log archive account; deploy it before organization-trail, which names both.",
        Piece(inputs=(*owner.inputs, TRAIL_STACK, TRAIL_NAME, TRAIL_REGION)),
        log_bucket(owner),
        encryption(uses=for_trail(trail_arn=owner.trail, trails_arn=arns.trails_of(manager))),
    )


STACK = Stack(
    name="log-archive",
    summary="Bucket and key for an organization's log files, in the log archive account",
    template=template,
    without_bucket=True,
)
