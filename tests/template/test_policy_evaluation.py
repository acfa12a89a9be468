"""Policies are evaluated as IAM does: a Deny wins, and conditions count."""

from typing import Any

import pytest

from trailbell.template.policy_evaluation import (
    PolicyRequest,
    comparable_statement,
    list_statements,
    refusal,
    sample_requests,
)

ALLOW = {
    "Sid": "A",
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:Send*",
    "Resource": "arn:aws:sqs:us-east-1:111122223333:q",
}
DENY = {"Sid": "D", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
REQUEST = PolicyRequest(
    principal="Service:sns.amazonaws.com",
    action="sqs:SendMessage",
    resource="arn:aws:sqs:us-east-1:111122223333:q",
    context={
        "aws:sourceaccount": "111122223333",
        "aws:securetransport": "true",
        "n": "1.3",
        "absent": None,
    },
)


def _if(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([], "no statement allows it", id="no statement"),
        pytest.param(
            [ALLOW | {"Action": "sqs:ReceiveMessage"}],
            "no statement allows it",
            id="another action",
        ),
        pytest.param(
            [ALLOW | {"Resource": "arn:aws:sqs:*:*:other"}],
            "no statement allows it",
            id="another resource",
        ),
        pytest.param(
            [ALLOW | {"Principal": {"Service": "events.amazonaws.com"}}],
            "no statement allows it",
            id="another principal",
        ),
        pytest.param(
            [ALLOW | {"Principal": {"AWS": "111122223333"}}],
            "no statement allows it",
            id="an account, not the service",
        ),
        pytest.param([ALLOW, DENY], 'statement "D" denies it', id="a Deny wins"),
        pytest.param(
            [ALLOW, DENY | _if("BoolIfExists", "aws:PrincipalIsAWSService", "false")],
            "",
            id="a Deny of all but AWS services",
        ),
        pytest.param([DENY, ALLOW], 'statement "D" denies it', id="in any order"),
        pytest.param(
            [ALLOW, DENY | _if("StringNotEquals", "aws:SourceAccount", "123456789012")],
            'statement "D" denies it',
            id="a Deny of all accounts but another one",
        ),
        pytest.param(
            [ALLOW, DENY | _if("StringEquals", "aws:SourceVpc", "vpc-1")],
            'statement "D" denies it in some cases',
            id="a Deny that depends on something unknown",
        ),
        pytest.param(
            [ALLOW, DENY | _if("StringNotEquals", "aws:PrincipalOrgID", "o-1")],
            'statement "D" denies it',
            id="a Deny of all outside an organization: a service is in none",
        ),
        pytest.param(
            [ALLOW, {"Effect": "Deny", "NotPrincipal": {"AWS": "1"}, "Action": "*"}],
            "a statement denies it",
            id="a Deny of all but another principal",
        ),
        pytest.param(
            [ALLOW | _if("StringEquals", "aws:SourceAccount", "123456789012")],
            'the condition of statement "A" does not hold',
            id="a condition that does not hold",
        ),
        pytest.param(
            [ALLOW | _if("StringEquals", "aws:SourceVpc", "vpc-1")],
            'the condition of statement "A" does not hold',
            id="a condition on something unknown",
        ),
        pytest.param(
            [ALLOW | _if("DateLessThan", "aws:SourceAccount", "2020-01-01")],
            'the condition of statement "A" does not hold',
            id="an operator that is not evaluated",
        ),
        pytest.param(
            [ALLOW | _if("NumericLessThan", "n", "x")],
            'the condition of statement "A" does not hold',
            id="a number that is none",
        ),
        pytest.param([ALLOW], "", id="allowed"),
        pytest.param([ALLOW | {"Principal": "*"}], "", id="everyone"),
        pytest.param([ALLOW | {"Action": "SQS:sendmessage"}], "", id="actions in any letter case"),
        pytest.param(
            [{k: v for k, v in ALLOW.items() if k != "Action"} | {"NotAction": "s3:*"}],
            "",
            id="all actions but others",
        ),
        pytest.param(
            [ALLOW | _if("StringLike", "AWS:SourceAccount", ["1111*", "2222*"])],
            "",
            id="a condition that holds, its key in any letter case",
        ),
        pytest.param(
            [ALLOW | _if("NumericGreaterThanEquals", "n", 1.2)], "", id="a number that holds"
        ),
        pytest.param(
            [ALLOW | _if("Null", "aws:SourceAccount", False)], "", id="a key that is present"
        ),
        pytest.param([ALLOW | _if("Null", "absent", True)], "", id="a key that is absent"),
        pytest.param(
            [ALLOW | _if("StringEquals", "absent", "x")],
            'the condition of statement "A" does not hold',
            id="a value of a key that is absent",
        ),
        pytest.param(
            [ALLOW, DENY | _if("Bool", "aws:SecureTransport", False)], "", id="a Deny without TLS"
        ),
        pytest.param(
            [ALLOW, DENY | _if("Null", "aws:PrincipalArn", "false")],
            "",
            id="a Deny of IAM principals only",
        ),
    ],
)
def test_why_a_request_is_not_allowed(statements: list[dict[str, Any]], expected: str) -> None:
    assert refusal(statements, REQUEST) == expected


def test_the_root_user_is_the_account() -> None:
    statement = ALLOW | {"Principal": {"AWS": "111122223333"}}
    request = PolicyRequest(principal="AWS:arn:aws:iam::111122223333:root", action="sqs:SendX")
    assert refusal([statement], request) == ""


def test_sample_requests_are_what_a_statement_is_written_for() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["a.amazonaws.com", "b.amazonaws.com"]},
        "Action": "kms:Decrypt*",
        "Resource": ["arn:x/*"],
        "Condition": {
            "ArnLike": {"aws:SourceArn": "arn:alarm:*"},
            "StringNotEquals": {"aws:SourceAccount": "1"},
        },
    }
    assert list(sample_requests(statement, {"k": "v"})) == [
        PolicyRequest(
            principal=f"Service:{name}.amazonaws.com",
            action="kms:Decrypt",
            resource="arn:x/",
            context={"k": "v", "aws:sourcearn": "arn:alarm:"},
        )
        for name in "ab"
    ]
    assert [r.resource for r in sample_requests(statement, {}, own_resource=True)] == ["", ""]


@pytest.mark.parametrize(
    ("value", "context"),
    [
        pytest.param("true", None, id="a key that must be absent"),
        pytest.param(False, "any", id="a key that must be present"),
    ],
)
def test_a_sample_request_has_a_key_or_not(value: Any, context: str | None) -> None:
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", **_if("Null", "K", value)}
    assert [request.context for request in sample_requests(statement, {})] == [{"k": context}]


@pytest.mark.parametrize(
    ("other", "equal"),
    [
        pytest.param({"Action": "sqs:ReceiveMessage"}, False, id="another action"),
        pytest.param({"Effect": "Deny"}, False, id="another effect"),
        pytest.param(_if("Bool", "aws:SecureTransport", "true"), False, id="a condition"),
        pytest.param({"Sid": "B"}, True, id="another Sid"),
        pytest.param({"Action": ["SQS:Send*"]}, True, id="a list of one, in other letter case"),
    ],
)
def test_statements_are_compared_by_meaning(other: dict[str, Any], *, equal: bool) -> None:
    assert (comparable_statement(ALLOW) == comparable_statement(ALLOW | other)) is equal


@pytest.mark.parametrize("document", [None, "text", {}, {"Statement": "text"}, {"Statement": [1]}])
def test_a_document_that_is_no_policy_has_no_statements(document: Any) -> None:
    assert list_statements(document) == ()
