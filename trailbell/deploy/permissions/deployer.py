"""
The policies of a deployer, and of the service role that CloudFormation assumes for it.

In:    stacks with their settings.
Out:   IAM policies, and what is to know about them.
Never: ``*`` for a write action where IAM can limit it to names that the template and the settings
       determine.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trailbell.deploy.permissions import iam_actions
from trailbell.deploy.permissions.names import NO_NAME, Names
from trailbell.deploy.permissions.naming import ANY
from trailbell.deploy.permissions.policy import (
    Policy,
    Scope,
    Statement,
    covers_any_name,
    split,
    statement,
)
from trailbell.deploy.permissions.resource_statements import (
    Access,
    arns_to_read,
    existing_resources,
    resource_access,
    ssm_parameters,
)
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.verify.read_actions import read_actions
from trailbell.template.resources import macro_input, resources, type_of

_STACK_ACTIONS = (
    "ContinueUpdateRollback", "CreateChangeSet", "DeleteChangeSet", "DeleteStack",
    "DescribeChangeSet", "DescribeChangeSetHooks", "DescribeEvents", "DescribeStackEvents",
    "DescribeStackResourceDrifts", "DescribeStacks", "DetectStackDrift",
    "DetectStackResourceDrift", "ExecuteChangeSet", "GetStackPolicy", "GetTemplate",
    "ListChangeSets", "ListHookResults", "ListStackResources", "RollbackStack",
    "SetStackPolicy", "TagResource", "UntagResource", "UpdateTerminationProtection",
)  # fmt: skip
# Actions that IAM cannot limit to stacks. They only read.
_ACCOUNT_READS = (
    "account:ListRegions", "cloudformation:BatchDescribeTypeConfigurations",
    "cloudformation:DescribeStackDriftDetectionStatus", "cloudformation:GetHookResult",
    "cloudformation:ListExports", "cloudformation:ListImports",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PermissionOptions:
    """What the policies are for. ``all_stacks`` are those that the stacks can import from."""

    scope: Scope
    all_stacks: tuple[StackToDeploy, ...] = ()
    for_service_role: bool = False
    allow_deletion: bool = False
    template_key: str = ""


@dataclass(frozen=True)
class Policies:
    """Policies, and sentences about what they leave to a person."""

    policies: tuple[Policy, ...]
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> Any:
        """The document if there is one policy, else a list of names and documents."""
        if len(self.policies) == 1:
            return self.policies[0].document()
        return [
            {"PolicyName": policy.name, "PolicyDocument": policy.document()}
            for policy in self.policies
        ]


def deployer_policies(targets: Sequence[StackToDeploy], options: PermissionOptions) -> Policies:
    """Return the policies of a deployer, or those of a service role for CloudFormation.

    A deployer that passes a service role to CloudFormation needs no write permissions on the
    resources. Raises `UnsupportedError` for a resource type that declares no permissions.
    """
    statements, access = stack_statements(targets, options)
    name = "trailbell-service-role" if options.for_service_role else "trailbell-deployer"
    remarks = (*notes(statements, access, options), *_notes_on_macros(targets))
    return Policies(split(name, statements), remarks)


def stack_statements(
    targets: Sequence[StackToDeploy], options: PermissionOptions
) -> tuple[tuple[Statement, ...], Access]:
    """Return the statements of `deployer_policies`, and what they are about."""
    others = {target.stack: target for target in (*options.all_stacks, *targets)}
    stacks = tuple(Names(target, options.scope, others) for target in targets)
    deploys_itself = tuple(
        names
        for names in stacks
        if options.for_service_role or not names.target.options.service_role
    )
    access = resource_access(
        deploys_itself,
        via_cloudformation=not options.for_service_role,
        allow_deletion=options.allow_deletion,
    )
    reads = access.reads
    statements: list[Statement] = []
    if not options.for_service_role:
        statements += deploying_statements(targets, options)
        reads = _reads_of_deployer(stacks)
    statements += access.statements
    statements += _read_statements(reads)
    if arns := [arn for names in stacks for arn in ssm_parameters(names)]:
        statements.append(statement("ReadParameters", ["ssm:GetParameters"], arns))
    return tuple(statements), access


def _reads_of_deployer(stacks: tuple[Names, ...]) -> dict[tuple[str, ...], frozenset[str]]:
    """What a deployer reads, whether or not there is a service role.

    Drift detection reads each resource with the permissions of the caller.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    """
    access = resource_access(stacks, via_cloudformation=True, allow_deletion=False)
    reads = {arns: set(actions) for arns, actions in access.reads.items()}
    reads.setdefault((ANY,), set()).update(_ACCOUNT_READS)
    for names in stacks:
        for logical_id, resource in existing_resources(names):
            verified = read_actions([type_of(resource)])
            reads.setdefault(arns_to_read(names, logical_id, resource), set()).update(verified)
    return {arns: frozenset(actions) for arns, actions in reads.items()}


def _read_statements(
    reads: Mapping[tuple[str, ...], frozenset[str]],
) -> Iterator[Statement]:
    anywhere = reads.get((ANY,))
    if anywhere:
        yield statement("ReadOnly", anywhere, [ANY])
    in_buckets = {arns: actions for arns, actions in reads.items() if arns != (ANY,)}
    if in_buckets:
        actions = frozenset[str]().union(*in_buckets.values())
        yield statement("ReadBuckets", actions, [arn for arns in in_buckets for arn in arns])


def notes(
    statements: Iterable[Statement], access: Access, options: PermissionOptions
) -> Iterator[str]:
    """Return what a person has to know about these statements."""
    statements = tuple(statements)
    yield from parameter_notes(statements)
    if access.retained:
        yield (
            "The policy does not allow deleting what the templates retain "
            f"({', '.join(access.retained)}). If a first deployment fails, its rollback leaves "
            "these resources. Use --allow-deletion to allow it."
        )
    wide = sorted({each.sid for each in statements if _is_wide_write(each)})
    if wide:
        reason = (
            "Let nothing but CloudFormation and StackSets assume the role"
            if options.for_service_role
            else "They are allowed only for calls that CloudFormation makes"
        )
        yield f"IAM cannot limit these statements to names: {', '.join(wide)}. {reason}."


def parameter_notes(statements: Iterable[Statement]) -> Iterator[str]:
    """Return a note for each parameter without a value whose name is in an ARN."""
    arns = " ".join(arn for each in statements for arn in each.resources)
    for name in sorted({part.split(":")[0].split("/")[0] for part in _placeholders(arns)}):
        yield (
            f'The parameter "{name}" has no value, so the policy allows nothing on what it names. '
            f'Use --parameter {name}=VALUE, or replace "{NO_NAME}{name}".'
        )


def _notes_on_macros(targets: Iterable[StackToDeploy]) -> Iterator[str]:
    for target in targets:
        if macros := macro_input(target.source.document):
            yield (
                f"{target.stack}: The policy has no permissions for resources that "
                f"come from {' and '.join(macros)}. Add them."
            )


def _placeholders(text: str) -> list[str]:
    return [part.split("*")[0].split(" ")[0] for part in text.split(NO_NAME)[1:]]


def _is_wide_write(each: Statement) -> bool:
    only_reads = all(map(iam_actions.is_read_only, each.actions))
    return covers_any_name(each.resources) and not only_reads


def deploying_statements(
    targets: Sequence[StackToDeploy], options: PermissionOptions
) -> Iterator[Statement]:
    scope = options.scope
    stacks = [scope.arn("cloudformation", f"stack/{target.name}/*") for target in targets]
    # The stacks that a stack nests have its name, the logical ID, and random characters.
    stacks += [
        scope.arn("cloudformation", f"stack/{target.name}-{logical_id}-*")
        for target in targets
        for logical_id, resource in resources(target.source.document).items()
        if type_of(resource) == "AWS::CloudFormation::Stack"
    ]
    change_sets = scope.arn("cloudformation", "changeSet/trailbell-*/*")
    actions = (f"cloudformation:{name}" for name in _STACK_ACTIONS)
    yield statement("DeployStacks", actions, [*stacks, change_sets])
    if roles := {t.options.service_role for t in targets} - {""}:
        yield statement(
            "PassServiceRole",
            ["iam:PassRole"],
            roles,
            {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
        )
    buckets = {t.options.template_bucket for t in targets} - {""}
    yield from upload_statements(buckets, scope, options.template_key)


def upload_statements(
    buckets: Iterable[str], scope: Scope, template_key: str
) -> Iterator[Statement]:
    """Return what uploading templates needs.

    HeadObject answers 403 instead of 404 for a missing object without s3:ListBucket, which is
    an action on the bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    names = sorted({bucket.rpartition("/")[2] for bucket in buckets})  # or ACCOUNT/BUCKET
    arns = [f"arn:{scope.partition}:s3:::{name}" for name in names]
    if not arns:
        return
    yield statement(
        "UploadTemplates", ["s3:GetObject", "s3:PutObject"], [f"{arn}/trailbell/*" for arn in arns]
    )
    yield statement("ReadTemplateBucket", ["s3:GetBucketLocation", "s3:ListBucket"], arns)
    if template_key:
        yield statement(
            "EncryptTemplates",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [template_key],
            {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
        )
