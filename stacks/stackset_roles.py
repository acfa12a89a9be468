"""
The two roles that StackSets needs for self-managed permissions, under the default names of AWS.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

from troposphere import (
    Equals,
    GetAtt,
    If,
    Join,
    Not,
    Output,
    Parameter,
    Ref,
    Split,
    Sub,
    Template,
    iam,
)

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
_GLOBAL = "cloudformation.amazonaws.com"

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

OPT_IN_REGIONS = ParameterInput(
    parameter=Parameter(
        "OptInRegions",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z]{2}(-[a-z]+)+-[0-9]+(,[a-z]{2}(-[a-z]+)+-[0-9]+)*$",
        Description=(
            "Regions that StackSets deploy to and that are not enabled by default, separated by "
            "commas without spaces (af-south-1,eu-south-1). Applies in the administrator account "
            "only."
        ),
        ConstraintDescription="must be empty, or names of Regions separated by commas",
    ),
    label="Opt-in Regions (optional)",
    group="StackSets",
)


def _service_principals() -> If:
    """The service principals of CloudFormation: the global one, and one in each opt-in Region.

    "a,b" is replaced with "cloudformation.a.amazonaws.com,cloudformation.b.amazonaws.com".
    """
    between = ".amazonaws.com,cloudformation."
    regional = Join(between, Split(",", Ref("OptInRegions")))
    names = Join("", [f"{_GLOBAL},cloudformation.", regional, ".amazonaws.com"])
    return If("HasOptInRegions", Split(",", names), _GLOBAL)


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
            services=_service_principals(),
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
            inputs=(ADMINISTRATOR_ACCOUNT_ID, OPT_IN_REGIONS),
            conditions={
                "IsAdministrator": Equals(Ref("AWS::AccountId"), Ref("AdministratorAccountId")),
                "HasOptInRegions": Not(Equals(Ref("OptInRegions"), "")),
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
