"""The two roles that stack sets with self-managed permissions need, by the names AWS wants.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

from troposphere import Equals, GetAtt, Output, Parameter, Ref, Sub, Template, iam

from policies.stackset_roles import (
    administration,
    administration_trust,
    execution,
    execution_trust,
)
from trailbell.catalog.detection import Catalogue
from trailbell.compiler.stack import Input, Piece, Stack, assemble

ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION = "AWSCloudFormationStackSetExecutionRole"

ADMINISTRATOR = Input(
    parameter=Parameter(
        "AdministratorAccountId",
        Type="String",
        AllowedPattern="^[0-9]{12}$",
        Description=(
            "The account in which the stack sets are kept. There this stack makes both roles, in "
            "every other account the execution role alone."
        ),
        ConstraintDescription="an account's id: 12 digits",
    ),
    label="Administrator account",
    group="Stack sets",
)


def _arn(rest: str) -> Sub:
    """An ARN of this account, in any Region: a role is of no Region."""
    found = rest.replace("${Region}", "*").replace("${Account}", "${AWS::AccountId}")
    return Sub(f"arn:${{AWS::Partition}}:{found}")


def template(_: Catalogue) -> Template:
    administration_role = iam.Role(
        "AdministrationRole",
        Condition="IsAdministrator",
        RoleName=ADMINISTRATION,
        Description="Stack sets of this account take it to reach the execution roles",
        AssumeRolePolicyDocument=administration_trust(
            account=Ref("AWS::AccountId"),
            stack_sets_arn=_arn("cloudformation:${Region}:${Account}:stackset/*"),
        ),
        Policies=[
            iam.Policy(
                PolicyName="take-execution-roles",
                PolicyDocument=administration(
                    execution_roles_arn=Sub(f"arn:${{AWS::Partition}}:iam::*:role/{EXECUTION}")
                ),
            )
        ],
    )
    execution_role = iam.Role(
        "ExecutionRole",
        RoleName=EXECUTION,
        Description=Sub("Stack sets of ${AdministratorAccountId} deploy with it in this account"),
        AssumeRolePolicyDocument=execution_trust(
            administrator_root=Sub("arn:${AWS::Partition}:iam::${AdministratorAccountId}:root"),
            administration_role=Sub(
                f"arn:${{AWS::Partition}}:iam::${{AdministratorAccountId}}:role/{ADMINISTRATION}"
            ),
        ),
        Policies=[iam.Policy(PolicyName="deploy-stacks", PolicyDocument=execution(arn=_arn))],
    )
    return assemble(
        "Trailbell: the roles of stack sets with self-managed permissions. Deploy in the "
        "administrator account and in each account that gets stacks, in one Region each.",
        Piece(
            inputs=(ADMINISTRATOR,),
            conditions={
                "IsAdministrator": Equals(Ref("AWS::AccountId"), Ref("AdministratorAccountId"))
            },
            resources=(administration_role, execution_role),
            outputs=(
                Output(
                    "ExecutionRoleArn",
                    Description="What deploys in this account",
                    Value=GetAtt(execution_role, "Arn"),
                ),
            ),
        ),
    )


STACK = Stack(
    name="stackset-roles",
    summary="The two roles of stack sets with self-managed permissions",
    template=template,
    without_bucket=True,
)
