"""The rule W9852: bucket policies about other buckets."""

import pytest

from tests.validate.policy_cases import PATH, allow
from tests.validate.rule_matches import (
    Matches,
    Resources,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.BucketPolicyOfAnother import BucketPolicyOfAnother


def _policy(bucket: object, *on: object, name: object = None) -> Resources:
    statement = allow(on=[*on], Principal={"AWS": "111122223333"})
    return {
        "P": resource("S3::BucketPolicy", Bucket=bucket, PolicyDocument={"Statement": [statement]}),
        "B": resource("S3::Bucket", **({} if name is None else {"BucketName": name})),
        "C": resource("S3::Bucket"),
    }


def _finding(other: str) -> tuple[str, str]:
    return (
        f"{PATH}.Resource",
        (
            f"The resource is of the bucket {other}, but the policy is of another one. Name the "
            "bucket of the policy, or objects in it."
        ),
    )


_ARN = {"Fn::GetAtt": ["B", "Arn"]}
_CASES = [
    silent("its bucket", _policy(ref("B"), _ARN, sub("${B.Arn}/*"))),
    silent("by the ARN of its reference", _policy(ref("B"), sub("arn:aws:s3:::${B}/*"))),
    silent("by its name", _policy("logs", "arn:aws:s3:::logs", "arn:aws:s3:::logs/*")),
    silent("a reference to a bucket with a name", _policy(ref("B"), "arn:aws:s3:::l/*", name="l")),
    silent("a name of a bucket of the template", _policy("l", sub("${B.Arn}/*"), name="l")),
    silent("a bucket from a parameter", _policy(ref("Name"), "arn:aws:s3:::logs/*")),
    silent("a resource from a parameter", _policy(ref("B"), sub("arn:aws:s3:::${Name}/*"))),
    silent("a name from a parameter", _policy(ref("B"), "arn:aws:s3:::l/*", name=ref("Name"))),
    silent("patterns", _policy("logs", "*", "arn:aws:s3:::lo*/*")),
    silent("the bucket of another stack", _policy("logs", {"Fn::ImportValue": "arn"})),
    silent("objects by Join", _policy(ref("B"), {"Fn::Join": ["", [_ARN, "/*"]]})),
    silent(
        "the bucket in a variable of Sub",
        _policy(ref("B"), {"Fn::Sub": ["arn:aws:s3:::${Name}/*", {"Name": ref("B")}]}),
    ),
    silent(
        "the policy of an access point",
        {
            "P": resource(
                "S3::AccessPoint",
                Bucket="logs",
                Policy={"Statement": [allow(on=["arn:aws:s3:::reports/*"])]},
            )
        },
    ),
    silent(
        "the role that reads another bucket",
        {
            "R": resource(
                "IAM::Policy",
                PolicyDocument={"Statement": [allow(on=["arn:aws:s3:::reports/*"])]},
            ),
            "B": resource("S3::Bucket", BucketName="logs"),
        },
    ),
    fires("another name", _policy("logs", "arn:aws:s3:::reports/*"), _finding("reports")),
    fires("another bucket", _policy(ref("B"), sub("${C.Arn}/*")), _finding("C")),
    fires("another bucket by its ARN", _policy(ref("C"), _ARN), _finding("B")),
    fires("a name for a bucket without one", _policy(ref("B"), "arn:aws:s3:::l"), _finding("l")),
    fires(
        "another partition",
        _policy("logs", sub("arn:${AWS::Partition}:s3:::reports/*")),
        _finding("reports"),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(BucketPolicyOfAnother(), resources) == findings
