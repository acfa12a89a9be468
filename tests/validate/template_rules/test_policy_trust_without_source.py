"""The rule I9853: roles that a service can assume for any account."""

from typing import Any

import pytest

from tests.validate.policy_cases import TRUST, trust
from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.PolicyTrustWithoutSource import PolicyTrustWithoutSource

_SCHEDULER = {"Service": "scheduler.amazonaws.com"}
_ARN_OF_ROLE = {"Fn::GetAtt": ["P", "Arn"]}


def _principal(service: str) -> dict[str, str]:
    return {"Service": f"{service}.amazonaws.com"}


def _finding(service: str, path: str = f"{TRUST}.Principal.Service") -> tuple[str, str]:
    return (
        path,
        (
            f"{service} sends the account for which it assumes the role. Add a condition on "
            "aws:SourceAccount or aws:SourceArn."
        ),
    )


_ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"
_CLOUDFORMATION = {"Service": "cloudformation.amazonaws.com"}


def _role(name: Any) -> Resources:
    role = trust(_CLOUDFORMATION)["P"]
    return {"P": role | {"Properties": role["Properties"] | {"RoleName": name}}}


def _stack_set(role: Any) -> Resources:
    return {"S": resource("CloudFormation::StackSet", AdministrationRoleARN=role)}


# The ARN that each service sends, as its page has it.
_ARNS = {
    "codedeploy": "arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:app/*",
    "config": "arn:aws:config:us-east-1:111122223333:*",
    "events": "arn:aws:events:us-east-1:111122223333:rule/rule",
    "hooks.cloudformation": "arn:aws:cloudformation:us-east-1:111122223333:type/hook/A-B-C",
    "pipes": "arn:aws:pipes:us-east-1:111122223333:pipe/pipe",
    "resources.cloudformation": "arn:aws:cloudformation:us-east-1:111122223333:type/resource/A-B-C",
}
_CONDITIONS = [
    {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    {"StringEquals": {"AWS:SourceAccount": ref("AWS::AccountId")}},
    {"StringEquals": {"aws:SourceOrgID": "o-1"}},
]

_CASES = [
    *(
        silent(f"{service} with {condition}", trust(_principal(service), Condition=condition))
        for service, arn in _ARNS.items()
        for condition in (*_CONDITIONS, {"ArnLike": {"aws:SourceArn": arn}})
    ),
    silent("a role for stacks", trust(_CLOUDFORMATION)),
    silent("a role for stacks with another name", _role("Deploy")),
    silent("a role for stacks with a name from a parameter", _role(ref("Name"))),
    silent("a stack set with another role", trust(_CLOUDFORMATION) | _stack_set(ref("Role"))),
    silent("a stack set without a role", trust(_CLOUDFORMATION) | _stack_set(NO_VALUE)),
    silent(
        "the administration role with a condition",
        trust(_CLOUDFORMATION, Condition=_CONDITIONS[0]) | _stack_set(_ARN_OF_ROLE),
    ),
    silent(
        "Glue, whose pages have no trust policy with a condition",
        trust(_principal("glue")),
    ),
    silent("a function", trust({"Service": "lambda.amazonaws.com"})),
    silent("an instance", trust({"Service": "ec2.amazonaws.com"})),
    silent("a task", trust({"Service": "ecs-tasks.amazonaws.com"})),
    silent("an account", trust({"AWS": "111122223333"})),
    silent(
        "a condition",
        trust(_SCHEDULER, Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}}),
    ),
    silent(
        "an external ID",
        trust(_SCHEDULER, Condition={"StringEquals": {"sts:ExternalId": "111122223333"}}),
    ),
    silent("a condition from a parameter", trust(_SCHEDULER, Condition=ref("Condition"))),
    silent("a Deny statement", trust(_SCHEDULER, Effect="Deny")),
    silent("a service from a parameter", trust({"Service": ref("Service")})),
    fires("a schedule", trust(_SCHEDULER), _finding("scheduler.amazonaws.com")),
    *(
        fires(service, trust(_principal(service)), _finding(f"{service}.amazonaws.com"))
        for service in _ARNS
    ),
    fires(
        "the administration role by its name",
        _role(_ADMINISTRATION_ROLE),
        _finding("cloudformation.amazonaws.com"),
    ),
    fires(
        "the administration role of a stack set",
        trust(_CLOUDFORMATION) | _stack_set(_ARN_OF_ROLE),
        _finding("cloudformation.amazonaws.com"),
    ),
    fires(
        "the administration role of a stack set in a branch",
        trust(_CLOUDFORMATION) | _stack_set(either(_ARN_OF_ROLE, NO_VALUE)),
        _finding("cloudformation.amazonaws.com"),
    ),
    fires(
        "one of two services",
        trust({"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}),
        _finding("states.amazonaws.com", f"{TRUST}.Principal.Service.1"),
    ),
    fires(
        "a condition on something else",
        trust(_SCHEDULER, Condition={"Bool": {"aws:SecureTransport": "true"}}),
        _finding("scheduler.amazonaws.com"),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyTrustWithoutSource(), resources) == findings
