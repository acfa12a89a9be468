"""
What a change means for a role: which service may assume it, and what it may write.

In:    the old and the new properties of an `AWS::IAM::Role`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.resource_diff import ResourceDiff
from trailbell.diff.impacts.service_access import (
    ROLE_PERMISSIONS,
    SERVICE_ACCESS,
    concerns,
    find_lost_access,
)
from trailbell.template.policy import parse_statements

TYPE = "AWS::IAM::Role"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events.

    Only roles that CloudTrail or CloudWatch Logs assumes are a part of detection.
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
