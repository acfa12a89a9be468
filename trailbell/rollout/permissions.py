"""
The IAM permissions that a rollout requires: of its operator, and of the execution role.

In:    a `Rollout` and the templates of its stacks.
Out:   IAM policies, as `trailbell.deploy.permissions` splits them.
Never: a call, or a change of another StackSet than those of the rollout.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from trailbell.deploy.environment import ParameterValue, StackSettings
from trailbell.deploy.permissions.deployer import (
    PermissionOptions,
    Policies,
    notes,
    stack_statements,
    upload_statements,
)
from trailbell.deploy.permissions.policy import Scope, Statement, split, statement
from trailbell.deploy.target import StackToDeploy
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.configuration.config import PermissionModel, Rollout, RolloutConfig
from trailbell.template.resources import resources, type_of

_SET_ACTIONS = (
    "DeleteStackSet", "DescribeStackInstance", "DescribeStackSet", "DescribeStackSetOperation",
    "DetectStackSetDrift", "ListStackInstanceResourceDrifts", "ListStackInstances",
    "ListStackSetAutoDeploymentTargets", "ListStackSetOperationResults",
    "ListStackSetOperations", "StopStackSetOperation", "TagResource", "UntagResource",
)  # fmt: skip
_INSTANCE_ACTIONS = (
    "CreateStackInstances", "DeleteStackInstances", "UpdateStackInstances", "UpdateStackSet",
)  # fmt: skip
_ORGANIZATION_READS = (
    "organizations:DescribeAccount", "organizations:DescribeOrganization",
    "organizations:ListAccounts", "organizations:ListAccountsForParent",
    "organizations:ListDelegatedAdministrators",
    "organizations:ListOrganizationalUnitsForParent", "organizations:ListParents",
)  # fmt: skip
_REGION_READS = ("account:GetRegionOptStatus", "account:ListRegions")
_UNIQUE_ID = "?" * 36
"""The end of the name of a stack instance's stack: characters that only CloudFormation knows."""


def operator_policies(
    rollout: Rollout, templates: Mapping[str, BuiltTemplate], options: PermissionOptions
) -> Policies:
    """Return the policies of the principal that applies the rollout, with all its stacks.

    With ``include_management_account`` and without a role for it, the stacks in the management
    account are deployed with the same permissions. Raises as `deployer_policies` does.
    """
    shared = rollout.shared
    scope = _administration_scope(shared, options.scope)
    statements = [*_stack_set_statements(rollout, templates, scope), *_reads(shared)]
    statements += upload_statements(
        filter(None, [shared.template_bucket]), scope, options.template_key
    )
    statements += _role_statements(shared, scope)
    remarks: tuple[str, ...] = ()
    in_management_account = [
        each for each in rollout.stack_sets if _may_be_in_management_account(each)
    ]
    if shared.include_management_account and shared.management_deploy_role:
        remarks = tuple(
            f'The role "{config.management_deploy_role}" deploys the stack in the management '
            f"account. Its permissions: trailbell permissions {config.stack} "
            f"--stack-name {config.stack_set_name}."
            for config in in_management_account
        )
    elif shared.include_management_account:
        targets = [
            _target(
                config,
                templates[config.stack],
                config.stack_set_name,
                config.parameter_overrides.get(config.account, {}),
            )
            for config in in_management_account
        ]
        in_account = replace(options, scope=_target_scope(shared, options.scope))
        of_stack, access = stack_statements(targets, in_account)
        statements += of_stack
        remarks = tuple(notes(of_stack, access, in_account))
    return Policies(split(f"trailbell-rollout-{rollout.name}", statements), remarks)


