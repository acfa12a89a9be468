"""A key that is left out of an example can have any value."""

from typing import Any

import pytest

from trailbell.proof.encoding import allowed
from trailbell.proof.request import Request
from trailbell.proof.simplify import without_needless_keys

_SERVICE = "Service:sns.amazonaws.com"
_ROLE = "AWS:arn:aws:iam::111122223333:role/Reader"


def _statement(effect: str, **members: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:*", "Resource": "*", **members}


def _when(effect: str, operator: str, key: str, value: str) -> dict[str, Any]:
    return _statement(effect, Condition={operator: {key: value}})


def _request(principal: str = _ROLE, **context: Any) -> Request:
    return Request(
        principal=principal,
        action="s3:GetObject",
        resource="arn:aws:s3:::logs/example",
        context={key.replace("_", ":"): value for key, value in context.items()},
    )


@pytest.mark.parametrize(
    ("statements", "request_", "expected"),
    [
        pytest.param(
            [_when("Allow", "StringEquals", "s3:prefix", "a")],
            _request(s3_prefix="a"),
            {"s3:prefix": "a"},
            id="a key that allows stays",
        ),
        pytest.param(
            [_statement("Allow"), _when("Deny", "Bool", "aws:SecureTransport", "false")],
            _request(aws_securetransport="true"),
            {"aws:securetransport": "true"},
            id="so does one that would deny",
        ),
        pytest.param(
            [_when("Allow", "Null", "s3:prefix", "true")],
            _request(s3_prefix=None),
            {"s3:prefix": None},
            id="and one that must be absent",
        ),
        pytest.param(
            [_when("Allow", "ForAnyValue:StringEquals", "aws:TagKeys", "a")],
            _request(aws_tagkeys=("a",)),
            {"aws:tagkeys": ("a",)},
            id="and one with several values",
        ),
        pytest.param(
            [
                _when("Allow", "StringEquals", "s3:prefix", "a"),
                _when("Allow", "StringEquals", "s3:delimiter", "b"),
            ],
            _request(s3_prefix="a", s3_delimiter="b"),
            {"s3:prefix": "a"},
            id="one of two that are each enough is left out",
        ),
        pytest.param(
            [_statement("Allow"), _when("Allow", "StringEquals", "s3:prefix", "a")],
            _request(s3_prefix=None),
            {},
            id="a key of another statement",
        ),
        pytest.param(
            [_statement("Allow"), _when("Deny", "Bool", "aws:PrincipalIsAWSService", "false")],
            _request(_SERVICE, aws_principalisawsservice="true", aws_principalorgid=None),
            {},
            id="what is true of every service",
        ),
        pytest.param(
            [_statement("Allow"), _when("Deny", "Null", "aws:PrincipalOrgID", "true")],
            _request(aws_principalorgid="o-a1b2c3d4e5"),
            {"aws:principalorgid": "o-a1b2c3d4e5"},
            id="but not of every role",
        ),
    ],
)
def test_keys_that_do_not_matter_are_left_out(
    statements: list[Any], request_: Request, expected: Any
) -> None:
    found = without_needless_keys(request_, allowed(statements).must)
    assert found.context == expected
