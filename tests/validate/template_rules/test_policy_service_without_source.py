"""The rule W9839: services that may act for every account."""

from typing import Any, NamedTuple

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


def _service(name: str, action: Any, **more: Any) -> dict[str, Any]:
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


def _finding(service: str) -> str:
    return (
        f"{service}.amazonaws.com may do this on behalf of any AWS account. Add a condition on "
        "aws:SourceAccount, or on aws:SourceOrgID for all accounts of an organization."
    )


def _bus(key: Any) -> Resources:
    return {"Bus": resource("Events::EventBus", Name="bus", KmsKeyIdentifier=key)}


_TOPIC = {"Topic": resource("SNS::Topic", KmsMasterKeyId=ref("P"))}
_ALIAS = {"Alias": resource("KMS::Alias", AliasName="alias/bus", TargetKeyId=ref("P"))}
_ARN_OF_BUS = "arn:aws:events:us-east-1:111122223333:event-bus/bus"


class _Page(NamedTuple):
    """A policy on a page of AWS: one statement, with the condition that the page has."""

    service: str
    kind: str
    action: Any
    condition: dict[str, dict[str, Any]]
    more: Resources | None = None

    def resources(self, condition: Any) -> Resources:
        statement = _service(self.service, self.action, Condition=condition)
        return {
            "P": resource(self.kind, **{self.policy: {"Statement": [statement]}}),
            **(self.more or {}),
        }

    @property
    def policy(self) -> str:
        return "KeyPolicy" if self.kind == "KMS::Key" else "PolicyDocument"

    @property
    def match(self) -> tuple[str, str]:
        path = f"P.Properties.{self.policy}.Statement.0.Principal.Service"
        return path, _finding(self.service)


