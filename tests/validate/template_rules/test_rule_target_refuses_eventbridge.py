"""The rule E9822: the policy of a rule's topic or queue allows EventBridge to send to it."""

from typing import Any

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
from trailbell.validate.template_rules.RuleTargetRefusesEventBridge import (
    RuleTargetRefusesEventBridge,
)

_QUEUE_ARN = {"Fn::GetAtt": ["Q", "Arn"]}


def _rule(**target: object) -> Resources:
    return {
        "R": resource("Events::Rule", Targets=[{"Id": "t", "Arn": ref("T")} | target]),
        "T": resource("SNS::Topic"),
        "Q": resource("SQS::Queue"),
    }


def _allow(action: str = "sns:Publish", principal: object = None, **members: object) -> object:
    service = {"Service": "events.amazonaws.com"}
    return {"Effect": "Allow", "Principal": principal or service, "Action": action} | members


def _topic(*policy: object, topics: object = None, **target: object) -> Resources:
    document = {"Statement": list(policy)}
    topics = topics or [ref("T")]
    return _rule(**target) | {
        "P": resource("SNS::TopicPolicy", Topics=topics, PolicyDocument=document)
    }


def _queue(*policy: object, **target: object) -> Resources:
    document = {"Statement": list(policy)}
    return _rule(**({"Arn": _QUEUE_ARN} | target)) | {
        "P": resource("SQS::QueuePolicy", Queues=[ref("Q")], PolicyDocument=document)
    }


_IF_FROM_RULE = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["R", "Arn"]}}}
_OWNER = {"StringEquals": {"AWS:SourceOwner": ref("AWS::AccountId")}}
_PATH = "R.Properties.Targets.0.Arn"
_DLQ_PATH = "R.Properties.Targets.0.DeadLetterConfig.Arn"
_NO_TOPIC_POLICY = (
    "No policy of T allows events.amazonaws.com to send events to it. Allow sns:Publish for this "
    "service principal."
)
_NO_QUEUE_POLICY = _NO_TOPIC_POLICY.replace(" T ", " Q ").replace("sns:Publish", "sqs:SendMessage")
_CONDITION = (
    "The policy of T allows events.amazonaws.com to publish only under a condition, which topic "
    "policies do not support for EventBridge. Remove the Condition."
)
_CASES = [
    silent("a topic of another template", _rule(Arn=ref("TopicArn"))),
    silent("a function", _rule(Arn={"Fn::GetAtt": ["Function", "Arn"]})),
    silent("a topic with a statement", _topic(_allow())),
    silent("any action", _topic(_allow("SNS:*"))),
    silent("an action from a parameter", _topic(_allow(action=ref("Action")))),  # type: ignore[arg-type]  # an intrinsic function
    silent("a principal from a parameter", _topic(_allow(principal=ref("Principal")))),
    silent("a statement that is included", _topic({"Fn::Transform": {"Name": "AWS::Include"}})),
    silent("everyone", _topic(_allow(principal="*"))),
    silent("all but some actions", _topic({"Effect": "Allow", "Principal": "*", "NotAction": "x"})),
    silent("a condition that may be left out", _topic(_allow(Condition=either(_OWNER, NO_VALUE)))),
    silent("one statement of two without a condition", _topic(_allow(Condition=_OWNER), _allow())),
    silent("a policy of a topic that is not known", _topic(topics=[ref("TopicArn"), {"Fn::X": 1}])),
    silent("a role that EventBridge assumes", _rule(RoleArn=ref("RoleArn"))),
    silent(
        "an inline policy",
        _rule()
        | {
            "P": resource(
                "SNS::TopicInlinePolicy",
                TopicArn=ref("T"),
                PolicyDocument={"Statement": _allow()},
            )
        },
    ),
    silent("a queue with a condition", _queue(_allow("sqs:SendMessage", Condition=_IF_FROM_RULE))),
    silent(
        "a dead-letter queue with a statement",
        _queue(_allow("sqs:*"), Arn=ref("X"), DeadLetterConfig={"Arn": _QUEUE_ARN}),
    ),
    fires("a topic without a policy", _rule(), (_PATH, _NO_TOPIC_POLICY)),
    fires(
        "the default policy",
        _topic(_allow(principal={"AWS": "*"}, Condition=_OWNER)),
        (_PATH, _CONDITION),
    ),
    fires(
        "a policy for CloudWatch",
        _topic(_allow(principal={"Service": "x"})),
        (_PATH, _NO_TOPIC_POLICY),
    ),
    fires(
        "a policy of another topic", _topic(_allow(), topics=[ref("Q")]), (_PATH, _NO_TOPIC_POLICY)
    ),
    fires("a condition on the rule", _topic(_allow(Condition=_IF_FROM_RULE)), (_PATH, _CONDITION)),
    fires("a denied topic", _topic(_allow(Effect="Deny")), (_PATH, _NO_TOPIC_POLICY)),
    fires(
        "one branch of two",
        _rule(Arn=either(ref("T"), ref("TopicArn"))),
        (f"{_PATH}.Fn::If.1", _NO_TOPIC_POLICY),
    ),
    fires("a queue without a policy", _rule(Arn=_QUEUE_ARN), (_PATH, _NO_QUEUE_POLICY)),
    fires(
        "a dead-letter queue, in spite of a role",
        _rule(RoleArn=ref("RoleArn"), DeadLetterConfig={"Arn": _QUEUE_ARN}),
        (_DLQ_PATH, _NO_QUEUE_POLICY),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(RuleTargetRefusesEventBridge(), resources) == findings


@pytest.mark.parametrize(
    "sections",
    [
        pytest.param({"Outputs": {"Topic": {"Value": ref("T")}}}, id="a topic that is exported"),
        pytest.param({"Transform": "AWS::Serverless-2016-10-31"}, id="a macro"),
    ],
)
def test_a_policy_that_may_come_from_elsewhere(sections: dict[str, Any]) -> None:
    assert rule_matches(RuleTargetRefusesEventBridge(), _rule(), **sections) == []
