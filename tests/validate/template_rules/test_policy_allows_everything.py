"""The rule W9842: every action on every resource."""

import pytest

from tests.validate.policy_cases import PATH, allow, boundary, identity, service_control
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
from trailbell.validate.template_rules.PolicyAllowsEverything import PolicyAllowsEverything

_EVERYTHING = allow("*", "*")
_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
_FINDING = (
    "The statement allows every action on every resource. Name the actions, or attach the AWS "
    "managed policy AdministratorAccess to say that this is meant."
)
_CASES = [
    silent("every action of a service", identity(allow("s3:*", "*"))),
    silent("every action on a bucket", identity(allow("*", "arn:aws:s3:::b"))),
    silent("a Deny statement", identity(allow("*", "*", Effect="Deny"))),
    silent("with a condition", identity(allow("*", "*", Condition=_MFA))),
    silent("a permissions boundary", boundary(_EVERYTHING)),
    silent("a service control policy", service_control(_EVERYTHING)),
    silent(
        "the policy of an endpoint",
        {"P": resource("EC2::VPCEndpoint", PolicyDocument={"Statement": _EVERYTHING})},
    ),
    silent("every action of two services", identity(allow(["s3:*", "sqs:*"], "*"))),
    silent("an action from a parameter", identity(allow(ref("Action"), "*"))),
    silent("the resources of a parameter", identity(allow("*", ref("Resources")))),
    silent("a condition from a parameter", identity(allow("*", "*", Condition=ref("Condition")))),
    fires(
        "all resources but one",
        identity(allow("*", None, NotResource="arn:aws:s3:::b")),
        (f"{PATH}.Action", _FINDING),
    ),
    fires("an administrator", identity(_EVERYTHING), (f"{PATH}.Action", _FINDING)),
    fires("in lists", identity(allow(["s3:*", "*"], ["*"])), (f"{PATH}.Action", _FINDING)),
    fires(
        "without a condition in a branch",
        identity(allow("*", "*", Condition=either(_MFA, NO_VALUE))),
        (f"{PATH}.Action", _FINDING),
    ),
    fires(
        "a function of SAM",
        {"P": resource("Serverless::Function", Policies=["x", {"Statement": [_EVERYTHING]}])},
        ("P.Properties.Policies.1.Statement.0.Action", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyAllowsEverything(), resources) == findings
