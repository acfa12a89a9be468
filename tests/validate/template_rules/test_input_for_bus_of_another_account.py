"""The rule W9823: a rule does not change the events that it sends to a bus of another account."""

import pytest

from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.InputForBusOfAnotherAccount import (
    InputForBusOfAnotherAccount,
)


def _rule(arn: object, **target: object) -> Resources:
    return {"R": resource("Events::Rule", Targets=[{"Id": "t", "Arn": arn} | target])}


_BUS = sub("arn:${AWS::Partition}:events:us-east-1:111122223333:event-bus/hub")
_TRANSFORMER = {"InputTemplate": '"x"'}


def _finding(name: str) -> tuple[str, str]:
    return f"R.Properties.Targets.0.{name}", (
        f"The bus is in account 111122223333. EventBridge rejects {name} for a bus of another "
        "account. Remove it, and change the event in a rule of that account."
    )


_CASES = [
    silent("the event as it is", _rule(_BUS)),
    silent("an input that is left out", _rule(_BUS, InputPath=NO_VALUE)),
    silent(
        "a bus of this account",
        _rule(
            sub("arn:aws:events:us-east-1:${AWS::AccountId}:event-bus/hub"), InputPath="$.detail"
        ),
    ),
    silent("a bus from a parameter", _rule(ref("BusArn"), InputTransformer=_TRANSFORMER)),
    silent(
        "an API destination",
        _rule("arn:aws:events:us-east-1:111122223333:api-destination/x/y", InputPath="$.detail"),
    ),
    silent(
        "a bus of the template",
        _rule({"Fn::GetAtt": ["Bus", "Arn"]}, InputTransformer=_TRANSFORMER),
    ),
    silent(
        "a bus in an account from a parameter",
        _rule(sub("arn:aws:events:us-east-1:${Hub}:event-bus/hub"), InputPath="$.detail"),
    ),
    silent(
        "another target of another account",
        _rule(sub("arn:aws:sqs:us-east-1:111122223333:event-bus"), InputPath="$.detail"),
    ),
    fires("a part of the event", _rule(_BUS, InputPath="$.detail"), _finding("InputPath")),
    fires("a text", _rule(_BUS, InputTransformer=_TRANSFORMER), _finding("InputTransformer")),
    fires("a constant", _rule(_BUS, Input="{}"), _finding("Input")),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(InputForBusOfAnotherAccount(), resources) == findings
