"""The rule I9858: ARNs that are compared as text."""

import pytest

from tests.validate.policy_cases import PATH, conditional
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyArnComparedAsText import PolicyArnComparedAsText

_ROLES = "arn:aws:iam::111122223333:role/ci-*"


def _finding(operator: str, key: str, better: str) -> tuple[str, str]:
    return (
        f"{PATH}.Condition.{operator}.{key}",
        f"{operator} compares {key} as text. Use {better}.",
    )


_CASES = [
    silent("an operator of ARNs", conditional(ArnLike={"aws:PrincipalArn": _ROLES})),
    silent("the same ARN", conditional(StringEquals={"aws:PrincipalArn": "arn:aws:iam::1:role/r"})),
    silent("a text", conditional(StringLike={"aws:PrincipalTag/team": "a*"})),
    silent("an ID", conditional(StringLike={"aws:userid": "AROAEXAMPLEID:*"})),
    silent("a key without a type", conditional(StringLike={"example.com:sub": _ROLES})),
    silent("a key that must be there", conditional(Null={"aws:SourceArn": "false"})),
    fires(
        "a pattern of roles",
        conditional(StringLike={"aws:PrincipalArn": _ROLES}),
        _finding("StringLike", "aws:PrincipalArn", "ArnLike"),
    ),
    fires(
        "a pattern from a parameter",
        conditional(StringLike={"aws:SourceArn": ref("Source")}),
        _finding("StringLike", "aws:SourceArn", "ArnLike"),
    ),
    fires(
        "all but a pattern, if the key is there",
        conditional(StringNotLikeIfExists={"aws:PrincipalArn": _ROLES}),
        _finding("StringNotLikeIfExists", "aws:PrincipalArn", "ArnNotLikeIfExists"),
    ),
    fires(
        "a key of a service",
        conditional(StringLike={"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}),
        _finding("StringLike", "iam:PolicyARN", "ArnLike"),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyArnComparedAsText(), resources) == findings
