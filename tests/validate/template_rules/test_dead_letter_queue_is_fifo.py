"""The rule E9824: the dead-letter queue of a rule is a standard queue."""

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
from trailbell.validate.template_rules.DeadLetterQueueIsFifo import DeadLetterQueueIsFifo


def _rule(queue: object, **properties: object) -> Resources:
    target = {"Id": "t", "Arn": ref("Arn"), "DeadLetterConfig": {"Arn": queue}}
    return {
        "R": resource("Events::Rule", Targets=[target]),
        "Q": resource("SQS::Queue", **properties),
    }


_QUEUE = {"Fn::GetAtt": ["Q", "Arn"]}
_PATH = "R.Properties.Targets.0.DeadLetterConfig.Arn"
_FINDING = (
    "The dead-letter queue is a FIFO queue, which EventBridge does not accept. Use a standard "
    "queue."
)
_CASES = [
    silent("a standard queue", _rule(_QUEUE)),
    silent("a queue of another template", _rule(ref("QueueArn"), FifoQueue=True)),
    silent("a queue that is FIFO by a parameter", _rule(_QUEUE, FifoQueue=ref("Fifo"))),
    silent("a queue that is not FIFO, as text", _rule(_QUEUE, FifoQueue="false")),
    silent("a name with fifo in it", _rule(sub("arn:${AWS::Partition}:sqs:x:y:fifo-events"))),
    silent(
        "a FIFO queue as a target",
        {
            "R": resource("Events::Rule", Targets=[{"Id": "t", "Arn": _QUEUE}]),
            "Q": resource("SQS::Queue", FifoQueue=True),
        },
    ),
    silent("the name of a FIFO queue by Join", _rule({"Fn::Join": ["", [ref("Arn"), "x"]]})),
    silent("a queue that is FIFO in no branch", _rule(_QUEUE, FifoQueue=either(False, NO_VALUE))),
    silent(
        "a FIFO queue behind a FIFO queue",
        {
            "Q": resource("SQS::Queue", FifoQueue=True, RedrivePolicy={"deadLetterTargetArn": "x"}),
            "R": resource("Events::Rule", Targets=[{"Id": "t", "Arn": _QUEUE}]),
        },
    ),
    fires(
        "a queue that is FIFO in one branch",
        _rule(_QUEUE, FifoQueue=either(True, NO_VALUE)),
        (_PATH, _FINDING),
    ),
    fires("a FIFO queue", _rule(_QUEUE, FifoQueue=True), (_PATH, _FINDING)),
    fires("a FIFO queue, as text", _rule(_QUEUE, FifoQueue="true"), (_PATH, _FINDING)),
    fires(
        "a name that ends with .fifo",
        _rule(sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:q.fifo")),
        (_PATH, _FINDING),
    ),
    fires(
        "one branch of two",
        _rule(either(_QUEUE, ref("X")), FifoQueue=True),
        (f"{_PATH}.Fn::If.1", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(DeadLetterQueueIsFifo(), resources) == findings
