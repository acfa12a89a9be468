"""
What happens to a physical resource that is removed or replaced: DeletionPolicy and
UpdateReplacePolicy.

In:    a resource of a template.
Out:   a `PolicyAction`.
Never: whether the resource is removed or replaced.
"""

from collections.abc import Mapping
from typing import Any

from trailbell.diff.model import PolicyAction
from trailbell.template.resources import properties, type_of

_SNAPSHOT_BY_DEFAULT = frozenset({"AWS::RDS::DBCluster"})


def removal_policy(resource: Mapping[str, Any]) -> PolicyAction:
    """Return what happens to a resource that is removed from its stack.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    default = "Snapshot" if _snapshot_by_default(resource) else "Delete"
    match resource.get("DeletionPolicy", default):
        case "Retain" | "RetainExceptOnCreate":
            return PolicyAction.RETAIN
        case "Snapshot":
            return PolicyAction.SNAPSHOT
        case _:
            return PolicyAction.DELETE


def _snapshot_by_default(resource: Mapping[str, Any]) -> bool:
    resource_type = type_of(resource)
    if resource_type == "AWS::RDS::DBInstance":
        return "DBClusterIdentifier" not in properties(resource)
    return resource_type in _SNAPSHOT_BY_DEFAULT


def replacement_policy(resource: Mapping[str, Any]) -> PolicyAction:
    """Return what happens to the old resource after a replacement.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatereplacepolicy.html
    """
    match resource.get("UpdateReplacePolicy", "Delete"):
        case "Retain":
            return PolicyAction.REPLACE_AND_RETAIN
        case "Snapshot":
            return PolicyAction.REPLACE_AND_SNAPSHOT
        case _:
            return PolicyAction.REPLACE_AND_DELETE
