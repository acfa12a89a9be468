"""The rule W9840: iam:PassRole on all roles."""

import pytest

from tests.validate.policy_cases import PATH, allow, boundary, identity, service_control
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent, sub
from trailbell.validate.template_rules.PolicyPassesAnyRole import PolicyPassesAnyRole

_PASS = allow("iam:PassRole", "*")
_TO = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
_FINDING = (
    f"{PATH}.Resource",
    (
        "iam:PassRole on all roles gives the permissions of each of them. Name the roles in "
        "Resource, or add a condition on iam:PassedToService."
    ),
)
_APART = (_FINDING[0], _FINDING[1].replace("Service.", "Service, in a statement of its own."))
_BUT_ONE = allow("iam:PassRole", None, NotResource="arn:aws:iam::111122223333:role/x")
_CASES = [
    silent("one role", identity(_PASS | {"Resource": "arn:aws:iam::111122223333:role/x"})),
    silent("roles with a prefix", identity(_PASS | {"Resource": "arn:aws:iam::*:role/app-*"})),
    silent("to one service", identity(_PASS | {"Condition": _TO})),
    silent("a role from a parameter", identity(_PASS | {"Resource": ref("Role")})),
    silent("a Deny statement", identity(_PASS | {"Effect": "Deny"})),
    silent("a permissions boundary", boundary(_PASS)),
    silent("a service control policy", service_control(_PASS)),
    silent("a condition from a parameter", identity(_PASS | {"Condition": ref("Condition")})),
    silent("another action", identity(allow("iam:GetRole", "*"))),
    silent("every action, which another rule finds", identity(allow("*", "*"))),
    fires("every action of IAM", identity(allow("iam:*", "*")), _APART),
    fires("all roles", identity(_PASS), _FINDING),
    fires("all roles but one", identity(_BUT_ONE), (PATH, _FINDING[1])),
    fires("with other actions", identity(allow(["ec2:*", "iam:passrole"], ["*"])), _APART),
    fires(
        "all roles of the account",
        identity(_PASS | {"Resource": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*")}),
        _FINDING,
    ),
    fires(
        "with a condition on something else",
        identity(_PASS | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
        _FINDING,
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyPassesAnyRole(), resources) == findings
