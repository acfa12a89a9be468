"""
What the roles of a self-managed rollout must allow.

In:    the settings of a StackSet, and its template.
Out:   sentences.
Never: a call. The roles are in other accounts, and nothing is known about them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

from collections.abc import Iterator

from trailbell.aws.regions import opt_in_regions
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.configuration.config import PermissionModel, RolloutConfig
from trailbell.template.resources import resources, section, type_of

_ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"


def role_notices(rollout: RolloutConfig, template: BuiltTemplate) -> Iterator[str]:
    """Yield what a person must have prepared before the first stack is created."""
    if rollout.permission_model is not PermissionModel.SELF:
        return
    regions = opt_in_regions(rollout.regions)
    if regions:
        role = rollout.administration_role or _ADMINISTRATION_ROLE
        services = ", ".join(f"cloudformation.{region}.amazonaws.com" for region in regions)
        yield (
            f"The role {role} must trust {services}. "
            f"With stackset-roles in the administrator account: OptInRegions={','.join(regions)}"
        )
    if _makes_roles(template) and not rollout.parameters.get("PermissionsBoundary"):
        name = rollout.parameters.get("InstallationName", "security-alerts")
        yield (
            "The stack makes a role without a permissions boundary, which an execution role of "
            "stackset-roles does not allow. With that role, set the parameter "
            f"PermissionsBoundary={name}-role-boundary"
        )


def _makes_roles(template: BuiltTemplate) -> bool:
    """Whether a template makes roles whose boundary is a parameter."""
    types = map(type_of, resources(template.document).values())
    return "PermissionsBoundary" in section(template.document, "Parameters") and (
        "AWS::IAM::Role" in types
    )
