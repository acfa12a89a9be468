"""
The two roles that StackSets needs for self-managed permissions, under the default names of AWS.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

from troposphere import Equals, GetAtt, Output, Parameter, Ref, Sub, Template, iam

from policies.stackset_roles import (
    administration_permissions_policy,
    administration_trust_policy,
    execution_permissions_policy,
    execution_trust_policy,
)
from trailbell.catalog.detection import Catalog
from trailbell.compiler.stack import ParameterInput, Piece, Stack, assemble

ADMINISTRATION_ROLE_NAME = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION_ROLE_NAME = "AWSCloudFormationStackSetExecutionRole"

ADMINISTRATOR_ACCOUNT_ID = ParameterInput(
    parameter=Parameter(
        "AdministratorAccountId",
        Type="String",
        AllowedPattern="^[0-9]{12}$",
        Description=(
            "StackSets administrator account. In that account both roles are created; in all "
            "others only the execution role."
        ),
        ConstraintDescription="must be a 12-digit account ID",
    ),
    label="Administrator account ID",
    group="StackSets",
)


def _build_arn(suffix: str) -> Sub:
    """An ARN in this account and any Region, because IAM roles are global."""
    suffix = suffix.replace("${Region}", "*").replace("${Account}", "${AWS::AccountId}")
    return Sub(f"arn:${{AWS::Partition}}:{suffix}")


def template(_: Catalog) -> Template:
    administration_role = iam.Role(
        "AdministrationRole",
        Condition="IsAdministrator",
        RoleName=ADMINISTRATION_ROLE_NAME,
        Description="Allows StackSets of this account to assume the execution roles",
        AssumeRolePolicyDocument=administration_trust_policy(
            account=Ref("AWS::AccountId"),
            stack_sets_arn=_build_arn("cloudformation:${Region}:${Account}:stackset/*"),
        ),
        Policies=[
            iam.Policy(
                PolicyName="assume-execution-roles",
                PolicyDocument=administration_permissions_policy(
                    execution_roles_arn=Sub(
                        f"arn:${{AWS::Partition}}:iam::*:role/{EXECUTION_ROLE_NAME}"
                    )
                ),
            )
        ],
    )
    execution_role = iam.Role(
        "ExecutionRole",
        RoleName=EXECUTION_ROLE_NAME,
        Description=Sub("Allows StackSets of ${AdministratorAccountId} to deploy in this account"),
        AssumeRolePolicyDocument=execution_trust_policy(
            administrator_root=Sub("arn:${AWS::Partition}:iam::${AdministratorAccountId}:root"),
            administration_role=Sub(
                f"arn:${{AWS::Partition}}:iam::${{AdministratorAccountId}}:role/{ADMINISTRATION_ROLE_NAME}"
            ),
        ),
        Policies=[
            iam.Policy(
                PolicyName="deploy-stacks",
                PolicyDocument=execution_permissions_policy(build_arn=_build_arn),
            )
        ],
    )
    return assemble(
        "Trailbell: IAM roles for StackSets with self-managed permissions. Deploy in one Region of "
        "the administrator account and of each target account.",
        Piece(
            inputs=(ADMINISTRATOR_ACCOUNT_ID,),
            conditions={
                "IsAdministrator": Equals(Ref("AWS::AccountId"), Ref("AdministratorAccountId"))
            },
            resources=(administration_role, execution_role),
            outputs=(
                Output(
                    "ExecutionRoleArn",
                    Description="ARN of the StackSets execution role",
                    Value=GetAtt(execution_role, "Arn"),
                ),
            ),
        ),
    )


STACK = Stack(
    name="stackset-roles",
    summary="IAM roles for StackSets with self-managed permissions",
    template=template,
    without_bucket=True,
)
