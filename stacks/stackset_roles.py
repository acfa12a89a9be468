"""
The two roles that StackSets needs for self-managed permissions, by default with the names that AWS
gives them, and the permissions boundary of the roles in their stacks.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

from troposphere import (
    Equals,
    GetAtt,
    If,
    Join,
    Not,
    NoValue,
    Output,
    Ref,
    Split,
    Sub,
    Template,
    iam,
)

from policies.stackset_roles import (
    NAMES,
    administration_permissions_policy,
    administration_trust_policy,
    boundary_policy,
    execution_permissions_policy,
    execution_trust_policy,
)
from policies.stackset_search import search_boundary_statements, search_permissions_policy
from stacks.pieces import stackset_inputs
from stacks.pieces.installation import ACCEPTED
from trailbell.catalog.detection import Catalog
from trailbell.compiler.stack import Piece, Stack, assemble, rule
from trailbell.compiler.suppressions import suppress

_GLOBAL = "cloudformation.amazonaws.com"


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


_BOUNDARY_ARN = _build_arn("iam::${Account}:policy/${InstallationName}-role-boundary")
_OWN_ROLES = [
    _build_arn(f"iam::${{Account}}:role/${{{name}}}")
    for name in ("AdministrationRoleName", "ExecutionRoleName")
]


def template(_: Catalog) -> Template:
    boundary = iam.ManagedPolicy(
        "RoleBoundary",
        Metadata=suppress(
            cfripper={"WildcardResourceRule": "IAM cannot limit aoss:BatchGetCollection."}
        ),
        ManagedPolicyName=Sub("${InstallationName}-role-boundary"),
        Description="The most that roles in stacks of the installation can do",
        PolicyDocument=boundary_policy(
            build_arn=_build_arn,
            further=[
                If("AllowsSearch", statement, NoValue)
                for statement in search_boundary_statements(build_arn=_build_arn)
            ],
        ),
    )
    return assemble(
        "Trailbell: IAM roles for StackSets with self-managed permissions, and a permissions "
        "boundary for the roles of their stacks. Deploy in one Region of the administrator account "
        "and of each target account.",
        ACCEPTED,
        Piece(
            inputs=stackset_inputs.INPUTS,
            rules={
                "TwoRoles": rule(
                    "AdministrationRoleName and ExecutionRoleName must differ.",
                    Not(Equals(Ref("AdministrationRoleName"), Ref("ExecutionRoleName"))),
                )
            },
            conditions=stackset_inputs.CONDITIONS,
            resources=(_administration_role(), _execution_role(), boundary),
            outputs=(
                Output(
                    "ExecutionRoleArn",
                    Description="ARN of the StackSets execution role",
                    Value=GetAtt("ExecutionRole", "Arn"),
                ),
                Output(
                    "RoleBoundaryName",
                    Description="Value of PermissionsBoundary in the stacks of the installation",
                    Value=Sub("${InstallationName}-role-boundary"),
                ),
            ),
        ),
    )


def _administration_role() -> iam.Role:
    return iam.Role(
        "AdministrationRole",
        Condition="IsAdministrator",
        RoleName=Ref("AdministrationRoleName"),
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
                        "arn:${AWS::Partition}:iam::*:role/${ExecutionRoleName}"
                    )
                ),
            )
        ],
    )


_ALL_OF_CLOUDFORMATION = (
    "StackSets needs all actions of CloudFormation; they are limited to stacks of StackSets."
)
_ONLY_READS = (
    "IAM cannot limit these actions to names, or they only read; creating and tagging keys "
    "requires the tag of the installation."
)
_CFRIPPER = {
    "GenericResourceWildcardPolicyRule": _ALL_OF_CLOUDFORMATION,
    "IAMRoleWildcardActionOnPolicyRule": _ALL_OF_CLOUDFORMATION,
    "IAMRolesOverprivilegedRule": _ONLY_READS,
    "PrivilegeEscalationRule": (
        "Only for roles with the permissions boundary RoleBoundary, which allows log events only."
    ),
    "WildcardResourceRule": _ONLY_READS,
}
_CLOUDSPLAINING = {"ServiceWildcard": _ALL_OF_CLOUDFORMATION}
_PARLIAMENT = {
    "RESOURCE_MISMATCH": _ALL_OF_CLOUDFORMATION,
    "RESOURCE_STAR": _ONLY_READS,
    "UNKNOWN_ACTION": "The actions are newer than the data of parliament.",
    "UNKNOWN_CONDITION_FOR_ACTION": (
        "The service authorization reference has iam:PermissionsBoundary for this action."
    ),
}


def _execution_role() -> iam.Role:
    functions = [_build_arn(f"lambda:${{Region}}:${{Account}}:function:{name}") for name in NAMES]
    log_groups = [_build_arn(f"logs:${{Region}}:${{Account}}:log-group:{name}") for name in NAMES]
    return iam.Role(
        "ExecutionRole",
        Metadata=suppress(
            cfripper=_CFRIPPER, cloudsplaining=_CLOUDSPLAINING, parliament=_PARLIAMENT
        ),
        RoleName=Ref("ExecutionRoleName"),
        Description=Sub("Allows StackSets of ${AdministratorAccountId} to deploy in this account"),
        AssumeRolePolicyDocument=execution_trust_policy(
            administrator_root=Sub("arn:${AWS::Partition}:iam::${AdministratorAccountId}:root"),
            administration_role=Sub(
                "arn:${AWS::Partition}:iam::${AdministratorAccountId}:role/${AdministrationRoleName}"
            ),
        ),
        Policies=[
            iam.Policy(
                PolicyName="deploy-stacks",
                PolicyDocument=execution_permissions_policy(
                    build_arn=_build_arn,
                    functions=If("HasFunctions", Ref("FunctionArns"), functions),
                    log_groups=If("HasLogGroups", Ref("LogGroupArns"), log_groups),
                    own_arns=[*_OWN_ROLES, _BOUNDARY_ARN],
                    boundary_arn=_BOUNDARY_ARN,
                    installation=Ref("InstallationName"),
                ),
            ),
            If(
                "AllowsSearch",
                iam.Policy(
                    PolicyName="deploy-search",
                    PolicyDocument=search_permissions_policy(build_arn=_build_arn),
                ),
                NoValue,
            ),
        ],
    )


STACK = Stack(
    name="stackset-roles",
    summary="IAM roles for StackSets with self-managed permissions",
    template=template,
    without_bucket=True,
)
