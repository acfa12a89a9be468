"""The rule W9841: NotAction with Allow."""

import pytest

from tests.validate.policy_cases import (
    PATH,
    TRUST,
    allow,
    boundary,
    identity,
    service_control,
    trust,
)
from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.PolicyAllowsNotAction import PolicyAllowsNotAction

_ALL_BUT = allow(None, "*", NotAction="iam:*")
_FINDING = (
    "The statement allows all actions but those in NotAction, also those of services that AWS "
    "adds. Name the actions in Action."
)
_CASES = [
    silent("actions", identity(allow("iam:*", "*"))),
    silent("a Deny statement", identity(_ALL_BUT | {"Effect": "Deny"})),
    silent("a bucket", identity(_ALL_BUT | {"Resource": "arn:aws:s3:::b/*"})),
    silent("resources from a parameter", identity(_ALL_BUT | {"Resource": ref("Resources")})),
    silent("a permissions boundary", boundary(_ALL_BUT)),
    silent("a service control policy", service_control(_ALL_BUT)),
    silent("a bucket of the template", identity(_ALL_BUT | {"Resource": ref("Bucket")})),
    silent(
        "the policy of an endpoint, which gives nothing",
        {"P": resource("EC2::VPCEndpoint", PolicyDocument={"Statement": _ALL_BUT})},
    ),
    silent("a parameter in place of a statement", identity(ref("Statement"))),
    fires(
        "everything but IAM, on all but one resource",
        identity(allow(None, None, NotAction="iam:*", NotResource="arn:aws:s3:::b")),
        (f"{PATH}.NotAction", _FINDING),
    ),
    fires("everything but IAM", identity(_ALL_BUT), (f"{PATH}.NotAction", _FINDING)),
    fires(
        "in a branch",
        identity(either(_ALL_BUT, allow())),
        (f"{PATH}.Fn::If.1.NotAction", _FINDING),
    ),
    fires(
        "a trust policy",
        {
            "P": trust({"AWS": "x"}, NotAction="sts:TagSession")["P"],
        },
        (f"{TRUST}.NotAction", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyAllowsNotAction(), resources) == findings
