"""Who can assume the StackSets roles; what the execution role can do is tested apart."""

import json
from typing import Any

import pytest
from troposphere import encode_to_dict

from policies.stackset_roles import (
    administration_permissions_policy,
    administration_trust_policy,
    execution_trust_policy,
)
from tests import PROJECT
from trailbell.dist.built_templates import load_templates
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.limits import MANAGED_POLICY_CHARACTERS
from trailbell.template.resources import resources, type_of


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


# A value of a parameter has at most 4,096 bytes: with the shortest ARNs, most of them.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
def _longest_list(arn: str) -> str:
    return ",".join([arn] * ((4_096 + 1) // (len(arn) + 1)))


_LONGEST = {
    "AdministrationRoleName": "A" * 64,
    "AdministratorAccountId": "111122223333",
    "AllowSearch": "yes",
    "DestinationArn": f"arn:aws-us-gov:es:us-gov-west-1:111122223333:domain/{'d' * 28}",
    "ExecutionRoleName": "E" * 64,
    "FunctionArns": _longest_list("arn:aws:lambda:*:*:function:*"),
    "InstallationName": "i" * 40,
    "LogGroupArns": _longest_list("arn:aws:logs:*:*:log-group:*"),
    "OptInRegions": "ap-southeast-1",
}


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param(_LONGEST, id="all parameters"),
        pytest.param({**_LONGEST, "DestinationArn": ""}, id="no domain"),
    ],
)
def test_policies_keep_the_quotas_of_iam_with_the_longest_values(
    parameters: dict[str, str],
) -> None:
    """10,240 characters of all policies in a role together, and 6,144 of each managed policy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    template = load_templates(PROJECT / "dist", ["stackset-roles"])[0].document
    pseudo = {"AWS::AccountId": "111122223333", "AWS::Partition": "aws-us-gov"}
    evaluator = Evaluator(template, Scope(parameters=parameters, pseudo=pseudo))
    too_long = {}
    for logical_id, resource in resources(template).items():
        properties = evaluator.value(resource["Properties"])
        if type_of(resource) == "AWS::IAM::Role":
            length, quota = sum(map(_characters, properties["Policies"])), 10_240
        else:
            length, quota = _characters(properties), MANAGED_POLICY_CHARACTERS
        if length > quota:
            too_long[logical_id] = length
    assert too_long == {}


def _characters(holder: dict[str, Any]) -> int:
    return len(json.dumps(holder["PolicyDocument"], separators=(",", ":")))
