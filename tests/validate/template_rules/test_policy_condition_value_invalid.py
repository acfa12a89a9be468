"""The rule W9832: values that an operator cannot compare."""

import pytest

from tests.validate.policy_cases import PATH, conditional
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
from trailbell.validate.template_rules.PolicyConditionValueInvalid import (
    PolicyConditionValueInvalid,
)


def _fires(description: str, key: str, value: str, use: str, operator: str) -> object:
    return fires(
        description,
        conditional(**{operator: {key: value}}),
        (
            f"{PATH}.Condition.{operator}.{key}",
            f"{value!r} is no value for {operator}. Use {use}.",
        ),
    )


_KMS = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def _key(value: object) -> Resources:
    return conditional(StringNotEquals={_KMS: value}) | {"K": resource("KMS::Key")}


_CASES = [
    silent("a number", conditional(NumericLessThan={"aws:MultiFactorAuthAge": 3600})),
    silent("a number as text", conditional(NumericLessThan={"aws:MultiFactorAuthAge": "3600"})),
    silent("a Boolean value", conditional(Bool={"aws:SecureTransport": False})),
    silent("addresses", conditional(IpAddress={"aws:SourceIp": ["192.0.2.1", "2001:db8::/32"]})),
    silent("a parameter", conditional(IpAddress={"aws:SourceIp": ref("Range")})),
    silent("an unknown part", conditional(IpAddress={"aws:SourceIp": sub("${Address}/32")})),
    silent("a policy variable", conditional(ArnEquals={"aws:SourceArn": "${aws:PrincipalTag/a}"})),
    silent("a bucket", conditional(ArnEquals={"aws:SourceArn": {"Fn::GetAtt": ["B", "Arn"]}})),
    silent("any ARN", conditional(ArnLike={"aws:SourceArn": "*"})),
    silent("any text", conditional(StringEquals={"aws:PrincipalOrgID": "an hour"})),
    silent("a VPC", conditional(StringEquals={"aws:SourceVpc": ["vpc-0123abcd", "vpc-*"]})),
    silent("a VPC from a parameter", conditional(StringEquals={"aws:SourceVpc": ref("Vpc")})),
    silent("a VPC that is missing", conditional(Null={"aws:SourceVpc": "true"})),
    silent("a key by its ARN", _key({"Fn::GetAtt": ["K", "Arn"]})),
    silent("a key from a parameter", _key(ref("Key"))),
    silent("a key that is missing", conditional(Null={_KMS: "true"})),
    silent("base64", conditional(BinaryEquals={"example.com:key": "QmluYXJ5"})),
    fires(
        "a key by its ID",
        _key(ref("K")),
        (
            f"{PATH}.Condition.StringNotEquals.{_KMS}",
            (
                f"'key-id' is no value of {_KMS}. Use one such as arn:aws:kms:us-east-1:"
                "111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab."
            ),
        ),
    ),
    _fires("no base64", "example.com:key", "a-b", "text that is encoded as base64", "BinaryEquals"),
    fires(
        "a VPC for an endpoint",
        conditional(StringEquals={"aws:SourceVpce": "vpc-0123abcd"}),
        (
            f"{PATH}.Condition.StringEquals.aws:SourceVpce",
            (
                "'vpc-0123abcd' is no value of aws:SourceVpce. Use one such as "
                "vpce-0123456789abcdef0."
            ),
        ),
    ),
    fires(
        "a variable where there is none",
        conditional(NumericLessThan={"s3:max-keys": "${aws:PrincipalTag/Max}"}),
        (
            f"{PATH}.Condition.NumericLessThan.s3:max-keys",
            "NumericLessThan supports no policy variable. Write a value.",
        ),
    ),
    _fires("no number", "aws:MultiFactorAuthAge", "an hour", "a number", "NumericLessThan"),
    _fires("no Boolean value", "aws:SecureTransport", "yes", "true or false", "Bool"),
    _fires("no answer to Null", "aws:TokenIssueTime", "null", "true or false", "Null"),
    _fires(
        "no date",
        "aws:CurrentTime",
        "31.12.2026",
        "a date such as 2026-01-31T00:00:00Z",
        "DateLessThan",
    ),
    _fires(
        "an address with a wildcard",
        "aws:SourceIp",
        "203.0.113.*",
        "an address or a range such as 203.0.113.0/24",
        "IpAddress",
    ),
    _fires("an account for an ARN", "aws:SourceArn", "111122223333", "an ARN", "ArnEquals"),
    fires(
        "in a branch",
        conditional(Bool={"aws:SecureTransport": either("no", "true")}),
        (
            f"{PATH}.Condition.Bool.aws:SecureTransport",
            "'no' is no value for Bool. Use true or false.",
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyConditionValueInvalid(), resources) == findings


def test_a_parameter_is_wrong_if_no_value_is_right() -> None:
    resources = conditional(Bool={"aws:SecureTransport": ref("Tls")})
    parameters = {"Tls": {"Type": "String", "AllowedValues": ["yes", "no"]}}
    rule = PolicyConditionValueInvalid()
    assert rule_matches(rule, resources, Parameters=parameters) == [
        (
            f"{PATH}.Condition.Bool.aws:SecureTransport",
            "'yes' is no value for Bool. Use true or false.",
        )
    ]
    parameters["Tls"]["AllowedValues"] = ["yes", "true"]
    assert rule_matches(rule, resources, Parameters=parameters) == []
