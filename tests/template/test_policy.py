"""The policies in a template: what their statements allow, and whether one covers another."""

from typing import Any

import pytest

from trailbell.template.policy import (
    allows,
    is_public_principal,
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