_PAGES = {
    "delivery of logs and a key": _Page(
        "delivery.logs",
        "KMS::Key",
        ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        {
            "StringEquals": {"aws:SourceAccount": ["111122223333"]},
            "ArnLike": {"aws:SourceArn": ["arn:aws:logs:us-east-1:111122223333:*"]},
        },
    ),
    "DNSSEC and a key": _Page(
        "dnssec-route53",
        "KMS::Key",
        ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
        {
            "StringEquals": {"aws:SourceAccount": "111122223333"},
            "ArnEquals": {"aws:SourceArn": "arn:aws:route53:::hostedzone/Z1"},
        },
    ),
    "EventBridge and the key of a bus": _Page(
        "events",
        "KMS::Key",
        ["kms:GenerateDataKey", "kms:Decrypt"],
        {
            "StringEquals": {
                "aws:SourceAccount": "111122223333",
                "aws:SourceArn": _ARN_OF_BUS,
                "kms:EncryptionContext:aws:events:event-bus:arn": _ARN_OF_BUS,
            }
        },
        _bus(ref("P")),
    ),
    "cost anomalies and a topic": _Page(
        "costalerts",
        "SNS::TopicPolicy",
        "SNS:Publish",
        {"StringEquals": {"aws:SourceAccount": ["111122223333"]}},
    ),
    "reports of costs and a bucket": _Page(
        "billingreports",
        "S3::BucketPolicy",
        "s3:PutObject",
        {
            "StringEquals": {
                "aws:SourceArn": "arn:aws:cur:us-east-1:111122223333:definition/*",
                "aws:SourceAccount": "111122223333",
            }
        },
    ),
    "exports of costs and a bucket": _Page(
        "bcm-data-exports",
        "S3::BucketPolicy",
        "s3:PutObject",
        {
            "StringLike": {
                "aws:SourceArn": ["arn:aws:bcm-data-exports:us-east-1:111122223333:export/*"],
                "aws:SourceAccount": "111122223333",
            }
        },
    ),
}


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
    silent("EventBridge and a key that no event bus of the template has", _key("events")),
    silent("EventBridge and the key of a topic, for which it sends none", _key("events") | _TOPIC),
    silent(
        "EventBridge and the key of a bus and a topic", _key("events") | _bus(ref("P")) | _TOPIC
    ),
    silent("EventBridge and the key of another bus", _key("events") | _bus(ref("Other"))),
    silent("EventBridge and a bus without a key", _key("events") | _bus(NO_VALUE)),
    silent("another service and the key of a bus", _key("x") | _bus(ref("P"))),
    *(
        silent(f"{name}, with {key}", page.resources({operator: {key: value}}))
        for name, page in _PAGES.items()
        for operator, keys in page.condition.items()
        for key, value in keys.items()
    ),
    silent(
        "DNSSEC, with hosted zones of an organization",
        _key("dnssec-route53", Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}}),
    ),
    silent(
        "grants for DNSSEC",
        _key(
            "dnssec-route53",
            Action=["kms:CreateGrant"],
            Condition={"Bool": {"kms:GrantIsForAWSResource": True}},
        ),
    ),
    silent(
        "the policy and access control list of a bucket",
        attached(
            "S3::BucketPolicy",
            _service("billingreports", ["s3:GetBucketAcl", "s3:GetBucketPolicy"]),
        ),
    ),
    silent("cost anomalies and a key", _key("costalerts")),
    silent(
        "reports of costs and a topic",
        attached("SNS::TopicPolicy", _service("billingreports", "sns:Publish")),
    ),
    silent("a description of a key", _key("cloudtrail", Action="kms:DescribeKey")),
    silent(
        "an encryption context",
        _key("logs", Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:*"}}),
    ),
    silent(
        "a principal of an account", attached("S3::BucketPolicy", allow(Principal={"AWS": "x"}))
    ),
    fires(
        "a service next to EventBridge, which sends no source to a topic",
        {
            "P": resource(
                "SNS::TopicPolicy",
                PolicyDocument={
                    "Statement": [
                        allow(
                            "sns:Publish",
                            "*",
                            Principal={
                                "Service": ["events.amazonaws.com", "budgets.amazonaws.com"]
                            },
                        )
                    ]
                },
            )
        },
        (
            "P.Properties.PolicyDocument.Statement.0.Principal.Service.1",
            _finding("budgets")
            + " Do it in a statement of its own: events.amazonaws.com sends no source here.",
        ),
    ),
    fires(
        "SES for every account",
        attached("SNS::TopicPolicy", _service("ses", "sns:Publish")),
        (f"{PATH}.Principal.Service", _finding("ses")),
    ),
    fires(
        "CloudTrail, which sends no referrer",
        attached(
            "S3::BucketPolicy",
            _TRAIL | {"Condition": {"StringEquals": {"aws:Referer": ref("AWS::AccountId")}}},
        ),
        (f"{PATH}.Principal.Service", _FINDING),
    ),
    *(fires(name, page.resources(None), page.match) for name, page in _PAGES.items()),
    fires(
        "EventBridge and the key of a bus by its alias",
        _key("events") | _ALIAS | _bus("alias/bus"),
        ("P.Properties.KeyPolicy.Statement.0.Principal.Service", _finding("events")),
    ),
    fires(
        "EventBridge and the key of a bus in a branch",
        _key("events") | _bus(either({"Fn::GetAtt": ["P", "Arn"]}, NO_VALUE)),
        ("P.Properties.KeyPolicy.Statement.0.Principal.Service", _finding("events")),
    ),
    fires(
        "a grant of a key to a service whose page has the condition",
        _key("config", Action="kms:CreateGrant"),
        ("P.Properties.KeyPolicy.Statement.0.Principal.Service", _finding("config")),
    ),
    fires(
        "DNSSEC, with a condition on grants alone",
        _key(
            "dnssec-route53",
            Action=["kms:Sign", "kms:CreateGrant"],
            Condition={"Bool": {"kms:GrantIsForAWSResource": True}},
        ),
        ("P.Properties.KeyPolicy.Statement.0.Principal.Service", _finding("dnssec-route53")),
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
