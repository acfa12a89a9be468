"""The policies in a template: what their statements allow, and whether one covers another."""

from typing import Any

import pytest

from trailbell.template.policy import (
    allows,
    is_public_principal,
    may_allow,
    parse_statements,
    principal_includes,
    statements,
)

_SERVICE = "cloudwatch.amazonaws.com"


def test_statements_of_all_branches_with_their_paths() -> None:
    policy = {"Statement": [{"Sid": "a"}, {"Fn::If": ["C", {"Sid": "b"}, {"Ref": "AWS::NoValue"}]}]}
    assert list(statements(policy, ("P",))) == [
        ({"Sid": "a"}, ("P", "Statement", 0)),
        ({"Sid": "b"}, ("P", "Statement", 1, "Fn::If", 1)),
    ]


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param('{"Statement": [{"Sid": "${X}"}]}', id="JSON text"),
        pytest.param({"Fn::Sub": '{"Statement": [{"Sid": "${X}"}]}'}, id="text with variables"),
        pytest.param(
            {"Fn::Sub": ['{"Statement": [{"Sid": "${X}"}]}', {"X": {"Ref": "Y"}}]},
            id="text with variables of its own",
        ),
    ],
)
def test_statements_of_text_have_the_path_of_the_text(policy: Any) -> None:
    assert list(statements(policy, ("P",))) == [({"Sid": "${X}"}, ("P",))]


@pytest.mark.parametrize(
    ("principal", "public", "includes"),
    [
        pytest.param({"AWS": "111122223333"}, False, False, id="an account"),
        pytest.param({"Service": "s3.amazonaws.com"}, False, False, id="another service"),
        pytest.param({"Service": ["s3.amazonaws.com", _SERVICE]}, False, True, id="the service"),
        pytest.param({"Service": {"Ref": "Name"}}, False, True, id="a service by reference"),
        pytest.param("*", True, True, id="everyone"),
        pytest.param({"AWS": ["*"]}, True, True, id="every AWS account"),
    ],
)
def test_principals(principal: Any, *, public: bool, includes: bool) -> None:
    assert (is_public_principal(principal), principal_includes(principal, _SERVICE)) == (
        public,
        includes,
    )


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param({"Effect": "Deny", "Action": "sns:Publish"}, False, id="a denial"),
        pytest.param({"Effect": "Allow", "Action": "sns:Get*"}, False, id="another pattern"),
        pytest.param({"Effect": "Allow", "Action": ["s3:*", "SNS:Pub*"]}, True, id="a pattern"),
    ],
)
def test_allows(statement: dict[str, Any], *, expected: bool) -> None:
    assert allows(statement, "sns:Publish") is expected


_TO_SERVICE = {"Effect": "Allow", "Principal": {"Service": _SERVICE}}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(_TO_SERVICE | {"Action": "sns:Get*"}, False, id="another action"),
        pytest.param(_TO_SERVICE, False, id="no action"),
        pytest.param(
            {"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "*"},
            False,
            id="another service",
        ),
        pytest.param(
            {"Effect": "Deny", "Principal": "*", "NotAction": "sns:Get*"}, False, id="a denial"
        ),
        pytest.param(_TO_SERVICE | {"Action": ["sns:*"]}, True, id="a pattern"),
        pytest.param(_TO_SERVICE | {"Action": {"Ref": "Actions"}}, True, id="actions by reference"),
        pytest.param(_TO_SERVICE | {"NotAction": "sns:Get*"}, True, id="all but some actions"),
        pytest.param(
            {"Effect": "Allow", "NotPrincipal": {"AWS": "x"}, "Action": "sns:*"},
            True,
            id="all but some principals",
        ),
        pytest.param({"Fn::Transform": {"Name": "AWS::Include"}}, True, id="an included statement"),
    ],
)
def test_may_allow(statement: dict[str, Any], *, expected: bool) -> None:
    assert may_allow(statement, "sns:Publish", _SERVICE) is expected


_INNER = {"Effect": "Allow", "Action": "s3:GetObject", "Principal": {"AWS": "111122223333"}}


@pytest.mark.parametrize(
    ("outer", "expected"),
    [
        pytest.param(_INNER | {"Action": "s3:Put*"}, False, id="other actions"),
        pytest.param(_INNER | {"Resource": "arn:aws:s3:::a"}, False, id="one resource"),
        pytest.param(
            _INNER | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            False,
            id="a condition",
        ),
        pytest.param(_INNER | {"Action": "S3:get*"}, True, id="a pattern in another case"),
        pytest.param(_INNER | {"Principal": "*"}, True, id="everyone"),
    ],
)
def test_is_covered_by(outer: dict[str, Any], *, expected: bool) -> None:
    (inner_statement, outer_statement) = parse_statements([{"Statement": [_INNER, outer]}])
    assert inner_statement.is_covered_by(outer_statement) is expected
