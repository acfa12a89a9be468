"""The rule E9805: the policy of an alarm's topic allows CloudWatch to publish."""

import json

import pytest

from tests.validate.rule_matches import (
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
from trailbell.validate.template_rules.AlarmTopicRefusesCloudWatch import (
    AlarmTopicRefusesCloudWatch,
)


def _stack(statement: object, topic: object = None, kind: str = "Alarm") -> Resources:
    policy = {"Version": "2012-10-17", "Statement": statement}
    return {
        "A": resource(f"CloudWatch::{kind}", AlarmActions=[topic or ref("T")]),
        "T": resource("SNS::Topic"),
        "P": resource("SNS::TopicPolicy", Topics=[ref("T")], PolicyDocument=policy),
    }


def _inline(statement: object) -> Resources:
    stack = _stack([])
    policy = {"Version": "2012-10-17", "Statement": statement}
    return stack | {
        "P": resource("SNS::TopicInlinePolicy", TopicArn=ref("T"), PolicyDocument=policy)
    }


def _from(operator: str, source: object) -> Resources:
    condition = {operator: {"aws:SourceArn": source}}
    return _stack([{**_allow(_CLOUDWATCH), "Condition": condition}])


def _allow(principal: object, action: object = "sns:Publish") -> dict[str, object]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}


_CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}
_EVENTS = {"Service": "events.amazonaws.com"}
_TEXT_POLICY = resource(
    "SNS::TopicPolicy",
    Topics=[ref("T")],
    PolicyDocument=json.dumps({"Statement": [_allow(_CLOUDWATCH)]}),
)
_SUB_POLICY = resource(
    "SNS::TopicPolicy", Topics=[ref("T")], PolicyDocument=sub('{"Statement": [${Statements}]}')
)
_IN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}
_NOT_ACTION = {
    "Effect": "Allow",
    "Principal": _CLOUDWATCH,
    "NotAction": "sns:DeleteTopic",
    "Resource": "*",
}
_FINDING = (
    "A.Properties.AlarmActions.0",
    (
        "The policy of T does not allow cloudwatch.amazonaws.com to publish. Allow sns:Publish for "
        "this service principal, without a condition that excludes alarms."
    ),
)
_CASES = [
    silent("a topic without a policy of its own", {"A": _stack([])["A"], "T": _stack([])["T"]}),
    silent("a topic from a parameter", _stack([], topic=ref("TopicArn"))),
    silent("a topic of another stack", _stack([], topic={"Fn::ImportValue": "topic"})),
    silent("CloudWatch is allowed", _stack([_allow(_CLOUDWATCH)])),
    silent("a single statement", _stack(_allow(_CLOUDWATCH))),
    silent("one of several services", _stack([_allow({"Service": ["x", *_CLOUDWATCH.values()]})])),
    silent("any action", _stack([_allow(_CLOUDWATCH, ["sns:Subscribe", "SNS:*"])])),
    silent("a pattern of the action", _stack([_allow(_CLOUDWATCH, "sns:Pub*")])),
    silent("all principals", _stack([_allow("*")])),
    silent("all principals, in a list", _stack([_allow({"AWS": ["*"]})])),
    silent("a service from a parameter", _stack([_allow({"Service": ref("Service")})])),
    silent("a service built with a suffix", _stack([_allow({"Service": sub("x.${Suffix}")})])),
    silent("one branch of two", _stack([either(_allow(_CLOUDWATCH), _allow(_EVENTS))])),
    silent("the principal of one branch", _stack([_allow(either(_CLOUDWATCH, _EVENTS))])),
    silent("a policy as JSON text", _stack([]) | {"P": _TEXT_POLICY}),
    silent("an inline policy", _inline([_allow(_CLOUDWATCH)])),
    silent("all actions but others", _stack([_NOT_ACTION])),
    silent("alarms of the account", _from("ArnLike", sub("arn:${P}:cloudwatch:${R}:${A}:alarm:*"))),
    silent("any source in the account", _from("ArnLike", "arn:*:*:*:111122223333:*")),
    silent("one source of several", _from("ArnEquals", ["arn:aws:s3:::b", ref("AlarmArn")])),
    silent("a service in a variable", _from("StringLike", sub("arn:aws:${Service}:x:y:z"))),
    silent("sources that are excluded", _from("ArnNotLike", "arn:aws:s3:::b")),
    silent(
        "a Deny next to the permission",
        _stack([_allow(_CLOUDWATCH), {**_allow("*", "sns:DeleteTopic"), "Effect": "Deny"}]),
    ),
    silent(
        "a condition on another key", _stack([_allow(_CLOUDWATCH) | {"Condition": _IN_ACCOUNT}])
    ),
    silent("a policy as JSON text with variables", _stack([]) | {"P": _SUB_POLICY}),
    silent("the topic by its ARN", _stack([{**_allow(_CLOUDWATCH), "Resource": ref("T")}])),
    silent("the topic by Sub", _stack([{**_allow(_CLOUDWATCH), "Resource": sub("${Prefix}")}])),
    fires("an inline policy for another service", _inline([_allow(_EVENTS)]), _FINDING),
    fires("a source of another service", _from("ArnLike", "arn:aws:s3:::b"), _FINDING),
    fires(
        "a source of another service, with variables",
        _from("StringEquals", sub("arn:${P}:events:${R}:${A}:rule/x")),
        _FINDING,
    ),
    fires("another topic", _stack([{**_allow(_CLOUDWATCH), "Resource": ref("Other")}]), _FINDING),
    fires(
        "a resource of another service",
        _stack([{**_allow(_CLOUDWATCH), "Resource": "arn:aws:sqs:us-east-1:111122223333:q"}]),
        _FINDING,
    ),
    fires("another service", _stack([_allow(_EVENTS)]), _FINDING),
    fires("another action", _stack([_allow(_CLOUDWATCH, "sns:Subscribe")]), _FINDING),
    fires("a Deny statement", _stack([{**_allow(_CLOUDWATCH), "Effect": "Deny"}]), _FINDING),
    fires(
        "an account, which does not include services", _stack([_allow({"AWS": "arn"})]), _FINDING
    ),
    fires("the topic by GetAtt", _stack([], topic={"Fn::GetAtt": ["T", "TopicArn"]}), _FINDING),
    fires("a composite alarm", _stack([], kind="CompositeAlarm"), _FINDING),
    fires("a log alarm", _stack([], kind="LogAlarm"), _FINDING),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(AlarmTopicRefusesCloudWatch(), resources) == findings
