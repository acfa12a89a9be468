"""The rule W9856: conditions that a caller can evade."""

from typing import Any

import pytest

from tests.validate.policy_cases import (
    PATH,
    allow,
    attached,
    conditional,
    identity,
    service_control,
)
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyConditionEvadable import PolicyConditionEvadable

_ATTRIBUTES = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]}}
_MFA = "aws:MultiFactorAuthPresent"
_REFERER = {"StringLike": {"aws:Referer": "https://example.com/*"}}
_PREFIX = {"StringLike": {"s3:prefix": "private/*"}}
_NOT_PREFIX = {"StringNotLike": {"s3:prefix": "public/*"}}


def _read(action: str, **more: dict[str, Any]) -> Resources:
    return identity(allow(action, "*", Condition=_ATTRIBUTES | more))


def _list(effect: str, condition: dict[str, Any]) -> Resources:
    return identity(allow("s3:ListBucket", "arn:aws:s3:::b", Effect=effect, Condition=condition))


def _public(condition: dict[str, Any]) -> Resources:
    return attached("S3::BucketPolicy", allow(Principal="*", Condition=condition))


def _shorter(operator: str) -> tuple[str, str]:
    return (
        f"{PATH}.Condition.{operator}.s3:prefix",
        (
            "A list with a shorter prefix has these objects, too. Allow the other prefixes with "
            "StringLike, or deny all but them with StringNotLike."
        ),
    )


def _chosen(place: str, key: str) -> tuple[str, str]:
    return (
        f"{PATH}.Condition.{place}.{key}",
        (
            f"Each caller can send any {key}, so that the condition excludes no one. Add one on "
            "who calls, or from where."
        ),
    )


_ALL = (
    f"{PATH}.Condition.ForAllValues:StringEquals.dynamodb:Attributes",
    (
        "A read that names no attributes returns all. Add a StringEqualsIfExists condition with "
        "dynamodb:Select: SPECIFIC_ATTRIBUTES."
    ),
)
_CASES = [
    silent(
        "attributes that a read has to name",
        _read("dynamodb:GetItem", StringEquals={"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}),
    ),
    silent(
        "attributes that a read has to name, next to writes",
        _read("dynamodb:*Item", StringEqualsIfExists={"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}),
    ),
    silent(
        "all attributes",
        identity(
            allow(
                "dynamodb:GetItem",
                "*",
                Condition={"ForAllValues:StringLike": {"dynamodb:Attributes": ["a", "*"]}},
            )
        ),
    ),
    silent("MFA in each request", conditional(Bool={_MFA: "true"})),
    silent(
        "MFA in each request, and in those that say so",
        conditional(Bool={_MFA: "true"}, BoolIfExists={_MFA: "true"}),
    ),
    silent(
        "MFA in requests that say so, and each has to",
        conditional(Null={_MFA: "false"}, BoolIfExists={_MFA: "true"}),
    ),
    silent("no MFA", conditional(BoolIfExists={_MFA: "false"})),
    silent(
        "a Deny without MFA",
        identity(allow(Effect="Deny", Condition={"BoolIfExists": {_MFA: "false"}})),
    ),
    silent(
        "a Deny with MFA, or with access keys",
        identity(allow(Effect="Deny", Condition={"BoolIfExists": {_MFA: "true"}})),
    ),
    silent("a value from a parameter", conditional(BoolIfExists={_MFA: ref("Mfa")})),
    fires(
        "MFA in requests that say so only",
        conditional(BoolIfExists={_MFA: "True"}),
        (
            f"{PATH}.Condition.BoolIfExists.{_MFA}",
            (
                f"A request with access keys has no {_MFA}, so that it is allowed without MFA. Use "
                "Bool."
            ),
        ),
    ),
    silent("attributes that are written", _read("dynamodb:UpdateItem")),
    silent("a condition from a parameter", _read("dynamodb:GetItem", StringEquals=ref("Keys"))),
    silent("an action from a parameter", identity(allow(ref("A"), "*", Condition=_ATTRIBUTES))),
    silent("some prefixes are allowed", _list("Allow", _PREFIX)),
    silent("all but some prefixes are denied", _list("Deny", _NOT_PREFIX)),
    silent("a prefix that must be sent", _list("Deny", {"Null": {"s3:prefix": "true"}})),
    silent("a referrer and an address", _public(_REFERER | {"IpAddress": {"aws:SourceIp": "x"}})),
    silent(
        "a referrer from a parameter", _public({"StringEquals": {"aws:Referer": ref("Secret")}})
    ),
    silent(
        "the referrer of a service",
        attached(
            "S3::BucketPolicy",
            allow(Principal={"Service": "ses.amazonaws.com"}, Condition=_REFERER),
        ),
    ),
    silent("a referrer that is denied", _public({"StringNotLike": {"aws:Referer": "bad"}})),
    silent("a control policy", service_control(allow("s3:*", "*", Condition=_REFERER))),
    fires("attributes of a read", _read("dynamodb:Query"), _ALL),
    fires("attributes of all actions", _read("dynamodb:*"), _ALL),
    fires("a prefix that is denied", _list("Deny", _PREFIX), _shorter("StringLike")),
    fires(
        "all but some prefixes are allowed", _list("Allow", _NOT_PREFIX), _shorter("StringNotLike")
    ),
    fires("a referrer alone", _public(_REFERER), _chosen("StringLike", "aws:Referer")),
    fires(
        "a user agent alone",
        conditional(StringEquals={"aws:UserAgent": "ours"}),
        _chosen("StringEquals", "aws:UserAgent"),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyConditionEvadable(), resources) == findings
