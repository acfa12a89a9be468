"""The rule I9853: roles that a service can assume for any account."""

import pytest

from tests.validate.policy_cases import TRUST, trust
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyTrustWithoutSource import PolicyTrustWithoutSource

_SCHEDULER = {"Service": "scheduler.amazonaws.com"}


def _finding(service: str, path: str = f"{TRUST}.Principal.Service") -> tuple[str, str]:
    return (
        path,
        (
            f"{service} sends the account for which it assumes the role. Add a condition on "
            "aws:SourceAccount or aws:SourceArn."
        ),
    )


_CASES = [
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
