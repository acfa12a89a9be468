"""Who StackSets is, and what it may do: whole documents, and that it is enough."""

import re
from typing import Any

import pytest
from troposphere import encode_to_dict

from policies.stackset_roles import (
    administration,
    administration_trust,
    execution,
    execution_trust,
)
from trailbell.deploy import permissions
from trailbell.deploy.environment import Options
from trailbell.deploy.permissions import Scope
from trailbell.deploy.target import Target
from trailbell.dist.templates import sources
from trailbell.source_location import PROJECT


def test_cloudformation_takes_the_role_for_the_stack_sets_of_one_account() -> None:
    assert encode_to_dict(administration_trust(account="ACCOUNT", stack_sets_arn="SETS")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "StackSetsTakeTheRole",
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


def test_the_administration_role_takes_execution_roles_and_nothing_else() -> None:
    assert encode_to_dict(administration(execution_roles_arn="ROLES")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TakeExecutionRoles",
                "Effect": "Allow",
                "Action": ["sts:AssumeRole"],
                "Resource": ["ROLES"],
            }
        ],
    }


def test_only_the_administration_role_takes_the_execution_role() -> None:
    found = encode_to_dict(execution_trust(administrator_root="ROOT", administration_role="ROLE"))
    assert found == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AdministrationRoleTakesTheRole",
                "Effect": "Allow",
                "Principal": {"AWS": "ROOT"},
                "Action": ["sts:AssumeRole"],
                "Condition": {"ArnEquals": {"aws:PrincipalArn": "ROLE"}},
            }
        ],
    }


# ------------------------------------------------------------------------------- execution

_STATEMENTS: list[dict[str, Any]] = encode_to_dict(execution(arn=lambda rest: rest))["Statement"]
_UNUSED = re.compile(
    # Features of these types that no template here uses; a stack that begins to needs them.
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
def test_what_the_handlers_of_a_stack_need_is_allowed(stack: str) -> None:
    """CloudFormation's own schemas say what each type needs."""
    target = Target(
        source=sources(PROJECT / "dist", [stack])[0],
        options=Options(stack_name=f"StackSet-{stack}"),
    )
    needed = encode_to_dict(permissions.policy([target], Scope(), boundary=True))
    actions = {action for statement in needed["Statement"] for action in statement["Action"]}
    assert {a for a in actions if not _allowed(a) and not _UNUSED.match(a)} == set()


def test_what_can_be_narrowed_is() -> None:
    wide = [s["Sid"] for s in _STATEMENTS if s["Resource"] == ["*"]]
    assert wide == ["Stacks", "LookAndWhatCannotBeNarrowed"]


def test_roles_are_handed_to_cloudtrail_only() -> None:
    (handing,) = [s for s in _STATEMENTS if "iam:PassRole" in s["Action"]]
    assert handing == {
        "Sid": "HandRolesToCloudTrail",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": ["iam::${Account}:role/StackSet-*"],
        "Condition": {"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}},
    }
    assert not any(_allowed(a) for a in ("iam:CreateUser", "iam:AttachRolePolicy", "s3:GetObject"))
