"""
The permissions boundary of the roles that a stack makes.

In:    nothing.
Out:   the parameter ``PermissionsBoundary``, and `BOUNDARY`, the property of a role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from troposphere import If, NoValue, Parameter, Sub

from trailbell import ParameterInput, Piece, is_set

BOUNDARY = If(
    "HasBoundary",
    Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundary}"),
    NoValue,
)
"""The ARN of the boundary, or no value."""


def permissions_boundary(group: str) -> Piece:
    """The parameter ``PermissionsBoundary`` in a group of the CloudFormation console."""
    parameter = Parameter(
        "PermissionsBoundary",
        Type="String",
        Default="",
        AllowedPattern="^[\\w+=,.@/-]*$",
        Description="Name of the policy that limits the stack's roles.",
        ConstraintDescription="must be a policy name",
    )
    return Piece(
        inputs=(
            ParameterInput(
                parameter=parameter, label="Permissions boundary (optional)", group=group
            ),
        ),
        conditions={"HasBoundary": is_set("PermissionsBoundary")},
    )
