"""The rule W9821: each target of a rule for events of CloudTrail has a dead-letter queue."""

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
from trailbell.validate.template_rules.RuleWithoutDeadLetterQueue import RuleWithoutDeadLetterQueue

_API_CALL: dict[str, object] = {"detail-type": ["AWS API Call via CloudTrail"]}


def _rule(pattern: object = None, **target: object) -> Resources:
    entry = {"Id": "t", "Arn": ref("Arn")} | target
    return {"R": resource("Events::Rule", EventPattern=pattern or _API_CALL, Targets=[entry])}


_WITH_TARGETS = resource("Events::Rule", EventPattern=_API_CALL, Targets=ref("Targets"))
_QUEUE = {"Arn": ref("QueueArn")}
_PATH = "R.Properties.Targets.0"
_FINDING = (
    "An event that EventBridge cannot deliver is lost. Add a DeadLetterConfig with the ARN of a "
    "standard queue."
)
_CASES = [
    silent(
        "a schedule",
        {
            "R": resource(
                "Events::Rule",
                ScheduleExpression="rate(1 day)",
                Targets=[{"Id": "t", "Arn": ref("Arn")}],
            )
        },
    ),
    silent("events of another kind", _rule({"source": ["aws.ec2"]})),
    silent("a pattern from a parameter", _rule(ref("Pattern"))),
    silent("a queue", _rule(DeadLetterConfig=_QUEUE)),
    silent("a queue in one branch of two", _rule(DeadLetterConfig=either(_QUEUE, NO_VALUE))),
    silent(
        "an event that another service sends, with CloudTrail in another field",
        _rule({"source": ["aws.config"], "detail": {"origin": ["API Call via CloudTrail"]}}),
    ),
    silent("calls of one's own application", _rule({"detail-type": ["API Call via CLI"]})),
    silent("a queue from a parameter", _rule(DeadLetterConfig=ref("DeadLetterConfig"))),
    silent("targets from a parameter", {"R": _WITH_TARGETS}),
    fires("no queue", _rule(), (_PATH, _FINDING)),
    fires("a queue that is left out", _rule(DeadLetterConfig=NO_VALUE), (_PATH, _FINDING)),
    fires("a suffix", _rule({"detail-type": [{"suffix": " via CloudTrail"}]}), (_PATH, _FINDING)),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(RuleWithoutDeadLetterQueue(), resources) == findings
