"""The rule W9860: conditions on tags that a service does not send."""

from typing import Any

import pytest

from tests.validate.policy_cases import PATH, allow, identity
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyTagKeyUnsupported import PolicyTagKeyUnsupported

_KEY = "aws:ResourceTag/stage"
_TAGGED = {"StringEquals": {_KEY: "production"}}
_PLACE = f"{PATH}.Condition.StringEquals.{_KEY}"


def _policy(actions: Any, effect: str = "Deny", condition: Any = None, **more: Any) -> Resources:
    condition = condition or _TAGGED
    return identity(allow(actions, "*", Effect=effect, Condition=condition, **more))


def _finding(service: str, effect: str) -> tuple[str, str]:
    return (
        _PLACE,
        (
            f"Requests to {service} have no {_KEY}, so that its actions are never {effect}. Move "
            "them into a statement without this condition."
        ),
    )


_CASES = [
    silent("a service that supports tags", _policy("sqs:DeleteQueue")),
    silent("all services", _policy("*")),
    silent("an action from a parameter", _policy(ref("Action"))),
    silent(
        "another tag", _policy("route53:*", condition={"StringEquals": {"aws:RequestTag/a": "b"}})
    ),
    silent("without the tag", _policy("route53:*", condition={"StringNotEquals": {_KEY: "a"}})),
    silent(
        "with the tag or none",
        _policy("route53:*", condition={"StringEqualsIfExists": {_KEY: "a"}}),
    ),
    silent("a tag that is missing", _policy("route53:*", condition={"Null": {_KEY: "true"}})),
    silent("a service that AWS does not publish", _policy("nosuchservice:*")),
    silent("all but some actions are allowed", _policy(None, "Allow", NotAction="iam:*")),
    fires("denied", _policy("route53:DeleteHostedZone"), _finding("route53", "denied")),
    fires("allowed", _policy("polly:*", "Allow"), _finding("polly", "allowed")),
    fires(
        "one of two services",
        _policy(["sqs:DeleteQueue", "lakeformation:*"]),
        _finding("lakeformation", "denied"),
    ),
    fires(
        "all but some actions are denied",
        _policy(None, NotAction="iam:*"),
        (
            _PLACE,
            (
                f"Not all actions have {_KEY}, and those without are not denied. Name the actions "
                "in Action."
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyTagKeyUnsupported(), resources) == findings
