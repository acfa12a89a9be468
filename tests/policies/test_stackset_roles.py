"""The policies of the StackSets roles: whole documents, and whether they are sufficient."""

import re
from typing import Any

import pytest
from troposphere import encode_to_dict

from policies.stackset_roles import (
    administration_permissions_policy,
    administration_trust_policy,
    execution_permissions_policy,
    execution_trust_policy,
)
from trailbell.deploy import permissions
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.permissions import Scope
from trailbell.deploy.target import StackToDeploy
from trailbell.dist.built_templates import load_templates
from trailbell.source_location import PROJECT


def test_cloudformation_assumes_the_role_for_stack_sets_of_one_account() -> None:
    assert encode_to_dict(
        administration_trust_policy(account="ACCOUNT", stack_sets_arn="SETS")
    ) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowStackSetsAssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "cloudformation.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "ACCOUNT"},
                    "ArnLike": {"aws:SourceArn": "SETS"},
                },
            }
        ],
    }


def test_the_administration_role_only_assumes_execution_roles() -> None:
    assert encode_to_dict(administration_permissions_policy(execution_roles_arn="ROLES")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AssumeExecutionRoles",
                "Effect": "Allow",
                "Action": ["sts:AssumeRole"],
                "Resource": ["ROLES"],
            }
        ],
    }


def test_only_the_administration_role_assumes_the_execution_role() -> None:
    policy = encode_to_dict(
        execution_trust_policy(administrator_root="ROOT", administration_role="ROLE")
    )
    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowAdministrationRoleAssumeRole",
                "Effect": "Allow",
                "Principal": {"AWS": "ROOT"},
                "Action": ["sts:AssumeRole"],
                "Condition": {"ArnEquals": {"aws:PrincipalArn": "ROLE"}},
            }
        ],
    }


# ------------------------------------------------------------------------------- execution

_STATEMENTS: list[dict[str, Any]] = encode_to_dict(
    execution_permissions_policy(build_arn=lambda suffix: suffix)
)["Statement"]
_UNUSED = re.compile(
    # For features of these types that no template uses. A stack that uses one needs the action.
    r"s3tables:|firehose:|organizations:|iam:CreateServiceLinkedRole|iam:(At|De)tachRolePolicy"
    r"|iam:(Put|Delete)RolePermissionsBoundary|cloudtrail:PutEventConfiguration"
    r"|logs:(Put|Delete)(DataProtection|Index|Resource)Policy|logs:CreateLogDelivery"
    r"|logs:PutBearerTokenAuthentication|logs:PutLogGroupDeletionProtection|lambda:GetPolicy"
    r"|s3:\w*(Metadata|Accelerate|Analytics|Metrics|Replication|IntelligentTiering|Inventory"
    r"|ObjectLock|Abac)\w*|s3:(DeleteObject|PutObjectAcl)|s3:GetReplicationConfiguration"
)
_STACKS = ("alerts", "dashboard", "security-alerts", "tamper", "tamper-queries", "trail")


def _allowed(action: str) -> bool:
    patterns = (pattern for statement in _STATEMENTS for pattern in statement["Action"])
    return any(re.fullmatch(p.replace("*", ".*"), action, re.IGNORECASE) for p in patterns)


@pytest.mark.parametrize("stack", _STACKS)
def test_actions_that_the_resource_handlers_need_are_allowed(stack: str) -> None:
    """The resource schemas of CloudFormation list the actions that each type needs."""
    target = StackToDeploy(
        source=load_templates(PROJECT / "dist", [stack])[0],
        options=StackSettings(stack_name=f"StackSet-{stack}"),
    )
    required = encode_to_dict(permissions.deployer_policy([target], Scope(), for_service_role=True))
    actions = {action for statement in required["Statement"] for action in statement["Action"]}
    assert {a for a in actions if not _allowed(a) and not _UNUSED.match(a)} == set()


def test_only_unscoped_actions_apply_to_all_resources() -> None:
    unscoped = [s["Sid"] for s in _STATEMENTS if s["Resource"] == ["*"]]
    assert unscoped == ["ManageStacks", "ReadResourcesAndUnscopedActions"]


def test_roles_are_passed_to_cloudtrail_only() -> None:
    (statement,) = [s for s in _STATEMENTS if "iam:PassRole" in s["Action"]]
    assert statement == {
        "Sid": "PassRolesToCloudTrail",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": ["iam::${Account}:role/StackSet-*"],
        "Condition": {"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}},
    }
    assert not any(_allowed(a) for a in ("iam:CreateUser", "iam:AttachRolePolicy", "s3:GetObject"))
