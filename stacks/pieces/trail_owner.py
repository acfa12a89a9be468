"""
The account or organization that owns a trail.

In:    parameters for the organization, if the stack has them.
Out:   a `TrailOwner`, on which log bucket, log group and trail depend.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from troposphere import If, NoValue, Parameter

from stacks.pieces import arns
from trailbell import ParameterInput, is_set, rule

GROUP = "Trail"
"""The group of all parameters of a trail."""

OPTIONAL_ORGANIZATION_ID = ParameterInput(
    parameter=Parameter(
        "OrganizationId",
        Type="String",
        Default="",
        AllowedPattern="^$|^o-[a-z0-9]{10,32}$",
        Description=(
            "Organization ID. Records all member accounts, from the management account or a "
            "CloudTrail delegated administrator. Leave empty to record this account only."
        ),
        ConstraintDescription="must be empty or an organization ID such as o-a1b2c3d4e5",
    ),
    label="Organization ID (optional)",
    group=GROUP,
)
REQUIRED_ORGANIZATION_ID = ParameterInput(
    parameter=Parameter(
        "OrganizationId",
        Type="String",
        AllowedPattern="^o-[a-z0-9]{10,32}$",
        Description="Organization ID. The trail records all accounts of this organization.",
        ConstraintDescription="must be an organization ID such as o-a1b2c3d4e5",
    ),
    label="Organization ID",
    group=GROUP,
)
MANAGEMENT_ACCOUNT_ID = ParameterInput(
    parameter=Parameter(
        "ManagementAccountId",
        Type="String",
        Default="",
        AllowedPattern="^$|^[0-9]{12}$",
        Description=(
            "Account that owns the organization trail. Required only in a delegated administrator "
            "account. Leave empty if this account owns the trail."
        ),
        ConstraintDescription="must be empty or a 12-digit account ID",
    ),
    label="Management account ID (delegated administrator only)",
    group=GROUP,
)


@dataclass(frozen=True, kw_only=True)
class TrailOwner:
    """The owner of a trail: parameters and conditions, and account and trail for policies.

    ``always_organization``: the parameter for the organization is required, so that nothing depends
    on a condition.
    """

    inputs: tuple[ParameterInput, ...]
    rules: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any]
    account_id: Any
    trail_arn: Any
    always_organization: bool = False

    def of_organization(self, value: Any, otherwise: Any = NoValue) -> Any:
        """A value if an organization owns the trail."""
        return value if self.always_organization else If("IsOrganizationTrail", value, otherwise)


THIS_ACCOUNT = TrailOwner(
    inputs=(OPTIONAL_ORGANIZATION_ID, MANAGEMENT_ACCOUNT_ID),
    # This account may be the management account: then the trail has the same owner without it.
    rules={
        "NeedsOrganization": rule(
            "ManagementAccountId needs OrganizationId.",
            is_set("OrganizationId"),
            when=is_set("ManagementAccountId"),
        )
    },
    conditions={
        "IsOrganizationTrail": is_set("OrganizationId"),
        "NamesManagementAccount": is_set("ManagementAccountId"),
    },
    account_id=arns.TRAIL_ACCOUNT_ID,
    trail_arn=arns.TRAIL,
)
"""This account, or its organization if the parameters name one."""
