"""The rule W9836: conditions that are always true, or never."""

from typing import Any

import pytest

from tests.validate.policy_cases import PATH, allow, attached, conditional
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
from trailbell.validate.template_rules.PolicyConditionWithoutEffect import (
    PolicyConditionWithoutEffect,
)


def _fires(description: str, place: str, message: str, **condition: object) -> object:
    return fires(description, conditional(**condition), (f"{PATH}.Condition.{place}", message))


_TOGETHER = "are never true together, so that the statement never applies."
_CASES = [
    silent("a range", conditional(IpAddress={"aws:SourceIp": "192.0.2.0/24"})),
    silent("a Boolean value", conditional(Bool={"aws:SecureTransport": "true"})),
    silent("that a tag is there", conditional(StringLike={"aws:RequestTag/Owner": "*"})),
    silent("a part of an ARN", conditional(ArnLike={"aws:SourceArn": "arn:aws:sns:*:1:*"})),
    silent(
        "an ARN with ArnEquals, which is ArnLike", conditional(ArnEquals={"aws:SourceArn": "a:*"})
    ),
    silent(
        "the ARN that Cost and Usage Reports send",
        conditional(
            StringEquals={
                "aws:SourceArn": sub("arn:aws:cur:us-east-1:${AWS::AccountId}:definition/*")
            }
        ),
    ),
    silent("a wildcard in a tag", conditional(StringEquals={"aws:ResourceTag/a": "*"})),
    silent(
        "a wildcard in a name of DNS",
        conditional(
            StringEquals={"route53:ChangeResourceRecordSetsNormalizedRecordNames": "*.example.com"}
        ),
    ),
    silent("a parameter", conditional(IpAddress={"aws:SourceIp": ref("Range")})),
    silent(
        "two values that an intrinsic function decides",
        conditional(
            StringEquals={"aws:SourceAccount": ref("A")},
            StringLike={"aws:SourceAccount": sub("${B}*")},
        ),
    ),
    silent(
        "patterns that may have a text in common",
        conditional(
            StringEquals={"aws:SourceVpce": ["vpce-1", "x"]},
            StringLike={"aws:SourceVpce": "vpce-*"},
        ),
    ),
    silent(
        "a range of dates",
        conditional(
            DateGreaterThan={"aws:CurrentTime": "2026-01-01T00:00:00Z"},
            DateLessThan={"aws:CurrentTime": "2026-12-31T00:00:00Z"},
        ),
    ),
    silent(
        "that a key is there, and its value",
        conditional(Null={"aws:SourceVpc": "false"}, StringEquals={"aws:SourceVpc": "vpc-1"}),
    ),
    silent(
        "if the key exists",
        conditional(
            StringEqualsIfExists={"aws:SourceVpc": "vpc-1"}, StringEquals={"aws:SourceVpc": "vpc-2"}
        ),
    ),
    _fires(
        "every address",
        "IpAddress.aws:SourceIp",
        "The range 0.0.0.0/0 is every address, so that the condition is always true.",
        IpAddress={"aws:SourceIp": "0.0.0.0/0"},
    ),
    _fires(
        "every address, among others",
        "IpAddress.aws:SourceIp",
        "The range ::/0 is every address, so that the condition is always true.",
        IpAddress={"aws:SourceIp": ["192.0.2.0/24", "::/0"]},
    ),
    _fires(
        "no address",
        "NotIpAddress.aws:SourceIp",
        "The range 0.0.0.0/0 is every address, so that the condition is never true.",
        NotIpAddress={"aws:SourceIp": "0.0.0.0/0"},
    ),
    _fires(
        "both Boolean values",
        "Bool.aws:SecureTransport",
        "The values are true and false, so that the condition is always true.",
        Bool={"aws:SecureTransport": ["true", "false"]},
    ),
    _fires(
        "any account",
        "StringLike.aws:SourceAccount",
        "The value * is any value, so that the condition is always true.",
        StringLike={"aws:SourceAccount": "*"},
    ),
    _fires(
        "any source",
        "ArnLike.aws:SourceArn",
        "The value * is any value, so that the condition is always true.",
        ArnLike={"aws:SourceArn": "*"},
    ),
    _fires(
        "without a key that each request has",
        "Null.aws:CurrentTime",
        "Each request has this key, so that the condition is never true.",
        Null={"aws:CurrentTime": "true"},
    ),
    _fires(
        "any value, or none",
        "StringLikeIfExists.aws:SourceVpcArn",
        "The value * is any value, so that the condition is always true.",
        StringLikeIfExists={"aws:SourceVpcArn": "*"},
    ),
    _fires(
        "a wildcard that is a character",
        "StringEquals.aws:SourceArn",
        "StringEquals compares the * in aws:SourceArn literally. Use StringLike, which reads "
        "wildcards.",
        StringEquals={"aws:SourceArn": "arn:aws:sns:*"},
    ),
    _fires(
        "a wildcard in the subject of a provider",
        "StringNotEquals.token.actions.githubusercontent.com:sub",
        "StringNotEquals compares the * in token.actions.githubusercontent.com:sub literally. Use "
        "StringNotLike, which reads wildcards.",
        StringNotEquals={"token.actions.githubusercontent.com:sub": "repo:o/*"},
    ),
    _fires(
        "two accounts at once",
        "StringLike.aws:SourceAccount",
        f"StringEquals and StringLike on aws:SourceAccount {_TOGETHER}",
        StringEquals={"aws:SourceAccount": "111122223333"},
        StringLike={"aws:SourceAccount": "123456*"},
    ),
    _fires(
        "no key, with a value",
        "StringEquals.aws:SourceVpc",
        f"Null and StringEquals on aws:SourceVpc {_TOGETHER}",
        Null={"aws:SourceVpc": "true"},
        StringEquals={"aws:SourceVpc": "vpc-1"},
    ),
    _fires(
        "after the end",
        "DateLessThan.aws:CurrentTime",
        f"DateGreaterThan and DateLessThan on aws:CurrentTime {_TOGETHER}",
        DateGreaterThan={"aws:CurrentTime": "2026-12-31"},
        DateLessThan={"aws:CurrentTime": "2026-01-01"},
    ),
    _fires(
        "an empty range of numbers",
        "NumericGreaterThan.aws:MultiFactorAuthAge",
        f"NumericLessThan and NumericGreaterThan on aws:MultiFactorAuthAge {_TOGETHER}",
        NumericLessThan={"aws:MultiFactorAuthAge": "900"},
        NumericGreaterThan={"aws:MultiFactorAuthAge": 3600},
    ),
]