def execution_role_policies(
    rollout: Rollout, templates: Mapping[str, BuiltTemplate], options: PermissionOptions
) -> Policies:
    """Return the policies of the execution role in each account of a self-managed rollout.

    The actions on CloudFormation are the minimum that AWS documents.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    """
    targets = [
        _target(
            config,
            templates[config.stack],
            f"StackSet-{config.stack_set_name}-{_UNIQUE_ID}",
            overrides,
        )
        for config in rollout.stack_sets
        for overrides in ({}, *config.parameter_overrides.values())
    ]
    scope = replace(_target_scope(rollout.shared, options.scope), account=options.scope.account)
    in_account = replace(options, scope=scope, for_service_role=True)
    of_stack, access = stack_statements(targets, in_account)
    statements = [statement("ManageStacks", ["cloudformation:*"], ["*"]), *of_stack]
    name = f"trailbell-execution-{rollout.name}"
    return Policies(split(name, statements), tuple(notes(of_stack, access, in_account)))


def _stack_set_statements(
    rollout: Rollout, templates: Mapping[str, BuiltTemplate], scope: Scope
) -> Iterator[Statement]:
    names = [config.stack_set_name for config in rollout.stack_sets]
    stack_sets = [scope.arn("cloudformation", f"stackset/{name}:*") for name in names]
    targets = [scope.arn("cloudformation", f"stackset-target/{name}:*") for name in names]
    anywhere = replace(scope, region="*", account="*")
    found = (
        type_of(each)
        for stack in rollout.stacks
        for each in resources(templates[stack].document).values()
    )
    type_arns = [
        anywhere.arn("cloudformation", f"type/resource/{name.replace('::', '-')}")
        for name in sorted({*found} - {""})
    ]
    yield _cloudformation("AdministerStackSet", _SET_ACTIONS, *stack_sets)
    yield _cloudformation(
        "ChangeStackInstances", _INSTANCE_ACTIONS, *stack_sets, *targets, *type_arns
    )
    # IAM cannot limit CreateStackSet and ListStackSets to a name.
    yield _cloudformation("CreateStackSet", ["CreateStackSet", "ListStackSets"], "*")


def _cloudformation(sid: str, names: tuple[str, ...] | list[str], *arns: str) -> Statement:
    return statement(sid, (f"cloudformation:{name}" for name in names), arns)


def _reads(rollout: RolloutConfig) -> Iterator[Statement]:
    reads = [*_REGION_READS]
    if rollout.permission_model is PermissionModel.SERVICE:
        reads += _ORGANIZATION_READS
    if any(wave.check.alarms for wave in rollout.waves):
        reads.append("cloudwatch:DescribeAlarms")
    yield statement("ReadOrganization", reads, ["*"])


def _role_statements(rollout: RolloutConfig, scope: Scope) -> Iterator[Statement]:
    if rollout.administration_role:
        yield statement(
            "PassAdministrationRole",
            ["iam:PassRole"],
            [rollout.administration_role],
            {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
        )
    assumed = [rollout.management_deploy_role] if rollout.management_deploy_role else []
    if rollout.member_read_role:
        in_members = replace(scope, account="*")
        role = f"role/{rollout.member_read_role}"
        assumed.append(in_members.arn("iam", role, region=False))
    if assumed:
        yield statement("AssumeRoles", ["sts:AssumeRole"], assumed)


def _administration_scope(rollout: RolloutConfig, scope: Scope) -> Scope:
    """Where the StackSet is. That of a delegated administrator is in the management account.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html
    """
    account = "*" if rollout.delegated else rollout.account or scope.account
    return replace(scope, account=account, region=rollout.region or scope.region)


def _may_be_in_management_account(rollout: RolloutConfig) -> bool:
    """Whether the management account may have the stack. A delegated administrator is another."""
    return rollout.delegated or not rollout.account or rollout.may_be_in(rollout.account)


def _target_scope(rollout: RolloutConfig, scope: Scope) -> Scope:
    """Where the stacks are: in one Region if there is only one."""
    account = "*" if rollout.delegated else rollout.account or scope.account
    region = rollout.regions[0] if len(rollout.regions) == 1 else "*"
    return replace(scope, account=account, region=region)


def _target(
    rollout: RolloutConfig, template: BuiltTemplate, name: str, overrides: Mapping[str, str]
) -> StackToDeploy:
    parameters: dict[str, ParameterValue] = {**rollout.parameters, **overrides}
    options = StackSettings(stack_name=name, parameters=parameters)
    return StackToDeploy(source=template, options=options)
