"""The rule E9810: a bucket policy denies requests without TLS."""

import json

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
    sub,
)
from trailbell.validate.template_rules.BucketWithoutTls import BucketWithoutTls


def _deny(**changes: object) -> dict[str, object]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | changes


def _stack(*statements: object, bucket: object = None, **properties: object) -> Resources:
    policy = {"Statement": list(statements)}
    return {
        "B": resource("S3::Bucket", **properties),
        "P": resource("S3::BucketPolicy", Bucket=bucket or ref("B"), PolicyDocument=policy),
    }


def _as_text(stack: Resources) -> Resources:
    policy = stack["P"]["Properties"]
    text = json.dumps(policy["PolicyDocument"])
    return stack | {"P": resource("S3::BucketPolicy", **(policy | {"PolicyDocument": text}))}


_ARN = {"Fn::GetAtt": ["B", "Arn"]}


def _sub_policy(*on: str) -> dict[str, object]:
    text = json.dumps({"Statement": [_deny(Resource=list(on))]})
    return resource("S3::BucketPolicy", Bucket=ref("B"), PolicyDocument=sub(text))


_SUB_POLICY = _sub_policy("${B.Arn}", "${B.Arn}/*")
_FROM_PARAMETER = resource("S3::BucketPolicy", Bucket=ref("B"), PolicyDocument=ref("Policy"))
_WITHOUT_TLS = {"aws:SecureTransport": "false"}
_TWO_OPERATORS = {"Bool": _WITHOUT_TLS, "StringEquals": {"aws:SourceVpce": "vpce-1"}}
_TWO_KEYS = {"Bool": _WITHOUT_TLS | {"aws:ViaAWSService": "false"}}
_OF_OBJECTS = (
    "The bucket policy denies requests without TLS for the objects only. Add the ARN of the bucket."
)
_FINDING = (
    "B",
    (
        "No bucket policy in this template denies requests without TLS. Deny s3:* on the bucket "
        "and its objects to all principals if aws:SecureTransport is false."
    ),
)
_CASES = [
    silent(
        "a website, whose endpoint has no TLS",
        {"B": resource("S3::Bucket", WebsiteConfiguration={"IndexDocument": "index.html"})},
    ),
    silent(
        "a website in one branch",
        {
            "B": resource(
                "S3::Bucket", WebsiteConfiguration=either({"IndexDocument": "i"}, NO_VALUE)
            )
        },
    ),
    silent("no bucket", {"T": resource("SNS::Topic")}),
    silent("a Deny statement", _stack(_deny())),
    silent("a Deny for all accounts", _stack(_deny(Principal={"AWS": "*"}))),
    silent("a Deny for all accounts, in a list", _stack(_deny(Principal={"AWS": ["*"]}))),
    silent("a Deny with a list of actions", _stack(_deny(Action=["s3:*"]))),
    silent("a Deny in both branches", _stack(either(_deny(), _deny(Sid="Other")))),
    silent("a boolean", _stack(_deny(Condition={"Bool": {"aws:SecureTransport": False}}))),
    silent(
        "a list of values", _stack(_deny(Condition={"Bool": {"aws:SecureTransport": ["false"]}}))
    ),
    silent(
        "another case of the condition key",
        _stack(_deny(Condition={"Bool": {"AWS:securetransport": "false"}})),
    ),
    silent("the bucket by Sub", _stack(_deny(), bucket=sub("${B}"))),
    silent("the bucket by its name", _stack(_deny(), bucket="logs", BucketName="logs")),
    silent(
        "the bucket by the parameter for its name",
        _stack(_deny(), bucket=ref("Name"), BucketName=ref("Name")),
    ),
    silent("the bucket and its objects", _stack(_deny(Resource=[_ARN, sub("${B.Arn}/*")]))),
    silent(
        "the bucket and its objects by Join",
        _stack(_deny(Resource=[_ARN, {"Fn::Join": ["", [_ARN, "/*"]]}])),
    ),
    silent(
        "the bucket in one statement, its objects in another",
        _stack(_deny(Resource=_ARN), _deny(Resource=sub("${B.Arn}/*"))),
    ),
    silent("a resource of another stack", _stack(_deny(Resource={"Fn::ImportValue": "arn"}))),
    silent("a policy as JSON text", _as_text(_stack(_deny()))),
    silent("a policy as JSON text with variables", _stack() | {"P": _SUB_POLICY}),
    silent("a policy from a parameter", _stack() | {"P": _FROM_PARAMETER}),
    silent("a statement from a macro", _stack({"Fn::Transform": {"Name": "AWS::Include"}})),
    silent("a key that each request has", _stack(_deny(Condition={"BoolIfExists": _WITHOUT_TLS}))),
    silent("another case of the action", _stack(_deny(Action="S3:*"))),
    fires(
        "JSON text with variables that covers the objects only",
        _stack() | {"P": _sub_policy("${B.Arn}/*")},
        ("B", _OF_OBJECTS),
    ),
    fires(
        "the bucket without its objects",
        _stack(_deny(Resource=_ARN)),
        (
            "B",
            (
                "The bucket policy denies requests without TLS for the bucket only. Add its "
                "objects, with /*."
            ),
        ),
    ),
    fires(
        "the objects without the bucket",
        _stack(_deny(Resource=sub("${B.Arn}/*"))),
        ("B", _OF_OBJECTS),
    ),
    fires("a further condition", _stack(_deny(Condition=_TWO_OPERATORS)), _FINDING),
    fires("a further key", _stack(_deny(Condition=_TWO_KEYS)), _FINDING),
    fires("JSON text that refuses nothing", _as_text(_stack(_deny(Effect="Allow"))), _FINDING),
    fires("a bucket without policy", {"B": resource("S3::Bucket")}, _FINDING),
    fires("an empty policy", _stack(), _FINDING),
    fires("the policy of another bucket", _stack(_deny(), bucket=ref("Other")), _FINDING),
    fires("an Allow statement", _stack(_deny(Effect="Allow")), _FINDING),
    fires("a Deny for one account", _stack(_deny(Principal={"AWS": "111122223333"})), _FINDING),
    fires("a Deny of one action", _stack(_deny(Action="s3:GetObject")), _FINDING),
    fires("no condition", _stack(_deny(Condition={})), _FINDING),
    fires(
        "a Deny of requests with TLS",
        _stack(_deny(Condition={"Bool": {"aws:SecureTransport": "true"}})),
        _FINDING,
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(BucketWithoutTls(), resources) == findings
