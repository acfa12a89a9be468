"""The rule E9804: an alarm rings something."""

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
from trailbell.validate.rules.AlarmWithoutAction import AlarmWithoutAction


def _alarm(**properties: object) -> Resources:
    return {"A": resource("CloudWatch::Alarm", **properties)}


_NOTHING = ("A.Properties", "it rings nothing; give it AlarmActions")
_OFF = ("A.Properties.ActionsEnabled", "its actions are switched off")
_CASES = [
    silent("a topic", _alarm(AlarmActions=[ref("Topic")])),
    silent("a list from a parameter", _alarm(AlarmActions=ref("Topics"))),
    silent("a topic in one branch", _alarm(AlarmActions=either([ref("Topic")], NO_VALUE))),
    silent("a topic in a branch of the list", _alarm(AlarmActions=[either(ref("T"), NO_VALUE)])),
    silent("actions enabled", _alarm(AlarmActions=[ref("T")], ActionsEnabled=True)),
    silent("a switch by parameter", _alarm(AlarmActions=[ref("T")], ActionsEnabled=ref("On"))),
    silent("a switch by condition", _alarm(AlarmActions=[ref("T")], ActionsEnabled=either(1, 0))),
    silent("something that is no alarm", {"T": resource("SNS::Topic")}),
    fires("no action", _alarm(), _NOTHING),
    fires("no properties", {"A": {"Type": "AWS::CloudWatch::Alarm"}}, _NOTHING),
    fires("an empty list", _alarm(AlarmActions=[]), _NOTHING),
    fires("nothing in any branch", _alarm(AlarmActions=[NO_VALUE]), _NOTHING),
    fires("an action for OK only", _alarm(OKActions=[ref("Topic")]), _NOTHING),
    fires("actions off", _alarm(AlarmActions=[ref("T")], ActionsEnabled=False), _OFF),
    fires("actions off, as text", _alarm(AlarmActions=[ref("T")], ActionsEnabled="false"), _OFF),
    fires("a composite alarm", {"A": resource("CloudWatch::CompositeAlarm")}, _NOTHING),
]


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(AlarmWithoutAction(), resources) == found
