"""Keys of another Region or partition are named, where that is certain."""

from typing import Any

import pytest

from trailbell.template.evaluate import UNKNOWN, Scope
from trailbell.template.key_locations import MisplacedKey, misplaced_keys

_HERE = {"AWS::Region": "eu-central-1", "AWS::Partition": "aws"}
_LOCAL = "arn:aws:kms:eu-central-1:111122223333:key/k"
_IRELAND = "arn:aws:kms:eu-west-1:111122223333:key/k"
_ANOTHER_ACCOUNT = _LOCAL.replace("111122223333", "123456789012")
_CHINA = "arn:aws-cn:kms:cn-north-1:111122223333:key/k"
_KEY = {"Fn::If": ["HasKey", {"Ref": "Key"}, {"Ref": "AWS::NoValue"}]}


def _template(type_: str, **properties: Any) -> dict[str, Any]:
    return {
        "Parameters": {"Key": {"Type": "String", "Default": ""}},
        "Conditions": {"HasKey": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Key"}, ""]}]}},
        "Resources": {
            "R": {"Type": type_, "Properties": properties},
            "Bucket": {"Type": "AWS::S3::Bucket"},
        },
    }


_LOG_GROUP = _template("AWS::Logs::LogGroup", KmsKeyId=_KEY)
_TOPIC = _template("AWS::SNS::Topic", KmsMasterKeyId=_KEY)
_TRAIL = _template("AWS::CloudTrail::Trail", KMSKeyId=_KEY, S3BucketName={"Ref": "Bucket"})
_REMOTE = _template("AWS::CloudTrail::Trail", KMSKeyId=_KEY, S3BucketName="archive")
_OPTIONAL = {
    **_LOG_GROUP,
    "Resources": {"R": {**_LOG_GROUP["Resources"]["R"], "Condition": "Unknown"}},
}
_SECRET = {**_LOG_GROUP, "Parameters": {"Key": {"Type": "String", "NoEcho": True}}}


@pytest.mark.parametrize(
    ("template", "key"),
    [
        pytest.param(_LOG_GROUP, "", id="no key"),
        pytest.param(_LOG_GROUP, _LOCAL, id="a key of this Region"),
        pytest.param(
            _LOG_GROUP,
            _LOCAL.replace("111122223333", "123456789012"),
            id="a key of another account",
        ),
        pytest.param(_LOG_GROUP, "alias/k", id="an alias without a Region"),
        pytest.param(_LOG_GROUP, UNKNOWN, id="a value that is not known"),
        pytest.param(_OPTIONAL, _IRELAND, id="a log group that may not be created"),
        pytest.param(_REMOTE, _IRELAND, id="a trail that delivers to another bucket"),
        pytest.param(_template("AWS::EC2::Volume", KmsKeyId=_KEY), _IRELAND, id="another type"),
    ],
)
def test_no_key_is_misplaced(template: dict[str, Any], key: Any) -> None:
    assert misplaced_keys(template, Scope(parameters={"Key": key}, pseudo=_HERE)) == ()


@pytest.mark.parametrize(
    ("template", "key", "expected"),
    [
        pytest.param(
            _LOG_GROUP,
            _IRELAND,
            f'the KMS key (Key "{_IRELAND}") of R is in Region eu-west-1, and must be in Region '
            "eu-central-1",
            id="a key of another Region for a log group",
        ),
        pytest.param(
            _TOPIC,
            _CHINA,
            f'the KMS key (Key "{_CHINA}") of R is in partition aws-cn, and must be in partition '
            "aws",
            id="a key of another partition for a topic",
        ),
        pytest.param(
            _TRAIL,
            _IRELAND,
            f'the KMS key (Key "{_IRELAND}") of R is in Region eu-west-1, and must be in Region '
            "eu-central-1",
            id="a trail that delivers to a bucket of the stack",
        ),
        pytest.param(
            _REMOTE,
            _CHINA,
            f'the KMS key (Key "{_CHINA}") of R is in partition aws-cn, and must be in partition '
            "aws",
            id="a trail with a key of another partition",
        ),
        pytest.param(
            _SECRET,
            _IRELAND,
            "the KMS key (Key) of R is in Region eu-west-1, and must be in Region eu-central-1",
            id="a NoEcho parameter",
        ),
        pytest.param(
            _template("AWS::SQS::Queue", KmsMasterKeyId=_IRELAND),
            "",
            "the KMS key of R is in Region eu-west-1, and must be in Region eu-central-1",
            id="a literal",
        ),
    ],
)
def test_a_misplaced_key(template: dict[str, Any], key: str, expected: str) -> None:
    scope = Scope(parameters={"Key": key}, pseudo=_HERE)
    assert [str(each) for each in misplaced_keys(template, scope)] == [expected]


def test_without_pseudo_parameters_nothing_is_certain() -> None:
    assert misplaced_keys(_LOG_GROUP, Scope(parameters={"Key": _IRELAND})) == ()


def test_a_key_of_several_resources_is_named_once() -> None:
    resources = {**_LOG_GROUP["Resources"], "T": _TOPIC["Resources"]["R"]}
    template = {**_LOG_GROUP, "Resources": resources}
    assert misplaced_keys(template, Scope(parameters={"Key": _CHINA}, pseudo=_HERE)) == (
        MisplacedKey(
            place="partition aws-cn",
            required="partition aws",
            parameters=(f'Key "{_CHINA}"',),
            resources=("R", "T"),
        ),
    )
