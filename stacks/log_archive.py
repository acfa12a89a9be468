"""The bucket and the key for an organization's log files, in the log archive account."""

from troposphere import Parameter, Ref, Template

from policies.key import trail_statements
from stacks.pieces import arns
from stacks.pieces.encryption import encryption
from stacks.pieces.installation import ACCEPTED, INSTALLATION_NAME
from stacks.pieces.log_bucket import log_bucket
from stacks.pieces.trail import TRAIL_NAME
from stacks.pieces.trail_owner import REQUIRED_ORGANIZATION_ID, TrailOwner
from trailbell import Catalog, ParameterInput, Piece, Stack, assemble, is_set

MANAGEMENT_ACCOUNT_ID = ParameterInput(
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
TRAIL_REGION = ParameterInput(
    parameter=Parameter(
        "TrailRegion",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z]{2,4}(-[a-z]+)+-[0-9]+$",
        Description="Home Region of the trail. Leave empty to use the Region of this stack.",
        ConstraintDescription="must be empty or a Region code such as eu-west-1",
    ),
    label="Home Region of the trail (optional)",
    group="Trail",
)


def template(_: Catalog) -> Template:
    management_account = Ref("ManagementAccountId")
    owner = TrailOwner(
        inputs=(REQUIRED_ORGANIZATION_ID, MANAGEMENT_ACCOUNT_ID),
        conditions={"TrailIsElsewhere": is_set("TrailRegion")},
        always_organization=True,
        account_id=management_account,
        trail_arn=arns.trail_elsewhere(management_account),
    )
    return assemble(
        "Trailbell: S3 bucket and KMS key for the log files of an organization trail. Deploy in "
        "the log archive account, before organization-trail.",
        ACCEPTED,
        Piece(inputs=(*owner.inputs, INSTALLATION_NAME, TRAIL_NAME, TRAIL_REGION)),
        log_bucket(owner),
        encryption(
            key_statements=trail_statements(
                trail_arn=owner.trail_arn, trails_arn=arns.all_trails(management_account)
            ),
            users="CloudTrail",
            has_readers=True,
        ),
    )


STACK = Stack(
    name="log-archive",
    summary="Bucket and key for an organization's log files, in the log archive account",
    template=template,
    without_bucket=True,
)
