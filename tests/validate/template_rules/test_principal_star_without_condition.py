"""The rule E9807: a policy with Principal '*' has a condition."""

import pytest

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
from trailbell.validate.template_rules.PrincipalStarWithoutCondition import (
    PrincipalStarWithoutCondition,
)


def _policy(statement: object, kind: str = "S3::BucketPolicy") -> Resources:
    return {"P": resource(kind, PolicyDocument={"Statement": statement})}


def _allow(principal: object, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject"} | more


_CONDITION = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}
_FINDING = "The statement allows all principals. Name a principal, or add a condition."
_PATH = "P.Properties.PolicyDocument.Statement"
_CASES = [
    silent("a service", _policy([_allow({"Service": "cloudtrail.amazonaws.com"})])),
    silent("all principals, with a condition", _policy([_allow("*", Condition=_CONDITION)])),
    silent("all principals, in a Deny statement", _policy([_allow("*", Effect="Deny")])),
    silent("a principal from a parameter", _policy([_allow({"AWS": ref("Principal")})])),
    silent("a statement without value", _policy([NO_VALUE])),
    silent(
        "a policy from a parameter", {"P": resource("S3::BucketPolicy", PolicyDocument=ref("P"))}
    ),
    silent(
        "a condition in both branches",
        _policy([_allow("*", Condition=either(_CONDITION, _CONDITION))]),
    ),
    fires("all principals", _policy([_allow("*")]), (f"{_PATH}.0.Principal", _FINDING)),
    fires("a single statement", _policy(_allow("*")), (f"{_PATH}.Principal", _FINDING)),
    fires("all accounts", _policy([_allow({"AWS": "*"})]), (f"{_PATH}.0.Principal", _FINDING)),
    fires("in a list", _policy([_allow({"AWS": ["x", "*"]})]), (f"{_PATH}.0.Principal", _FINDING)),
    fires(
        "in a branch of the principal",
        _policy([_allow(either({"AWS": "x"}, "*"))]),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "in a branch of the statements",
        _policy([either(_allow("*"), NO_VALUE)]),
        (f"{_PATH}.0.Fn::If.1.Principal", _FINDING),
    ),
    fires(
        "a condition without value in a branch",
        _policy([_allow("*", Condition=either(_CONDITION, NO_VALUE))]),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "an empty condition",
        _policy([_allow("*", Condition={})]),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "the policy of a topic",
        _policy([_allow("*")], "SNS::TopicPolicy"),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "the trust policy of a role",
        {"P": resource("IAM::Role", AssumeRolePolicyDocument={"Statement": [_allow("*")]})},
        ("P.Properties.AssumeRolePolicyDocument.Statement.0.Principal", _FINDING),
    ),
    fires(
        "the policy of a key",
        {"P": resource("KMS::Key", KeyPolicy={"Statement": [_allow("*")]})},
        ("P.Properties.KeyPolicy.Statement.0.Principal", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PrincipalStarWithoutCondition(), resources) == findings
