"""The rule E9809: a bucket blocks public access in all four ways."""

import pytest

from tests.validate.judged import (
    NO_VALUE,
    Found,
    Resources,
    either,
    fires,
    judged,
    ref,
    resource,
    silent,
)
from trailbell.validate.rules.BucketOpen import BucketOpen

_ALL = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def _bucket(block: object) -> Resources:
    return {"B": resource("S3::Bucket", PublicAccessBlockConfiguration=block)}


_AT = "B.Properties.PublicAccessBlockConfiguration"
_NONE = (
    "does not set BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets to "
    "true"
)
_CASES = [
    silent("all four", _bucket(_ALL)),
    silent("all four, as text", _bucket(dict.fromkeys(_ALL, "true"))),
    silent("all four in both branches", _bucket(either(_ALL, _ALL))),
    silent("one from a parameter", _bucket(_ALL | {"BlockPublicAcls": ref("Block")})),
    silent("one in both branches", _bucket(_ALL | {"BlockPublicAcls": either(True, "true")})),
    silent("a configuration that nobody knows", _bucket({"Fn::FindInMap": ["A", "B", "C"]})),
    silent("something that is no bucket", {"T": resource("SNS::Topic")}),
    fires("nothing", {"B": resource("S3::Bucket")}, ("B.Properties", _NONE)),
    fires("no properties", {"B": {"Type": "AWS::S3::Bucket"}}, ("B.Properties", _NONE)),
    fires("nothing in any branch", _bucket(NO_VALUE), ("B.Properties", _NONE)),
    fires(
        "three of four",
        _bucket({k: v for k, v in _ALL.items() if k != "IgnorePublicAcls"}),
        (_AT, "does not set IgnorePublicAcls to true"),
    ),
    fires(
        "one of them off",
        _bucket(_ALL | {"BlockPublicPolicy": False}),
        (_AT, "does not set BlockPublicPolicy to true"),
    ),
    fires(
        "one of them off in a branch",
        _bucket(_ALL | {"BlockPublicPolicy": either(True, False)}),
        (_AT, "does not set BlockPublicPolicy to true"),
    ),
    fires(
        "one branch of two",
        _bucket(either(_ALL, _ALL | {"BlockPublicPolicy": False})),
        (f"{_AT}.Fn::If.2", "does not set BlockPublicPolicy to true"),
    ),
]


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(BucketOpen(), resources) == found
