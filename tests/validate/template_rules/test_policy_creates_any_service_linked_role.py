"""The rule W9844: service-linked roles for all services."""

import pytest

from tests.validate.policy_cases import PATH, allow, boundary, identity, service_control
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyCreatesAnyServiceLinkedRole import (
    PolicyCreatesAnyServiceLinkedRole,
)

_CREATE = allow("iam:CreateServiceLinkedRole", "*")
_FOR = {"StringLike": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}}
_ROLES = "arn:aws:iam::*:role/aws-service-role"
_FINDING = (
    f"{PATH}.Resource",
    (
        "iam:CreateServiceLinkedRole for all services lets each of them into the account. Add a "
        "condition on iam:AWSServiceName."
    ),
)
_CASES = [
    silent("for one service", identity(_CREATE | {"Condition": _FOR})),
    silent("by its path", identity(_CREATE | {"Resource": f"{_ROLES}/es.amazonaws.com/*"})),
    silent("a role from a parameter", identity(_CREATE | {"Resource": ref("Role")})),
    silent("a Deny statement", identity(_CREATE | {"Effect": "Deny"})),
    silent("a permissions boundary", boundary(_CREATE)),
    silent("a service control policy", service_control(_CREATE)),
    silent("another action", identity(allow("iam:CreateRole", "*"))),
    silent("every action of IAM, which another rule finds", identity(allow("iam:*", "*"))),
    silent(
        "the services of a kind", identity(_CREATE | {"Resource": f"{_ROLES}/*.autoscaling.*/*"})
    ),
    silent("a condition from a parameter", identity(_CREATE | {"Condition": ref("Condition")})),
    fires("by a path of any", identity(_CREATE | {"Resource": f"{_ROLES}/*/*"}), _FINDING),
    fires(
        "by a domain of any",
        identity(_CREATE | {"Resource": f"{_ROLES}/*.amazonaws.com/*"}),
        _FINDING,
    ),
    silent("a pattern of other actions", identity(allow("iam:*Policy", "*"))),
    fires("by the end of its name", identity(allow("iam:*ServiceLinkedRole", "*")), _FINDING),
    fires("by a pattern", identity(allow("iam:Create*", "*")), _FINDING),
    fires(
        "all but one role",
        identity(allow("iam:CreateServiceLinkedRole", None, NotResource=f"{_ROLES}/x")),
        (PATH, _FINDING[1]),
    ),
    fires("for all services", identity(_CREATE), _FINDING),
    fires("by the path of all", identity(_CREATE | {"Resource": [f"{_ROLES}/*"]}), _FINDING),
    fires(
        "with a condition on something else",
        identity(_CREATE | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
        _FINDING,
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyCreatesAnyServiceLinkedRole(), resources) == findings
