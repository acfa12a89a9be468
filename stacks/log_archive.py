"""The bucket and the key for an organization's log files, in the log archive account."""

from troposphere import Parameter, Ref, Template

from policies.key import trail_statements
from stacks.pieces import arns
from stacks.pieces.encryption import encryption
from stacks.pieces.trail import ORGANIZATION, TRAIL_NAME, Owner, log_bucket
from trailbell.detection import Catalogue
from trailbell.stack import Input, Piece, Stack, assemble, given

MANAGEMENT_ACCOUNT = Input(
    parameter=Parameter(
        "ManagementAccountId",
        Type="String",
        AllowedPattern="^[0-9]{12}$",
        Description=(
            "Management account ID. This account owns the organization trail, even if a delegated "
            "administrator creates it."
        ),
        ConstraintDescription="must be a 12-digit account ID",
    ),
    label="Management account ID",
    group="Trail",
)
TRAIL_STACK = Input(
    parameter=Parameter(
        "TrailStackName",
        Type="String",
        Default="organization-trail",
        AllowedPattern="^[A-Za-z][A-Za-z0-9-]{0,127}$",
        Description=(
            "Name of the stack that creates the trail (organization-trail). It is the first part "
            "of the trail name."
        ),
        ConstraintDescription="must be a stack name: a letter, then letters, digits and hyphens",
    ),
    label="Trail stack name",
    group="Trail",
)
TRAIL_REGION = Input(
    parameter=Parameter(
        "TrailRegion",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z]{2}(-[a-z]+)+-[0-9]+$",
        Description="Home Region of the trail. Leave empty to use the Region of this stack.",
        ConstraintDescription="must be empty or a Region code such as eu-west-1",
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
        "Trailbell: S3 bucket and KMS key for the log files of an organization trail. Deploy in "
        "the log archive account, before organization-trail.",
        Piece(inputs=(*owner.inputs, TRAIL_STACK, TRAIL_NAME, TRAIL_REGION)),
        log_bucket(owner),
        encryption(
            uses=trail_statements(trail_arn=owner.trail, trails_arn=arns.trails_of(manager))
        ),
    )


STACK = Stack(
    name="log-archive",
    summary="Bucket and key for an organization's log files, in the log archive account",
    template=template,
    without_bucket=True,
)
