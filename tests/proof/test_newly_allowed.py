"""What a changed policy newly allows, with an example."""

from typing import Any

import pytest

from trailbell.proof.newly_allowed import Undecided, newly_allowed
from trailbell.proof.request import Request
from trailbell.proof.solver import find_request


def _policy(*statements: Any) -> list[Any]:
    return [{"Version": "2012-10-17", "Statement": list(statements)}]


def _allow(action: Any, resource: Any = "arn:aws:s3:::logs/*", **members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **members}


_TOPIC = {"Ref": "Topic"}
_SECURE = {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(_policy(_allow("s3:*")), _policy(_allow("s3:GetObject")), id="less"),
        pytest.param(
            _policy(_allow(["s3:Get*", "s3:Put*"])),
            _policy(_allow("s3:Get*"), _allow("s3:Put*")),
            id="the same in two statements",
        ),
        pytest.param(
            _policy(_allow("sns:Publish", _TOPIC)),
            _policy(_allow("SNS:Publish", [_TOPIC])),
            id="the same topic, in another spelling",
        ),
        pytest.param(
            _policy({"Fn::If": ["Reads", _allow("s3:*"), {"Ref": "AWS::NoValue"}]}),
            _policy({"Fn::If": ["Reads", _allow("s3:GetObject"), {"Ref": "AWS::NoValue"}]}),
            id="less with a condition of the template",
        ),
    ],
)
def test_nothing_is_newly_allowed(before: list[Any], after: list[Any]) -> None:
    assert newly_allowed(before, after, find_request) is None


@pytest.mark.parametrize(
    ("before", "after", "request_"),
    [
        pytest.param(
            _policy(_allow("s3:GetObject")),
            _policy(_allow("s3:GetObject"), _allow("s3:PutObject")),
            Request(action="s3:PutObject", resource="arn:aws:s3:::logs/example"),
            id="an action",
        ),
        pytest.param(
            _policy(_allow("sns:Publish", _TOPIC)),
            _policy(_allow("sns:Publish", {"Ref": "Other"})),
            Request(action="sns:Publish", resource="<Other>"),
            id="another topic",
        ),
        pytest.param(
            _policy(_allow("s3:*"), {**_allow("s3:*"), "Effect": "Deny", "Condition": _SECURE}),
            _policy(_allow("s3:*")),
            Request(
                action="s3:GetObject",
                resource="arn:aws:s3:::logs/example",
                context={"aws:securetransport": "false"},
            ),
            id="what is no longer denied",
        ),
        pytest.param(
            [],
            _policy({"Fn::If": ["Reads", _allow("s3:GetObject"), {"Ref": "AWS::NoValue"}]}),
            Request(action="s3:GetObject", resource="arn:aws:s3:::logs/example"),
            id="a new policy, with a condition of the template",
        ),
    ],
)
def test_an_example_is_newly_allowed(
    before: list[Any], after: list[Any], request_: Request
) -> None:
    assert newly_allowed(before, after, find_request) == request_


def test_what_cannot_be_decided_is_said() -> None:
    after = _policy(_allow("s3:GetObject", "arn:aws:s3:::logs/${aws:username}"))
    found = newly_allowed(_policy(_allow("s3:PutObject")), after, find_request)
    assert found == Undecided(("Resource has a policy variable",))
