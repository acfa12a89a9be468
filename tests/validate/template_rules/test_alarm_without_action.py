"""The rule E9804: an alarm has an enabled action."""

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
from trailbell.validate.template_rules.AlarmWithoutAction import AlarmWithoutAction


def _alarm(**properties: object) -> Resources:
    return {"A": resource("CloudWatch::Alarm", **properties)}


def _composite(rule: object) -> dict[str, object]:
    return resource("CloudWatch::CompositeAlarm", AlarmRule=rule, AlarmActions=[ref("T")])


_NO_ACTION = ("A.Properties", "The alarm has no alarm action. Add a topic to AlarmActions.")
_DISABLED = (
    "A.Properties.ActionsEnabled",
    "ActionsEnabled is false. Remove it, or set it to true.",
)
_CASES = [
    silent("a topic", _alarm(AlarmActions=[ref("Topic")])),
    silent("a list from a parameter", _alarm(AlarmActions=ref("Topics"))),
    silent("a topic in one branch", _alarm(AlarmActions=either([ref("Topic")], NO_VALUE))),
    silent("a topic in a branch of the list", _alarm(AlarmActions=[either(ref("T"), NO_VALUE)])),
    silent("actions enabled", _alarm(AlarmActions=[ref("T")], ActionsEnabled=True)),
    silent(
        "ActionsEnabled from a parameter", _alarm(AlarmActions=[ref("T")], ActionsEnabled=ref("On"))
    ),
    silent(
        "ActionsEnabled from a condition",
        _alarm(AlarmActions=[ref("T")], ActionsEnabled=either(1, 0)),
    ),
    silent("another resource type", {"T": resource("SNS::Topic")}),
    silent(
        "a child of a composite alarm",
        _alarm() | {"C": _composite(sub('ALARM("${A}")'))},
    ),
    silent(
        "a child of a composite alarm, by its name",
        _alarm(AlarmName="refused") | {"C": _composite('ALARM("refused")')},
    ),
    silent(
        "an alarm that rolls a deployment back",
        _alarm() | {"D": resource("CodeDeploy::DeploymentGroup", Alarms=[{"Name": ref("A")}])},
    ),
    fires(
        "another resource that only depends on it",
        _alarm() | {"T": resource("SNS::Topic") | {"DependsOn": "A"}},
        _NO_ACTION,
    ),
    fires(
        "the child of another composite alarm",
        _alarm(AlarmName="refused") | {"C": _composite('ALARM("other")')},
        _NO_ACTION,
    ),
    fires(
        "a metric filter and a metric of the same name",
        _alarm(AlarmName="root-use", MetricName="root-use")
        | {"F": resource("Logs::MetricFilter", FilterName="root-use")}
        | {"O": resource("CloudWatch::Alarm", MetricName="root-use", AlarmActions=[ref("T")])},
        _NO_ACTION,
    ),
    silent(
        "an alarm whose name a function is given",
        _alarm(AlarmName="root-use")
        | {"F": resource("Lambda::Function", Environment={"Variables": {"ALARM": "root-use"}})},
    ),
    fires("no action", _alarm(), _NO_ACTION),
    fires("no properties", {"A": {"Type": "AWS::CloudWatch::Alarm"}}, _NO_ACTION),
    fires("an empty list", _alarm(AlarmActions=[]), _NO_ACTION),
    fires("no value in the list", _alarm(AlarmActions=[NO_VALUE]), _NO_ACTION),
    fires("an action for OK only", _alarm(OKActions=[ref("Topic")]), _NO_ACTION),
    fires("disabled actions", _alarm(AlarmActions=[ref("T")], ActionsEnabled=False), _DISABLED),
    fires(
        "disabled actions, as a string",
        _alarm(AlarmActions=[ref("T")], ActionsEnabled="false"),
        _DISABLED,
    ),
    fires("a composite alarm", {"A": resource("CloudWatch::CompositeAlarm")}, _NO_ACTION),
    fires("a log alarm", {"A": resource("CloudWatch::LogAlarm")}, _NO_ACTION),
]


def test_an_alarm_in_an_output_is_for_other_stacks() -> None:
    outputs = {"O": {"Value": ref("A"), "Export": {"Name": "alarm"}}}
    assert rule_matches(AlarmWithoutAction(), _alarm(), Outputs=outputs) == []


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(AlarmWithoutAction(), resources) == findings
