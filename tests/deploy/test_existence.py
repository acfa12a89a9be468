"""Resources whose conditions are false before and after a deployment are in no plan."""

from typing import Any

import pytest

from tests.deploy.conftest import Deployer, source, target
from tests.deploy.test_apply import change
from trailbell.deploy.environment import StackOutput
from trailbell.deploy.planned_stack import plan_from_template
from trailbell.deploy.resource_changes import resource_change
from trailbell.diff.judge_changes import judge_changes
from trailbell.diff.model import Notice, NoticeLevel, ParameterValues, Risk

QUEUE = "arn:aws:sqs:eu-central-1:111122223333:q"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"


def _starts_with(parameter: str, start: str) -> dict[str, Any]:
    service = {"Fn::Select": [2, {"Fn::Split": [":", {"Ref": parameter}]}]}
    has = {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}
    return {"Fn::And": [has, {"Fn::Equals": [service, start]}]}


DOCUMENT: dict[str, Any] = {
    "Parameters": {
        "Endpoint": {"Type": "String", "Default": ""},
        "Secret": {"Type": "String", "Default": "", "NoEcho": True},
    },
    "Conditions": {
        "CallsLambda": _starts_with("Endpoint", "lambda"),
        "HasSecret": {"Fn::Equals": [{"Ref": "Secret"}, "on"]},
    },
    "Resources": {
        "A": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "P": {
            "Type": "AWS::Lambda::Permission",
            "Condition": "CallsLambda",
            "Properties": {
                "FunctionName": {"Ref": "Endpoint"},
                "Principal": "sns.amazonaws.com",
                "Action": "lambda:InvokeFunction",
            },
        },
        "S": {"Type": "AWS::SNS::Topic", "Condition": "HasSecret", "Properties": {}},
    },
}
REPLACED = {"ResourceType": "AWS::Lambda::Permission", "Replacement": "True"}


@pytest.mark.parametrize(
    ("deployed", "endpoint", "changes", "shown"),
    [
        pytest.param("", QUEUE, [change("P", "Modify", **REPLACED)], [], id="false and false"),
        pytest.param(
            "", FUNCTION, [change("P", "Modify", **REPLACED)], ["P"], id="false, then true"
        ),
        pytest.param(
            FUNCTION, QUEUE, [change("P", "Modify", **REPLACED)], ["P"], id="true, then false"
        ),
        pytest.param(
            "",
            QUEUE,
            [change("P", "Modify", PhysicalResourceId="p", **REPLACED)],
            ["P"],
            id="a resource with a physical ID exists",
        ),
        pytest.param("", QUEUE, [change("S", "Add")], ["S"], id="a NoEcho value is not known"),
        pytest.param("", QUEUE, [change("M", "Add")], ["M"], id="a macro may make it"),
    ],
)
def test_changes_of_resources_that_do_not_exist(
    deployer: Deployer,
    deployed: str,
    endpoint: str,
    changes: list[dict[str, Any]],
    shown: list[str],
) -> None:
    deployer.fake.put(
        "alerts",
        "CREATE_COMPLETE",
        protected=True,
        template=DOCUMENT,
        parameters={"Endpoint": deployed, "Secret": "****"},
    )
    deployer.fake.changes = [change("A", "Modify"), *changes]
    deployer.deploy(target("alerts", DOCUMENT, parameters={"Endpoint": endpoint}))
    plan = deployer.ui.plans[0].stacks[0]
    assert [each.logical_id for each in plan.resource_changes] == ["A", *shown]
    assert {each.logical_id for each in plan.impacts} <= {*shown}


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        pytest.param({}, ["A", "S"], id="the default"),
        pytest.param({"Endpoint": QUEUE}, ["A", "S"], id="a value for which it is false"),
        pytest.param({"Endpoint": FUNCTION}, ["A", "P", "S"], id="a value for which it is true"),
        pytest.param(
            {"Endpoint": StackOutput("base", "Arn")}, ["A", "P", "S"], id="a value of later"
        ),
    ],
)
def test_a_plan_from_the_template_has_the_resources_that_will_exist(
    deployer: Deployer, parameters: dict[str, Any], shown: list[str]
) -> None:
    notice = Notice(level=NoticeLevel.WARNING, logical_id="", text="needs base")
    stack = target("alerts", DOCUMENT, parameters=parameters)
    plan = plan_from_template(deployer.session, stack, notice)
    assert [each.logical_id for each in plan.resource_changes] == shown


def test_an_empty_name_is_shown_in_a_gap() -> None:
    template = {"Resources": {"P": {**DOCUMENT["Resources"]["P"]}}}
    del template["Resources"]["P"]["Condition"]
    template["Parameters"] = DOCUMENT["Parameters"]
    changes = (resource_change(change("P", "Modify", **REPLACED), source("s", template)),)
    values = ParameterValues(before={"Endpoint": ""}, after={"Endpoint": QUEUE})
    judgment = judge_changes(template, template, changes, values)
    assert [each.text for each in judgment.impacts if each.risk is Risk.DETECTION_GAP] == [
        f'sns.amazonaws.com may no longer call function "": FunctionName is {QUEUE} instead of "".'
    ]
