"""The rule E9814: the key policy of an alarm's encrypted topic allows CloudWatch."""

import json

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
    sub,
)
from trailbell.validate.template_rules.TopicKeyDeniesCloudWatch import TopicKeyDeniesCloudWatch


def _stack(
    *statements: object, key: object = None, action: object = None, kind: str = "Alarm"
) -> Resources:
    return {
        "A": resource(f"CloudWatch::{kind}", AlarmActions=[action or ref("T")]),
        "K": resource("KMS::Key", KeyPolicy={"Statement": list(statements)}),
        "T": resource("SNS::Topic", KmsMasterKeyId=key or ref("K")),
    }


def _allow(*actions: str, principal: object = None) -> dict[str, object]:
    service = {"Service": "cloudwatch.amazonaws.com"}
    return {"Effect": "Allow", "Principal": principal or service, "Action": list(actions)}


def _with_policy(policy: object) -> Resources:
    return _stack() | {"K": resource("KMS::Key", KeyPolicy=policy)}


_ALIAS = {"L": resource("KMS::Alias", AliasName="alias/own", TargetKeyId=ref("K"))}
_BOTH = ("kms:Decrypt", "kms:GenerateDataKey*")
_ALL_BUT_DELETE = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "NotAction": "kms:ScheduleKeyDeletion",
}
_INCLUDE = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
_POLICY = {"Statement": [_allow("kms:*")]}
_EITHER = either(_POLICY, _INCLUDE)
_PATH = "T.Properties.KmsMasterKeyId"
_FINDING = (
    "The key policy of K does not allow cloudwatch.amazonaws.com to use the key, so notifications "
    "would not be delivered. Allow kms:Decrypt and kms:GenerateDataKey*."
)
_CASES = [
    silent("both actions", _stack(_allow(*_BOTH))),
    silent("both actions, in two statements", _stack(*map(_allow, _BOTH))),
    silent("any action of KMS", _stack(_allow("kms:*"))),
    silent("a pattern of the action", _stack(_allow("kms:Decrypt", "kms:Generate*"))),
    silent("a principal from a parameter", _stack(_allow(*_BOTH, principal=ref("Principal")))),
    silent("a key from a parameter", _stack(key=ref("KeyArn"))),
    silent("a topic that no alarm notifies", _stack(action=ref("Other"))),
    silent("an alias of an open key", _stack(_allow(*_BOTH), key=ref("L")) | _ALIAS),
    silent("an alias of another stack", _stack(key="alias/other") | _ALIAS),
    silent("an action from a parameter", _stack(_allow(*_BOTH) | {"Action": ref("Actions")})),
    silent("all but some actions", _stack(_ALL_BUT_DELETE)),
    silent("a statement that is included", _stack(_INCLUDE)),
    silent("a policy that is included", _with_policy(_INCLUDE)),
    silent("a policy as JSON text with Fn::Sub", _with_policy(sub(json.dumps(_POLICY)))),
    silent("a policy in a branch, an included one in the other", _with_policy(_EITHER)),
    fires("the default policy", _with_policy(NO_VALUE), (_PATH, _FINDING)),
    fires(
        "a topic that OK notifies",
        _stack() | {"A": resource("CloudWatch::Alarm", OKActions=[ref("T")])},
        (_PATH, _FINDING),
    ),
    fires(
        "a topic that missing data notifies",
        _stack() | {"A": resource("CloudWatch::Alarm", InsufficientDataActions=[ref("T")])},
        (_PATH, _FINDING),
    ),
    fires("a policy as JSON text", _with_policy('{"Statement": []}'), (_PATH, _FINDING)),
    fires("an alias of a closed key", _stack(key=ref("L")) | _ALIAS, (_PATH, _FINDING)),
    fires("its name", _stack(key="alias/own") | _ALIAS, (_PATH, _FINDING)),
    fires("no statement", _stack(), (_PATH, _FINDING)),
    fires("a composite alarm", _stack(kind="CompositeAlarm"), (_PATH, _FINDING)),
    fires("a log alarm", _stack(kind="LogAlarm"), (_PATH, _FINDING)),
    fires("one of the two actions", _stack(_allow("kms:Decrypt")), (_PATH, _FINDING)),
    fires("another service", _stack(_allow(*_BOTH, principal={"Service": "x"})), (_PATH, _FINDING)),
    fires(
        "one branch of two",
        _stack(key=either({"Fn::GetAtt": ["K", "Arn"]}, NO_VALUE)),
        (f"{_PATH}.Fn::If.1", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(TopicKeyDeniesCloudWatch(), resources) == findings
