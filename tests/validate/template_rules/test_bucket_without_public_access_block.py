"""The rule E9809: a bucket does not switch off a setting of S3 Block Public Access."""

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
)
from trailbell.validate.template_rules.BucketWithoutPublicAccessBlock import (
    BucketWithoutPublicAccessBlock,
)

_ALL = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def _bucket(block: object) -> Resources:
    return {"B": resource("S3::Bucket", PublicAccessBlockConfiguration=block)}


_PATH = "B.Properties.PublicAccessBlockConfiguration"
_SET = "The bucket does not block all public access. Set {} to true."
_NONE = _SET.format("BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets")
_CASES = [
    silent("all four", _bucket(_ALL)),
    silent("all four, as strings", _bucket(dict.fromkeys(_ALL, "true"))),
    silent("all four in both branches", _bucket(either(_ALL, _ALL))),
    silent("one from a parameter", _bucket(_ALL | {"BlockPublicAcls": ref("Block")})),
    silent("one in both branches", _bucket(_ALL | {"BlockPublicAcls": either(True, "true")})),
    silent("a configuration from a mapping", _bucket({"Fn::FindInMap": ["A", "B", "C"]})),
    silent(
        "an access point, whose settings are its own",
        {
            "A": resource(
                "S3::AccessPoint",
                PublicAccessBlockConfiguration=dict.fromkeys(_ALL, False),
            )
        },
    ),
    silent("all four by conditions", _bucket({name: either(True, "true") for name in _ALL})),
    silent("no configuration: all four are on", {"B": resource("S3::Bucket")}),
    silent("no properties", {"B": {"Type": "AWS::S3::Bucket"}}),
    silent("no value", _bucket(NO_VALUE)),
    silent("a configuration in one branch", _bucket(either(_ALL, NO_VALUE))),
    fires("all are switched off", _bucket(dict.fromkeys(_ALL, False)), (_PATH, _NONE)),
    fires(
        "three of four",
        _bucket({k: v for k, v in _ALL.items() if k != "IgnorePublicAcls"}),
        (_PATH, _SET.format("IgnorePublicAcls")),
    ),
    fires(
        "one is false",
        _bucket(_ALL | {"BlockPublicPolicy": False}),
        (_PATH, _SET.format("BlockPublicPolicy")),
    ),
    fires(
        "one is false in a branch",
        _bucket(_ALL | {"BlockPublicPolicy": either(True, False)}),
        (_PATH, _SET.format("BlockPublicPolicy")),
    ),
    fires(
        "one branch of two",
        _bucket(either(_ALL, _ALL | {"BlockPublicPolicy": False})),
        (f"{_PATH}.Fn::If.2", _SET.format("BlockPublicPolicy")),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(BucketWithoutPublicAccessBlock(), resources) == findings
