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
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.permissions.deployer import PermissionOptions, deployer_policies
from trailbell.deploy.permissions.policy import Scope
from trailbell.deploy.target import StackToDeploy
from trailbell.dist.built_templates import load_templates
from trailbell.source_location import PROJECT
from trailbell.template.evaluate import Evaluator
from trailbell.template.evaluate import Scope as EvaluationScope


def test_cloudformation_assumes_the_role_for_stack_sets_of_one_account() -> None:
    assert encode_to_dict(
        administration_trust_policy(services="SERVICES", account="ACCOUNT", stack_sets_arn="SETS")
    ) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowStackSetsAssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "SERVICES"},
                "Action": ["sts:AssumeRole"],
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "ACCOUNT"},
                    "ArnLike": {"aws:SourceArn": "SETS"},
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("regions", "services"),
    [
        pytest.param("", "cloudformation.amazonaws.com", id="none is the global principal alone"),
        pytest.param(
            "af-south-1",
            ["cloudformation.amazonaws.com", "cloudformation.af-south-1.amazonaws.com"],
            id="one",
        ),
        pytest.param(
            "af-south-1,eu-south-1",
            [
                "cloudformation.amazonaws.com",
                "cloudformation.af-south-1.amazonaws.com",
                "cloudformation.eu-south-1.amazonaws.com",
            ],
            id="several",
        ),
    ],
)
def test_the_administration_role_trusts_cloudformation_in_each_opt_in_region(
    regions: str, services: Any
) -> None:
    template = load_templates(PROJECT / "dist", ["stackset-roles"])[0].document
    role = template["Resources"]["AdministrationRole"]["Properties"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    evaluator = Evaluator(template, EvaluationScope(parameters={"OptInRegions": regions}))
    assert evaluator.value(statement["Principal"]["Service"]) == services


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
    options = PermissionOptions(scope=Scope(), for_service_role=True, allow_deletion=True)
    actions = {
        action
        for policy in deployer_policies([target], options).policies
        for statement in policy.statements
        for action in statement.actions
    }
    assert {action for action in actions if not _allowed(action)} == set()


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
