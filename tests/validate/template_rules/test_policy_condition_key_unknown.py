"""The rule W9830: condition keys that AWS does not have."""

import json

import pytest

from tests.validate.policy_cases import PATH, allow, attached, conditional, identity, trust
from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.PolicyConditionKeyUnknown import PolicyConditionKeyUnknown

_WRONG = {"StringEquals": {"aws:SourceVcp": "vpc-1"}}
_FINDING = (
    "There is no condition key aws:SourceVcp, so that no request has it. Did you mean "
    "aws:SourceVpc?"
)
_TEXT = json.dumps({"Statement": [allow(Condition={"StringEquals": {"aws:RequestTag/${X}": "1"}})]})
_CASES = [
    silent("a global key", conditional(StringEquals={"aws:SourceVpc": "vpc-1"})),
    silent("a key in other letters", conditional(StringEquals={"AWS:sourcevpc": "vpc-1"})),
    silent(
        "the key in the default policy of a topic",
        attached(
            "SNS::TopicPolicy",
            allow("sns:Publish", "*", Condition={"StringEquals": {"AWS:SourceOwner": "1"}}),
        ),
    ),
    silent("a tag", conditional(StringEquals={"aws:PrincipalTag/Team": "a"})),
    silent("a key of the service", conditional(StringEquals={"s3:ExistingObjectTag/a": "b"})),
    silent("a key of another service", conditional(StringEquals={"ec2:SourceInstanceARN": "a"})),
    silent(
        "a key of an identity provider",
        trust({"Federated": "x"}, Condition={"StringEquals": {"gitlab.example.com:sub": "x"}}),
    ),
    silent("a condition that a parameter decides", identity(allow(Condition=ref("Condition")))),
    silent("operators that a parameter decides", conditional(StringEquals=ref("Keys"))),
    silent(
        "a variable in a key of JSON text",
        {"P": resource("SSO::PermissionSet", InlinePolicy=sub(_TEXT))},
    ),
    fires(
        "a word without a prefix",
        conditional(StringEquals={"PrincipalOrg": "o-1"}),
        (
            f"{PATH}.Condition.StringEquals.PrincipalOrg",
            (
                "There is no condition key PrincipalOrg, so that no request has it. Remove it, or "
                "name a key of the service."
            ),
        ),
    ),
    fires(
        "a misspelled global key",
        identity(allow(Condition=_WRONG)),
        (f"{PATH}.Condition.StringEquals.aws:SourceVcp", _FINDING),
    ),
    fires(
        "no key of the service",
        conditional(StringEquals={"s3:nosuchkey": "x"}),
        (
            f"{PATH}.Condition.StringEquals.s3:nosuchkey",
            (
                "There is no condition key s3:nosuchkey, so that no request has it. Remove it, or "
                "name a key of the service."
            ),
        ),
    ),
    fires(
        "a key without its prefix",
        conditional(IpAddress={"SourceIp": "192.0.2.0/24"}),
        (
            f"{PATH}.Condition.IpAddress.SourceIp",
            (
                "There is no condition key SourceIp, so that no request has it. Did you mean "
                "aws:SourceIp?"
            ),
        ),
    ),
    fires(
        "in a branch of the condition",
        identity(allow(Condition=either(_WRONG, {"Bool": {"aws:SecureTransport": "true"}}))),
        (f"{PATH}.Condition.Fn::If.1.StringEquals.aws:SourceVcp", _FINDING),
    ),
    fires(
        "a bucket policy",
        attached("S3::BucketPolicy", allow(Principal="*", Condition=_WRONG)),
        (f"{PATH}.Condition.StringEquals.aws:SourceVcp", _FINDING),
    ),
    fires(
        "JSON text, at the policy",
        {
            "P": resource(
                "SSO::PermissionSet",
                InlinePolicy=json.dumps({"Statement": [allow(Condition=_WRONG)]}),
            )
        },
        ("P.Properties.InlinePolicy", _FINDING),
    ),
    fires(
        "JSON text with variables, at the policy",
        {
            "P": resource(
                "IAM::Role",
                Policies=[
                    {
                        "PolicyName": "p",
                        "PolicyDocument": sub(json.dumps({"Statement": allow(Condition=_WRONG)})),
                    }
                ],
            )
        },
        ("P.Properties.Policies.0.PolicyDocument", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyConditionKeyUnknown(), resources) == findings
