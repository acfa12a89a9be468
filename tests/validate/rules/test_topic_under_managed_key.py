"""The rule E9806: no topic stands under the key that AWS manages for SNS."""

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
    sub,
)
from trailbell.validate.rules.TopicUnderManagedKey import TopicUnderManagedKey


def _topic(**properties: object) -> Resources:
    return {"T": resource("SNS::Topic", **properties)}


_FOUND = (
    "alarms cannot publish under alias/aws/sns; use a key of your own that lets "
    "cloudwatch.amazonaws.com decrypt and generate data keys"
)
_AT = "T.Properties.KmsMasterKeyId"
_CASES = [
    silent("no key", _topic()),
    silent("a key from a parameter", _topic(KmsMasterKeyId=ref("Key"))),
    silent("a key or none", _topic(KmsMasterKeyId=either(ref("Key"), NO_VALUE))),
    silent("an alias of one's own", _topic(KmsMasterKeyId="alias/alerts")),
    silent("a queue", {"Q": resource("SQS::Queue", KmsMasterKeyId="alias/aws/sns")}),
    fires("the alias", _topic(KmsMasterKeyId="alias/aws/sns"), (_AT, _FOUND)),
    fires(
        "the alias as an ARN",
        _topic(KmsMasterKeyId=sub("arn:${AWS::Partition}:kms:${AWS::Region}:x:alias/aws/sns")),
        (_AT, _FOUND),
    ),
    fires(
        "one branch of two",
        _topic(KmsMasterKeyId=either(ref("Key"), "alias/aws/sns")),
        (f"{_AT}.Fn::If.2", _FOUND),
    ),
]


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(TopicUnderManagedKey(), resources) == found