def test_the_default_of_a_parameter_is_only_an_example() -> None:
    parameters = {"Range": {"Type": "String", "Default": "0.0.0.0/0"}}
    resources = conditional(IpAddress={"aws:SourceIp": ref("Range")})
    assert rule_matches(PolicyConditionWithoutEffect(), resources, Parameters=parameters) == []


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyConditionWithoutEffect(), resources) == findings


_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
_CLOUDFRONT = {"Service": "cloudfront.amazonaws.com"}


def _bucket(principal: Any, condition: Any = None) -> Resources:
    statement = allow(Principal=principal, Condition=condition or _ORGANIZATION)
    return attached("S3::BucketPolicy", statement)


@pytest.mark.parametrize(
    ("resources", "findings"),
    [
        silent("everyone of an organization", _bucket("*")),
        silent("an account of an organization", _bucket({"AWS": "111122223333"})),
        silent("a service or an account", _bucket(_CLOUDFRONT | {"AWS": "111122223333"})),
        silent("a service in one branch", _bucket(either(_CLOUDFRONT, "*"))),
        silent(
            "the organization for which a service acts",
            _bucket(_CLOUDFRONT, {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}),
        ),
        silent(
            "a service, which has no such key",
            _bucket(_CLOUDFRONT, {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        ),
        fires(
            "a service of an organization",
            _bucket(_CLOUDFRONT),
            (
                f"{PATH}.Condition.StringEquals.aws:PrincipalOrgID",
                (
                    "A service is in no organization, so that aws:PrincipalOrgID is never in its "
                    "requests. Use aws:SourceOrgID."
                ),
            ),
        ),
    ],
)
def test_services(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyConditionWithoutEffect(), resources) == findings
