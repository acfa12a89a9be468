"""The rule W9849: control policies of an organization."""

from typing import Any

import pytest

from tests.validate.policy_cases import allow, identity, service_control
from tests.validate.rule_matches import (
    Matches,
    Resources,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.PolicyControlSyntax import PolicyControlSyntax

_AT = "P.Properties.Content.Statement.0"


def _resource_control(**members: Any) -> Resources:
    statement = allow("s3:*", "*", Effect="Deny", Principal="*") | members
    content = {"Statement": [{name: it for name, it in statement.items() if it is not None}]}
    return {"P": resource("Organizations::Policy", Type="RESOURCE_CONTROL_POLICY", Content=content)}


_CASES = [
    silent("a service control policy", service_control(allow("ec2:*", "*", Effect="Deny"))),
    silent(
        "all of the language in a service control policy",
        service_control(allow(None, None, NotAction="iam:*", NotResource="arn:aws:s3:::b")),
    ),
    silent("a resource control policy", _resource_control()),
    silent("a principal from a parameter", _resource_control(Principal=ref("Principal"))),
    silent("actions of two services", _resource_control(Action=["s3:*", "sqs:*"])),
    silent("an identity policy", identity(allow("*", "*"))),
    silent(
        "a tag policy",
        {"P": resource("Organizations::Policy", Type="TAG_POLICY", Content={"tags": {}})},
    ),
    fires(
        "a principal in a service control policy",
        service_control(allow("ec2:*", "*", Principal="*")),
        (f"{_AT}.Principal", "A service control policy has no Principal. Remove it."),
    ),
    fires(
        "a resource control policy that allows",
        _resource_control(Effect="Allow"),
        (
            f"{_AT}.Effect",
            "A resource control policy only denies. Deny what does not meet the condition.",
        ),
    ),
    fires(
        "all actions but some",
        _resource_control(Action=None, NotAction="s3:GetObject"),
        (
            f"{_AT}.NotAction",
            "A resource control policy has no NotAction. Name the actions in Action.",
        ),
    ),
    fires(
        "all principals but some",
        _resource_control(Principal=None, NotPrincipal={"AWS": "111122223333"}),
        (
            f"{_AT}.NotPrincipal",
            "A resource control policy has no NotPrincipal. Use a condition.",
        ),
    ),
    fires(
        "an account",
        _resource_control(Principal={"AWS": "111122223333"}),
        (
            f"{_AT}.Principal",
            'The Principal of a resource control policy is "*". Use a condition.',
        ),
    ),
    fires(
        "every action",
        _resource_control(Action="*"),
        (
            f"{_AT}.Action",
            'A resource control policy cannot have Action "*". Name the services.',
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyControlSyntax(), resources) == findings
