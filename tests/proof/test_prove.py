"""What must not count as proven, and what is refuted although nothing in a policy is wrong."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from trailbell.proof.promise import Claim, Promise, Verdict, Where
from trailbell.proof.prove import policies_without_promise, prove
from trailbell.proof.solver import find_request

_SECURE = {"Bool": {"aws:SecureTransport": "false"}}
_REQUIRES_TLS = Promise(
    name="tls",
    sentence="Buckets deny requests without TLS.",
    where=(Where(resource_type="AWS::S3::BucketPolicy", property="PolicyDocument"),),
    claim=Claim.DENIES,
    requests=({"Action": "s3:*", "Condition": _SECURE},),
)
_GRANTS_NOTHING = Promise(
    name="nothing",
    sentence="Buckets and topics grant nothing.",
    where=(
        Where(resource_type="AWS::S3::BucketPolicy", property="PolicyDocument"),
        Where(resource_type="AWS::SNS::TopicPolicy", property="PolicyDocument"),
        Where(resource_type="AWS::IAM::Role", property="Permissions"),
    ),
    claim=Claim.NEVER_ALLOWS,
    requests=({"Action": "*"},),
)
_NO_VALUE = {"Ref": "AWS::NoValue"}
_DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
_TLS = {**_DENY, "Condition": _SECURE}
_ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def _bucket(document: Any, **sections: Any) -> dict[str, Any]:
    """A bucket with a policy."""
    policy = {"Bucket": {"Ref": "Logs"}, "PolicyDocument": document}
    return {
        **sections,
        "Resources": {
            "Logs": {"Type": "AWS::S3::Bucket"},
            "LogsPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": policy},
        },
    }


def _statements(*statements: Any, **sections: Any) -> dict[str, Any]:
    return _bucket({"Statement": list(statements)}, **sections)


def _parameter(**members: Any) -> dict[str, Any]:
    return {"Mode": {"Type": "String", **members}}


def _is_on(value: Any = "on") -> dict[str, Any]:
    return {"On": {"Fn::Equals": [{"Ref": "Mode"}, value]}}


def _verdicts(template: Mapping[str, Any], *promises: Promise) -> set[Verdict]:
    return {proof.verdict for proof in prove({"stack": template}, promises, find_request)}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param(_statements(_TLS), Verdict.PROVEN, id="a bucket with its policy"),
        pytest.param(
            _bucket(json.dumps({"Statement": [_TLS]})), Verdict.PROVEN, id="a policy as JSON text"
        ),
        pytest.param(
            _statements(
                {"Fn::If": ["On", _TLS, _TLS]}, Parameters=_parameter(), Conditions=_is_on()
            ),
            Verdict.PROVEN,
            id="the same in both branches",
        ),
        pytest.param(
            {"Resources": {"Logs": {"Type": "AWS::S3::Bucket"}}},
            Verdict.REFUTED,
            id="a bucket without a policy",
        ),
        pytest.param(
            {
                "Resources": {
                    **_statements(_TLS)["Resources"],
                    "Other": {"Type": "AWS::S3::Bucket"},
                }
            },
            Verdict.REFUTED,
            id="a second bucket without a policy",
        ),
        pytest.param(
            {
                "Resources": {
                    **_statements(_TLS)["Resources"],
                    "Second": {
                        "Type": "AWS::S3::BucketPolicy",
                        "Properties": {
                            "Bucket": {"Ref": "Logs"},
                            "PolicyDocument": {"Statement": [_ALLOW]},
                        },
                    },
                }
            },
            Verdict.REFUTED,
            id="a second policy of the same bucket, which may be the one that counts",
        ),
        pytest.param(
            {
                "Parameters": _parameter(Default="on", AllowedValues=["on", "off"]),
                "Conditions": _is_on(),
                "Resources": {
                    "Logs": {"Type": "AWS::S3::Bucket"},
                    "LogsPolicy": {
                        **_statements(_TLS)["Resources"]["LogsPolicy"],
                        "Condition": "On",
                    },
                },
            },
            Verdict.REFUTED,
            id="a policy with a condition that its bucket does not have",
        ),
        pytest.param(
            _statements(
                {"Fn::If": ["On", _TLS, _NO_VALUE]},
                Parameters=_parameter(Default="on", AllowedValues=["on", "off"]),
                Conditions=_is_on(),
            ),
            Verdict.REFUTED,
            id="a statement that another allowed value takes away",
        ),
        pytest.param(
            _statements(
                {**_TLS, "Effect": {"Ref": "Mode"}},
                Parameters=_parameter(Default="Deny", AllowedValues=["Deny", "Allow"]),
            ),
            Verdict.REFUTED,
            id="an effect that an allowed value changes",
        ),
        pytest.param(
            _bucket(
                {
                    "Fn::If": [
                        "On",
                        {"Fn::If": ["Off", {"Statement": [_ALLOW]}, {"Statement": [_TLS]}]},
                        {"Statement": [_TLS]},
                    ]
                },
                Parameters={**_parameter(), "Other": {"Type": "String"}},
                Conditions={**_is_on(), "Off": {"Fn::Equals": [{"Ref": "Other"}, "on"]}},
            ),
            Verdict.REFUTED,
            id="an inner branch",
        ),
        pytest.param(
            _statements(
                {"Fn::If": ["On", _NO_VALUE, _TLS]},
                Conditions={"On": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
            ),
            Verdict.REFUTED,
            id="a statement that another Region does not have",
        ),
        pytest.param(
            _statements(
                {"Fn::If": ["On", _NO_VALUE, _TLS]},
                Conditions={"On": {"Fn::Equals": ["aws-cn", {"Ref": "AWS::Partition"}]}},
            ),
            Verdict.REFUTED,
            id="nor another partition",
        ),
        pytest.param(
            _statements(
                {
                    **_TLS,
                    "Principal": {
                        "AWS": {"Fn::FindInMap": ["Who", {"Ref": "AWS::Region"}, "Accounts"]}
                    },
                },
                Mappings={
                    "Who": {
                        "us-east-1": {"Accounts": "*"},
                        "eu-west-1": {"Accounts": "123456789012"},
                    }
                },
            ),
            Verdict.REFUTED,
            id="a principal that a mapping narrows elsewhere",
        ),
        pytest.param(
            _statements(
                {"Fn::If": ["On", _TLS, _NO_VALUE]},
                Parameters=_parameter(Default="on", AllowedPattern="on|[0-9]{40}"),
                Conditions=_is_on(),
            ),
            Verdict.UNDECIDED,
            id="a condition that no value was found for",
        ),
        pytest.param(
            _statements(
                _TLS,
                Rules={
                    "Never": {"Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}}]},
                },
            ),
            Verdict.UNDECIDED,
            id="rules that refuse every value",
        ),
        pytest.param({**_statements(_TLS), "Transform": "Macro"}, Verdict.UNDECIDED, id="a macro"),
        pytest.param(
            _statements({**_TLS, "Action": "{{resolve:ssm:/actions}}"}),
            Verdict.UNDECIDED,
            id="a dynamic reference",
        ),
        pytest.param(
            _statements(
                {**_TLS, "Action": {"Ref": "Mode"}},
                Parameters={
                    "Mode": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "s3:*"}
                },
            ),
            Verdict.UNDECIDED,
            id="a parameter that CloudFormation looks up",
        ),
        pytest.param(
            _statements({"Fn::If": ["Missing", _TLS, _TLS]}),
            Verdict.UNDECIDED,
            id="a condition that does not exist",
        ),
        pytest.param(
            _bucket({"Fn::Transform": {"Name": "AWS::Include"}}),
            Verdict.UNDECIDED,
            id="a policy that is included",
        ),
        pytest.param(_bucket("{"), Verdict.UNDECIDED, id="a text that is no JSON"),
        pytest.param(
            {
                "Resources": {
                    **_statements(_TLS)["Resources"],
                    "Other": {"Type": "AWS::S3::Bucket"},
                    "Imported": {
                        "Type": "AWS::S3::BucketPolicy",
                        "Properties": {
                            "Bucket": {"Fn::ImportValue": "bucket"},
                            "PolicyDocument": {"Statement": [_TLS]},
                        },
                    },
                }
            },
            Verdict.UNDECIDED,
            id="a policy that may be that of a bucket",
        ),
    ],
)
def test_a_promise_to_deny(template: dict[str, Any], expected: Verdict) -> None:
    worst = max(
        _verdicts(template, _REQUIRES_TLS),
        key=[Verdict.PROVEN, Verdict.UNDECIDED, Verdict.REFUTED].index,
    )
    assert worst is expected


def _role(properties: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}, **others}}


def _policy(kind: str, **properties: Any) -> dict[str, Any]:
    document = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    return {"Type": f"AWS::IAM::{kind}", "Properties": {"PolicyDocument": document, **properties}}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param(_role({}), {Verdict.PROVEN}, id="a role without policies"),
        pytest.param(
            _role({}, Policy=_policy("Policy", Roles=[{"Ref": "Role"}])),
            {Verdict.REFUTED},
            id="a policy that names the role",
        ),
        pytest.param(
            _role({}, Policy=_policy("RolePolicy", RoleName={"Ref": "Role"})),
            {Verdict.REFUTED},
            id="an inline policy of its own",
        ),
        pytest.param(
            _role({"ManagedPolicyArns": [{"Ref": "Policy"}]}, Policy=_policy("ManagedPolicy")),
            {Verdict.REFUTED},
            id="a managed policy of the template",
        ),
        pytest.param(
            _role({"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}),
            {Verdict.UNDECIDED},
            id="a managed policy that is not in the template",
        ),
        pytest.param(
            _role({}, Policy=_policy("Policy", Roles=[{"Fn::ImportValue": "role"}])),
            {Verdict.UNDECIDED},
            id="a policy of a role that is not known",
        ),
    ],
)
def test_all_that_a_role_is_allowed(template: dict[str, Any], expected: set[Verdict]) -> None:
    assert _verdicts(template, _GRANTS_NOTHING) == expected


def test_an_inline_policy_of_a_topic_is_its_policy() -> None:
    document = {"Statement": [{**_ALLOW, "Action": "sns:Publish"}]}
    template = {
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Policy": {
                "Type": "AWS::SNS::TopicInlinePolicy",
                "Properties": {"TopicArn": {"Ref": "Topic"}, "PolicyDocument": document},
            },
        }
    }
    proofs = prove({"stack": template}, [_GRANTS_NOTHING], find_request)
    assert [(proof.logical_id, proof.verdict) for proof in proofs] == [("Policy", Verdict.REFUTED)]


def test_policies_that_no_promise_is_about_are_named() -> None:
    template = _role(
        {},
        Elsewhere=_policy("Policy", Users=["someone"]),
        OfUser=_policy("UserPolicy", UserName="someone"),
        OfRole=_policy("RolePolicy", RoleName={"Ref": "Role"}),
    )
    assert policies_without_promise({"stack": template}, [_GRANTS_NOTHING]) == [
        ("stack", "Elsewhere", "PolicyDocument"),
        ("stack", "OfUser", "PolicyDocument"),
    ]


def test_a_missing_policy_is_shown_with_a_request() -> None:
    template = {"Resources": {"Logs": {"Type": "AWS::S3::Bucket"}}}
    (proof,) = prove({"stack": template}, [_REQUIRES_TLS], find_request)
    assert proof.request is not None
    assert (proof.logical_id, proof.request.resource, proof.request.context, proof.reasons) == (
        "Logs",
        "arn:aws:s3:::stack-logs/example",
        {"aws:securetransport": "false"},
        ("it has no policy in this template",),
    )
