"""The rule W9831: operators that cannot compare the type of their key."""

import pytest

from tests.validate.policy_cases import PATH, conditional
from tests.validate.rule_matches import Matches, Resources, fires, rule_matches, silent
from trailbell.validate.template_rules.PolicyConditionOperatorMismatch import (
    PolicyConditionOperatorMismatch,
)


def _fires(description: str, key: str, kind: str, use: str, **condition: object) -> object:
    (operator,) = condition
    name = operator.replace("__", ":")
    return fires(
        description,
        conditional(**condition),
        (
            f"{PATH}.Condition.{name}.{key}",
            f"{name} cannot compare {key}, which has the type {kind}. Use {use}.",
        ),
    )


_CASES = [
    silent("an ARN as text", conditional(StringLike={"aws:SourceArn": "arn:aws:sns:*"})),
    silent("an ARN as an ARN", conditional(ArnLike={"aws:SourceArn": "arn:aws:sns:*:*:*"})),
    silent("seconds since 1970", conditional(NumericLessThan={"aws:EpochTime": "1767225600"})),
    silent("whether a key is there", conditional(Null={"aws:SourceIp": "true"})),
    silent("a tag with a number", conditional(NumericLessThan={"aws:RequestTag/a": "5"})),
    silent("a tag with an ARN", conditional(ArnLike={"aws:RequestTag/a": "arn:aws:ecs:*:*:*"})),
    silent(
        "an ARN in a key that is published as text",
        conditional(ArnLike={"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:*:*"}),
    ),
    silent("a key that is not published", conditional(NumericEquals={"example.com:level": "1"})),
    silent(
        "a Boolean value of a service as AWS writes it",
        conditional(StringEquals={"kms:GrantIsForAWSResource": "true"}),
    ),
    fires(
        "Null with IfExists",
        conditional(NullIfExists={"aws:SourceVpc": "true"}),
        (
            f"{PATH}.Condition.NullIfExists.aws:SourceVpc",
            "There is no operator NullIfExists. Use Null.",
        ),
    ),
    silent("an unknown operator", conditional(StringIs={"aws:SourceIp": "1"})),
    _fires(
        "an address as text",
        "aws:SourceIp",
        "IPAddress",
        "IpAddress or NotIpAddress",
        StringEquals={"aws:SourceIp": "192.0.2.0/24"},
    ),
    _fires(
        "a number as text",
        "aws:MultiFactorAuthAge",
        "Numeric",
        "NumericEquals or another Numeric operator",
        StringEquals={"aws:MultiFactorAuthAge": "3600"},
    ),
    _fires(
        "a date as text",
        "aws:CurrentTime",
        "Date",
        "DateLessThan or another Date operator",
        StringLikeIfExists={"aws:CurrentTime": "2026-*"},
    ),
    _fires(
        "a Boolean value as text",
        "aws:SecureTransport",
        "Bool",
        "Bool",
        StringEquals={"aws:SecureTransport": "false"},
    ),
    _fires(
        "an account as a number",
        "aws:PrincipalAccount",
        "String",
        "StringEquals or StringLike",
        NumericEquals={"aws:PrincipalAccount": "111122223333"},
    ),
    _fires(
        "a text of a service as a Boolean value",
        "s3:x-amz-acl",
        "String",
        "StringEquals or StringLike",
        Bool={"s3:x-amz-acl": "true"},
    ),
    _fires(
        "an endpoint as an address",
        "aws:SourceVpce",
        "String",
        "StringEquals or StringLike",
        IpAddress={"aws:SourceVpce": "192.0.2.1"},
    ),
    _fires(
        "an ARN as a Boolean value",
        "aws:PrincipalArn",
        "ARN",
        "ArnEquals or ArnLike",
        ForAnyValue__Bool={"aws:PrincipalArn": "true"},
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyConditionOperatorMismatch(), resources) == findings
