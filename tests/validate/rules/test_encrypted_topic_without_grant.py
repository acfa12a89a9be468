"""The rule E9814: the key of a topic lets CloudWatch use it."""

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
from trailbell.validate.rules.EncryptedTopicWithoutGrant import EncryptedTopicWithoutGrant


def _stack(*statements: object, key: object = None, action: object = None) -> Resources:
    return {
        "A": resource("CloudWatch::Alarm", AlarmActions=[action or ref("T")]),
        "K": resource("KMS::Key", KeyPolicy={"Statement": list(statements)}),
        "T": resource("SNS::Topic", KmsMasterKeyId=key or ref("K")),
    }


def _allow(*actions: str, principal: object = None) -> dict[str, object]:
    service = {"Service": "cloudwatch.amazonaws.com"}
    return {"Effect": "Allow", "Principal": principal or service, "Action": list(actions)}


_BOTH = ("kms:Decrypt", "kms:GenerateDataKey*")
_AT = "T.Properties.KmsMasterKeyId"
_FOUND = (
    "the policy of K does not let cloudwatch.amazonaws.com kms:Decrypt and "
    "kms:GenerateDataKey*; alarms would fire and nothing would arrive"
)
_CASES = [
    silent("both actions", _stack(_allow(*_BOTH))),
    silent("both actions, in two statements", _stack(*map(_allow, _BOTH))),
    silent("any action of KMS", _stack(_allow("kms:*"))),
    silent("a pattern of the action", _stack(_allow("kms:Decrypt", "kms:Generate*"))),
    silent("a principal that nobody knows", _stack(_allow(*_BOTH, principal=ref("Who")))),
    silent("a key from a parameter", _stack(key=ref("KeyArn"))),
    silent("a topic that no alarm rings", _stack(action=ref("Other"))),
    fires("nothing", _stack(), (_AT, _FOUND)),
    fires("one of the two", _stack(_allow("kms:Decrypt")), (_AT, _FOUND)),
    fires("another service", _stack(_allow(*_BOTH, principal={"Service": "x"})), (_AT, _FOUND)),
    fires(
        "one branch of two",
        _stack(key=either({"Fn::GetAtt": ["K", "Arn"]}, NO_VALUE)),
        (f"{_AT}.Fn::If.1", _FOUND),
    ),
]


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(EncryptedTopicWithoutGrant(), resources) == found
