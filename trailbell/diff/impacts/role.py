"""
What a change means for a role: which service may assume it, and what it may write.

In:    the old and the new properties of an `AWS::IAM::Role`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.policy_faults import describe_refusals, find_policy_faults
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    compare,
    parse_json,
)
from trailbell.diff.judgment.required_access import ROLE_PERMISSIONS, SERVICE_ACCESS
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list
from trailbell.diff.judgment.service_access import concerns, find_lost_access
from trailbell.template.evaluate import is_unknown
from trailbell.template.policy import parse_statements
from trailbell.template.policy_evaluation import (
    PolicyRequest,
    PolicyStatement,
    list_statements,
    refusal,
    sample_requests,
)

TYPE = "AWS::IAM::Role"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events.

    Only roles that CloudTrail, CloudWatch Logs or EventBridge assumes are a part of detection.
    """
    services = _services(diff.before)
    if not services:
        return
    if diff.removed:
        yield "This role is deleted: services that assume it can no longer write."
        return
    if diff.replaced:
        yield f"This role {diff.replaced}: services that name the old one can no longer write."
    for access in SERVICE_ACCESS[TYPE]:
        if access.service in services:
            yield from find_lost_access(
                diff.before.get("AssumeRolePolicyDocument"),
                diff.after.get("AssumeRolePolicyDocument"),
                access,
            )
    for service in services:
        yield from find_lost_access(
            diff.before.get("Policies"), diff.after.get("Policies"), ROLE_PERMISSIONS[service]
        )
    yield from _limit_gaps(diff)


def _services(properties: Mapping[str, Any]) -> list[str]:
    trust = list(parse_statements(properties.get("AssumeRolePolicyDocument")))
    return [
        service
        for service in ROLE_PERMISSIONS
        if any(
            f"Service:{service}." in principal and concerns(statement, service, "sts:AssumeRole")
            for statement in trust
            for principal in statement.principals
        )
    ]


def _limit_gaps(diff: ResourceDiff) -> Iterator[str]:
    boundary = diff.after.get("PermissionsBoundary")
    if boundary and diff.changed("PermissionsBoundary"):
        yield (
            f"The permissions boundary is {describe(boundary)}: what it does not allow, the role "
            "can no longer do."
        )
    for policy in diff.lost("ManagedPolicyArns"):
        yield f"The managed policy {describe(policy)} is removed: the role may be unable to write."


# What AWS describes

GET_ROLE = Operation(service="iam", name="GetRole")
LIST_INLINE = Operation(service="iam", name="ListRolePolicies", items="PolicyNames")
GET_INLINE = Operation(service="iam", name="GetRolePolicy", optional=True)
LIST_ATTACHED = Operation(service="iam", name="ListAttachedRolePolicies", items="AttachedPolicies")
GET_POLICY = Operation(service="iam", name="GetPolicy", optional=True)
GET_VERSION = Operation(service="iam", name="GetPolicyVersion", optional=True)
READS = (GET_ROLE, LIST_INLINE, GET_INLINE, LIST_ATTACHED, GET_POLICY, GET_VERSION)


def list_reads(described: Described) -> Iterator[Read]:
    """The role, its inline policies, and the managed policies that can restrict it."""
    name = described.physical_id
    yield GET_ROLE(RoleName=name)
    yield LIST_INLINE(RoleName=name)
    yield LIST_ATTACHED(RoleName=name)
    for policy in described.items(LIST_INLINE(RoleName=name)):
        yield GET_INLINE(RoleName=name, PolicyName=policy)
    for arn in (_boundary(described), *_attached(described)):
        if arn:
            yield GET_POLICY(PolicyArn=arn)
            yield from _version_read(described, arn)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps a service from assuming the role, and the role from writing."""
    role = described.answer(GET_ROLE(RoleName=described.physical_id))
    if role is not None:
        trust = parse_json(role.get("Role", {}).get("AssumeRolePolicyDocument"))
        wanted = described.property("AssumeRolePolicyDocument")
        yield from find_policy_faults("trust policy", wanted, trust, described)
        yield from _boundary_faults(described)
    yield from _attachment_faults(described)
    if all(described.answer(read) is not None for read in _policy_reads(described)):
        live = _live_statements(described)
        yield from describe_refusals("The role", _wanted_requests(described), live)


def _version_read(described: Described, arn: str) -> Iterator[Read]:
    policy = described.answer(GET_POLICY(PolicyArn=arn))
    if policy is not None:
        version = policy.get("Policy", {}).get("DefaultVersionId", "v1")
        yield GET_VERSION(PolicyArn=arn, VersionId=version)


def _policy_reads(described: Described) -> Iterator[Read]:
    """The reads that say what the role may do."""
    name = described.physical_id
    yield LIST_INLINE(RoleName=name)
    for policy in described.items(LIST_INLINE(RoleName=name)):
        yield GET_INLINE(RoleName=name, PolicyName=policy)


def _boundary(described: Described) -> str:
    role = described.answer(GET_ROLE(RoleName=described.physical_id)) or {}
    boundary = role.get("Role", {}).get("PermissionsBoundary", {})
    return str(boundary.get("PermissionsBoundaryArn", ""))


def _attached(described: Described) -> list[str]:
    attached = described.items(LIST_ATTACHED(RoleName=described.physical_id))
    return [str(policy.get("PolicyArn", "")) for policy in attached]


def _managed_statements(described: Described, arn: str) -> tuple[PolicyStatement, ...] | None:
    """The statements of a managed policy; None if it could not be read."""
    for read in _version_read(described, arn):
        answer = described.answer(read)
        if answer is not None:
            return list_statements(parse_json(answer.get("PolicyVersion", {}).get("Document")))
    return None


def _live_statements(described: Described) -> tuple[PolicyStatement, ...]:
    inline = [
        list_statements(parse_json((described.answer(read) or {}).get("PolicyDocument")))
        for read in _policy_reads(described)
        if read.operation is GET_INLINE
    ]
    managed = [_managed_statements(described, arn) or () for arn in _attached(described)]
    return tuple(statement for statements in (*inline, *managed) for statement in statements)


def _wanted_requests(described: Described) -> list[PolicyRequest]:
    """What the inline policies of the template allow the role to do."""
    policies = [
        entry.get("PolicyDocument")
        for entry in as_list(described.property("Policies"))
        if isinstance(entry, Mapping)
    ]
    statements = [statement for policy in policies for statement in list_statements(policy)]
    context = {"aws:securetransport": "true", "aws:requestedregion": described.stack.region}
    return [
        request
        for statement in statements
        if statement.get("Effect") == "Allow" and not is_unknown(statement)
        for request in sample_requests(statement, context)
        if not refusal(statements, request)
    ]


def _boundary_faults(described: Described) -> Iterator[Finding]:
    arn, wanted = _boundary(described), described.property("PermissionsBoundary")
    if wanted is not None:
        yield from compare("PermissionsBoundary", wanted, arn or None)
    statements = _managed_statements(described, arn) if arn else None
    if statements is not None:
        name = f"The permissions boundary {arn}"
        yield from describe_refusals(name, _wanted_requests(described), statements)


def _attachment_faults(described: Described) -> Iterator[Finding]:
    read = LIST_ATTACHED(RoleName=described.physical_id)
    if described.answer(read) is None:
        return
    for arn in as_list(described.property("ManagedPolicyArns")):
        if isinstance(arn, str) and arn not in _attached(described):
            yield Finding(f"The policy {arn} is no longer attached.")
