"""Who can assume the StackSets roles; what the execution role can do is tested apart."""

from typing import Any

import pytest
from troposphere import encode_to_dict

from policies.stackset_roles import (
    administration_permissions_policy,
    administration_trust_policy,
    execution_trust_policy,
)
from trailbell.dist.built_templates import load_templates
from trailbell.source_location import PROJECT
from trailbell.template.evaluate import Evaluator, Scope


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
    evaluator = Evaluator(template, Scope(parameters={"OptInRegions": regions}))
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
