"""The rule W9839: services that may act for every account."""

from typing import Any

import pytest

from tests.validate.policy_cases import PATH, allow, attached, trust
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
from trailbell.validate.template_rules.PolicyServiceWithoutSource import PolicyServiceWithoutSource


def _service(name: str, action: str, **more: Any) -> dict[str, Any]:
    return allow(action, "*", Principal={"Service": f"{name}.amazonaws.com"}, **more)


def _permission(principal: str, **more: Any) -> Resources:
    return {"P": resource("Lambda::Permission", FunctionName="f", Principal=principal, **more)}


_SOURCE = {"StringEquals": {"AWS:SourceAccount": ref("AWS::AccountId")}}
_TRAIL = _service("cloudtrail", "s3:PutObject")
_FINDING = (
    "cloudtrail.amazonaws.com may do this on behalf of any AWS account. Add a condition on "
    "aws:SourceArn."
)


def _key(service: str, **members: Any) -> Resources:
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = allow("kms:GenerateDataKey*", "*", Principal=principal) | members
    return {"P": resource("KMS::Key", KeyPolicy={"Statement": [statement]})}


_CASES = [
    silent("an account", attached("S3::BucketPolicy", _TRAIL | {"Condition": _SOURCE})),
    silent(
        "an organization",
        attached(
            "S3::BucketPolicy",
            _TRAIL | {"Condition": {"StringEquals": {"aws:SourceOrgID": ref("Organization")}}},
        ),
    ),
    silent(
        "SES, with the account as the referrer",
        attached(
            "SNS::TopicPolicy",
            _service("ses", "sns:Publish")
            | {"Condition": {"StringEquals": {"aws:Referer": ref("AWS::AccountId")}}},
        ),
    ),
    silent(
        "the access control list alone",
        attached("S3::BucketPolicy", _service("cloudtrail", "s3:GetBucketAcl")),
    ),
    silent(
        "EventBridge and a topic, which have no conditions",
        attached("SNS::TopicPolicy", _service("events", "sns:Publish")),
    ),
    silent("a service that is not in the table", attached("S3::BucketPolicy", _service("x", "*"))),
    silent("a Deny statement", attached("S3::BucketPolicy", _TRAIL | {"Effect": "Deny"})),
    silent(
        "a condition from a parameter",
        attached("S3::BucketPolicy", _TRAIL | {"Condition": ref("C")}),
    ),
    silent("a trust policy", trust({"Service": "cloudtrail.amazonaws.com"})),
    silent("EventBridge and a key, for which AWS supports no condition", _key("events")),
    silent("a description of a key", _key("cloudtrail", Action="kms:DescribeKey")),
    silent(
        "an encryption context",
        _key("logs", Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:*"}}),
    ),
    silent(
        "a principal of an account", attached("S3::BucketPolicy", allow(Principal={"AWS": "x"}))
    ),
    fires(
        "SES for every account",
        attached("SNS::TopicPolicy", _service("ses", "sns:Publish")),
        (
            f"{PATH}.Principal.Service",
            (
                "ses.amazonaws.com may do this on behalf of any AWS account. Add a condition on "
                "aws:SourceAccount, or on aws:SourceOrgID for all accounts of an organization."
            ),
        ),
    ),
    fires(
        "CloudTrail, which sends no referrer",
        attached(
            "S3::BucketPolicy",
            _TRAIL | {"Condition": {"StringEquals": {"aws:Referer": ref("AWS::AccountId")}}},
        ),
        (f"{PATH}.Principal.Service", _FINDING),
    ),
    silent("a permission with a source", _permission("s3.amazonaws.com", SourceAccount="1")),
    silent("a permission for an API", _permission("apigateway.amazonaws.com")),
    silent("a permission for an account", _permission("111122223333")),
    fires(
        "CloudTrail and a key",
        _key("cloudtrail"),
        ("P.Properties.KeyPolicy.Statement.0.Principal.Service", _FINDING),
    ),
    fires(
        "CloudTrail and a bucket",
        attached("S3::BucketPolicy", _TRAIL),
        (f"{PATH}.Principal.Service", _FINDING),
    ),
    fires(
        "with a condition on something else",
        attached(
            "S3::BucketPolicy",
            _TRAIL | {"Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}},
        ),
        (f"{PATH}.Principal.Service", _FINDING),
    ),
    fires(
        "without a condition in a branch",
        attached("S3::BucketPolicy", _TRAIL | {"Condition": either(_SOURCE, NO_VALUE)}),
        (f"{PATH}.Principal.Service", _FINDING),
    ),
    fires(
        "a topic and a queue",
        attached("SQS::QueuePolicy", _service("sns", "sqs:SendMessage")),
        (
            f"{PATH}.Principal.Service",
            (
                "sns.amazonaws.com may do this on behalf of any AWS account. Add a condition on "
                "aws:SourceArn."
            ),
        ),
    ),
    fires(
        "a permission for buckets",
        _permission("s3.amazonaws.com"),
        (
            "P.Properties.Principal",
            "s3.amazonaws.com may do this on behalf of any AWS account. Set SourceAccount.",
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyServiceWithoutSource(), resources) == findings
