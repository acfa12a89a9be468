"""The rule E9825: the targets of a rule are where EventBridge delivers to."""

import pytest

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
from trailbell.validate.template_rules.RuleTargetElsewhere import RuleTargetElsewhere


def _rule(*arns: object, **target: object) -> Resources:
    targets = [{"Id": f"t{number}", "Arn": arn} | target for number, arn in enumerate(arns)]
    return {"R": resource("Events::Rule", Targets=targets)}


_US_EAST_1 = "arn:aws:sns:us-east-1:111122223333:alerts"
_US_WEST_2 = sub("arn:${AWS::Partition}:sqs:us-west-2:${AWS::AccountId}:alerts")
_REGION = (
    "The ARN is in us-west-2, and another one of the same rule in us-east-1. EventBridge delivers "
    "in the Region of the rule only. Use ${AWS::Region}, or send the events to an event bus of the "
    "other Region."
)
_STATES = "arn:aws:states:us-east-1:123456789012:stateMachine:x"
_ACCOUNT = (
    "The target is in account 123456789012, but the role of the rule in 111122223333. EventBridge "
    "does not deliver to this service in other accounts. Send the events to an event bus of the "
    "other account."
)
_ROLE = "arn:aws:iam::111122223333:role/x"
_CASES = [
    silent("a topic of the template", _rule(ref("T"))),
    silent("one literal Region, which may be that of the stack", _rule(_US_WEST_2)),
    silent("a literal and this Region", _rule(_US_EAST_1, sub("arn:aws:sns:${AWS::Region}:x:y"))),
    silent("the same Region twice", _rule(_US_EAST_1, _US_EAST_1)),
    silent(
        "an event bus of another Region",
        _rule(_US_EAST_1, "arn:aws:events:us-west-2:111122223333:event-bus/x"),
    ),
    silent(
        "rules in one Region each",
        _rule(_US_EAST_1)
        | {"S": resource("Events::Rule", Targets=[{"Id": "t", "Arn": _US_WEST_2}])},
    ),
    silent(
        "a topic of another account with a role",
        _rule(_US_EAST_1, RoleArn="arn:aws:iam::123456789012:role/x"),
    ),
    silent(
        "a state machine of the same account",
        _rule(_STATES, RoleArn="arn:aws:iam::123456789012:role/x"),
    ),
    silent("a state machine with a role of the template", _rule(_STATES, RoleArn=ref("Role"))),
    fires("two Regions", _rule(_US_EAST_1, _US_WEST_2), ("R.Properties.Targets.1.Arn", _REGION)),
    fires(
        "a dead-letter queue of another Region",
        _rule(_US_EAST_1, DeadLetterConfig={"Arn": _US_WEST_2}),
        ("R.Properties.Targets.0.DeadLetterConfig.Arn", _REGION),
    ),
    fires(
        "a state machine of another account",
        _rule(_STATES, RoleArn=_ROLE),
        ("R.Properties.Targets.0.Arn", _ACCOUNT),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(RuleTargetElsewhere(), resources) == findings
