"""The rule W9851: principals that IAM rejects."""

import pytest

from tests.validate.policy_cases import PATH, TRUST, allow, attached, trust
from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.PolicyPrincipalInvalid import PolicyPrincipalInvalid

_SERVICE = f"{TRUST}.Principal.Service"
_PATTERN = (
    f"{TRUST}.Principal.AWS",
    "A principal cannot be a pattern. Name an account, and add a condition on aws:PrincipalArn.",
)
_CASES = [
    silent("an account", trust({"AWS": "111122223333"})),
    silent("a role", trust({"AWS": "arn:aws:iam::111122223333:role/ci"})),
    silent("everyone", trust({"AWS": "*"})),
    silent("a parameter", trust({"AWS": ref("Role")})),
    silent("a part from a parameter", trust({"AWS": sub("arn:aws:iam::${Account}:role/ci")})),
    silent("a service", trust({"Service": "lambda.amazonaws.com"})),
    silent("a service in China", trust({"Service": "ec2.amazonaws.com.cn"})),
    silent("a service with another domain", trust({"Service": "alexa-appkit.amazon.com"})),
    silent("a service with a part from a parameter", trust({"Service": sub("ec2.${Suffix}")})),
    silent(
        "a canonical user", attached("S3::BucketPolicy", allow(Principal={"CanonicalUser": "a"}))
    ),
    silent("a session of a role", trust({"AWS": "arn:aws:sts::111122223333:assumed-role/ci/main"})),
    silent(
        "an identity of CloudFront",
        attached(
            "S3::BucketPolicy",
            allow(
                Principal={
                    "AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
                }
            ),
        ),
    ),
    silent("a principal from a mapping", trust(ref("Principal"))),
    silent("an account or everyone", trust({"AWS": either("111122223333", "*")})),
    silent("a provider that a role trusts", trust({"Federated": "accounts.google.com"})),
    fires(
        "a provider that a bucket trusts",
        attached("S3::BucketPolicy", allow(Principal={"Federated": "accounts.google.com"})),
        (
            f"{PATH}.Principal.Federated",
            (
                "Only the trust policy of a role can name an identity provider. Name the role that "
                "its users assume."
            ),
        ),
    ),
    fires("a pattern of a role", trust({"AWS": "arn:aws:iam::111122223333:role/ci-*"}), _PATTERN),
    fires(
        "a pattern with a variable",
        trust({"AWS": sub("arn:aws:iam::${AWS::AccountId}:role/ci-*")}),
        _PATTERN,
    ),
    fires(
        "another kind",
        attached("S3::BucketPolicy", allow(Principal={"Aws": "111122223333"})),
        (
            f"{PATH}.Principal.Aws",
            "There is no kind of principal Aws. Use AWS, Service, Federated or CanonicalUser.",
        ),
    ),
    fires(
        "a service without its domain",
        trust({"Service": "lambda"}),
        (_SERVICE, "lambda is no service principal. Write lambda.amazonaws.com."),
    ),
    fires(
        "a service of a Region without its domain",
        trust({"Service": "logs.us-east-1"}),
        (_SERVICE, "logs.us-east-1 is no service principal. Write logs.amazonaws.com."),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyPrincipalInvalid(), resources) == findings
