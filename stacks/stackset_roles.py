"""
The two roles that StackSets needs for self-managed permissions, by default with the names that AWS
gives them, and the permissions boundary of the roles in their stacks.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
"""

from typing import Any

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

from policies.stackset_log_alarms import (
    log_alarms_boundary_statements,
    log_alarms_permissions_policy,
    query_statement,
)
from policies.stackset_realtime import (
    realtime_boundary_statement,
    realtime_permissions_policy,
)
from policies.stackset_roles import (
    NAMES,
    administration_permissions_policy,
    administration_trust_policy,
    boundary_policy,
    execution_permissions_policy,
    execution_trust_policy,
    functions_policy,
    log_groups_policy,
)
from policies.stackset_search import (
    collection_boundary_statement,
    domain_boundary_statement,
    search_boundary_statements,
    search_permissions_policy,
)
from stacks.pieces import stackset_inputs
from stacks.pieces.installation import ACCEPTED
from trailbell import Catalog, Piece, Stack, assemble, rule, suppress

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


def template(catalog: Catalog) -> Template:
    has_log_alarms = any(detection.log_alarm for detection in catalog)
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
                realtime_boundary_statement(build_arn=_build_arn),
                *_search_boundary(),
                *(_log_alarms_boundary() if has_log_alarms else ()),
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
            resources=(
                _administration_role(),
                _execution_role(has_log_alarms=has_log_alarms),
                *_execution_policies(),
                *((_log_alarms_policy(),) if has_log_alarms else ()),
                boundary,
            ),
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


def _search_boundary() -> list[Any]:
    """What the boundary allows with ``AllowSearch``, also writing to the domain or collections."""
    collection = If(
        "HasCollection",
        Ref("DestinationArn"),
        _build_arn("aoss:${Region}:${Account}:collection/*"),
    )
    domain = [Ref("DestinationArn"), Sub("${DestinationArn}/*")]
    return [
        *(
            If("AllowsSearch", statement, NoValue)
            for statement in search_boundary_statements(build_arn=_build_arn)
        ),
        If("WritesToDomain", domain_boundary_statement(domain_arns=domain), NoValue),
        If(
            "WritesToCollections",
            collection_boundary_statement(collection_arns=[collection]),
            NoValue,
        ),
    ]


def _log_alarms_boundary() -> list[Any]:
    """What the boundary allows if a detection has a log alarm."""
    return [
        *log_alarms_boundary_statements(build_arn=_build_arn),
        If("HasLogGroups", query_statement("QueryOtherLogGroups", Ref("LogGroupArns")), NoValue),
    ]


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
    "requires the tag of the installation. A key of others can only get the tag if it has neither "
    "an alias nor this tag."
)
_CFRIPPER = {
    "GenericResourceWildcardPolicyRule": _ALL_OF_CLOUDFORMATION,
    "IAMRoleWildcardActionOnPolicyRule": _ALL_OF_CLOUDFORMATION,
    "IAMRolesOverprivilegedRule": _ONLY_READS,
    "PrivilegeEscalationRule": (
        "Only for roles with the permissions boundary RoleBoundary, which allows writing log "
        "events and sending events to the bus of the installation, and with AllowSearch=yes also "
        "reading log files and writing to OpenSearch."
    ),
    "WildcardResourceRule": _ONLY_READS,
}
_UNLIMITED = (
    "IAM cannot limit events:PutPermission and making chat channels to names, or they only read."
)
_CLOUDSPLAINING = {"ServiceWildcard": _ALL_OF_CLOUDFORMATION}
_NEW_ACTIONS = "The actions are newer than the data of parliament."
_PARLIAMENT = {
    "RESOURCE_MISMATCH in ManageStacks": _ALL_OF_CLOUDFORMATION,
    "RESOURCE_MISMATCH in ManageBuckets": (
        "s3:Get*Configuration has actions that have no bucket and are not needed."
    ),
    "RESOURCE_STAR in TagNewKeys": _ONLY_READS,
    "RESOURCE_STAR in ReadOnly": _ONLY_READS,
    "UNKNOWN_ACTION in ManageLogGroups": _NEW_ACTIONS,
    "UNKNOWN_ACTION in ManageTrails": _NEW_ACTIONS,
    "UNKNOWN_CONDITION_FOR_ACTION in ManageRolesWithBoundary": (
        "The service authorization reference has iam:PermissionsBoundary for this action."
    ),
}


def _execution_role(*, has_log_alarms: bool) -> iam.Role:
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
        ManagedPolicyArns=[
            Ref("FunctionsPolicy"),
            Ref("RealtimePolicy"),
            If("HasLogGroups", Ref("LogGroupsPolicy"), NoValue),
            If("AllowsSearch", Ref("SearchPolicy"), NoValue),
            *((Ref("LogAlarmsPolicy"),) if has_log_alarms else ()),
        ],
        Policies=[
            iam.Policy(
                PolicyName="deploy-stacks",
                PolicyDocument=execution_permissions_policy(
                    build_arn=_build_arn,
                    own_arns=[*_OWN_ROLES, _BOUNDARY_ARN],
                    boundary_arn=_BOUNDARY_ARN,
                    installation=Ref("InstallationName"),
                ),
            )
        ],
    )


def _execution_policies() -> tuple[iam.ManagedPolicy, ...]:
    """What grows with the parameters, or is on request, apart from the role: its policies have a
    quota of 10,240 characters together, each managed policy one of 6,144.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    functions = [_build_arn(f"lambda:${{Region}}:${{Account}}:function:{name}") for name in NAMES]
    return (
        iam.ManagedPolicy(
            "FunctionsPolicy",
            Description="Allows StackSets to let Amazon SNS call functions",
            PolicyDocument=functions_policy(
                functions=If("HasFunctions", Ref("FunctionArns"), functions)
            ),
        ),
        iam.ManagedPolicy(
            "LogGroupsPolicy",
            Condition="HasLogGroups",
            Description="Allows StackSets to manage metric filters of other log groups",
            PolicyDocument=log_groups_policy(log_groups=Ref("LogGroupArns")),
        ),
        iam.ManagedPolicy(
            "RealtimePolicy",
            Metadata=suppress(
                cfripper={"WildcardResourceRule": _UNLIMITED},
                parliament={
                    "RESOURCE_MISMATCH in ManageChatChannels": (
                        "The data of parliament has no resources for tagging channels."
                    )
                },
            ),
            Description="Allows StackSets to deploy rules, an event bus and chat channels",
            PolicyDocument=realtime_permissions_policy(build_arn=_build_arn),
        ),
        iam.ManagedPolicy(
            "SearchPolicy",
            Condition="AllowsSearch",
            Metadata=suppress(
                cfripper={"WildcardResourceRule": "IAM cannot limit aoss:BatchGetCollection."},
                parliament={
                    "UNKNOWN_ACTION in ManagePipelines": _NEW_ACTIONS,
                    "UNKNOWN_ACTION in ManageLogGroupsOfPipelines": _NEW_ACTIONS,
                },
            ),
            Description="Allows StackSets to deploy the stack search",
            PolicyDocument=search_permissions_policy(build_arn=_build_arn),
        ),
    )


def _log_alarms_policy() -> iam.ManagedPolicy:
    return iam.ManagedPolicy(
        "LogAlarmsPolicy",
        Description="Allows StackSets to deploy log alarms",
        PolicyDocument=log_alarms_permissions_policy(build_arn=_build_arn),
    )


STACK = Stack(
    name="stackset-roles",
    summary="IAM roles for StackSets with self-managed permissions",
    template=template,
    without_bucket=True,
)
