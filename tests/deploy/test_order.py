"""Order and checks before the first change: exports, imports, and parameters of every stack."""

from typing import Any

import pytest

from tests.deploy.conftest import Deployer, source, target
from tests.deploy.fake import Fault
from trailbell.deploy.dependencies import dependencies
from trailbell.deploy.environment import (
    Environment,
    ParameterValue,
    PreviousValue,
    StackOutput,
    StackSettings,
)

EXPORT = {"Fn::Sub": "${AWS::StackName}-Topic"}
IMPORT = {"Fn::Sub": "${Base}-Topic"}


def exporting(name: Any = EXPORT, **more: Any) -> dict[str, Any]:
    output = {"Value": {"Ref": "T"}, "Export": {"Name": name}} | more
    return {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"T": output}}


def importing(name: Any = IMPORT, **parameters: dict[str, Any]) -> dict[str, Any]:
    declared = {"Base": {"Type": "String", "Default": "base"}, **parameters}
    properties = {"TopicArn": {"Fn::ImportValue": name}, "Protocol": "email"}
    return {
        "Parameters": declared,
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"S": {"Type": "AWS::SNS::Subscription", "Properties": properties}},
    }


NEVER = {"Fn::If": ["Never", IMPORT, {"Ref": "AWS::NoValue"}]}


def conditional() -> dict[str, Any]:
    """An import in a resource that is not created."""
    template = importing()
    template["Resources"]["S"]["Condition"] = "Never"
    return template


def branch() -> dict[str, Any]:
    """An import in a branch that is not taken."""
    template = importing()
    arn = {"Fn::If": ["Never", {"Fn::ImportValue": IMPORT}, "none"]}
    template["Resources"]["S"]["Properties"]["TopicArn"] = arn
    return template


@pytest.mark.parametrize(
    ("exporter", "importer", "given", "stack_name", "waits"),
    [
        pytest.param(exporting(), importing(), {"Base": "other"}, "base", False,
            id="a parameter names another stack"),
        pytest.param(exporting(), importing(), {}, "watch-base", False,
            id="the stack has another name than the default"),
        pytest.param(exporting(Condition="No"), importing(), {}, "base", True,
            id="a condition that the template lacks is unknown"),
        pytest.param(exporting(), conditional(), {}, "base", False,
            id="the resource is not created"),
        pytest.param(exporting(), branch(), {}, "base", False, id="the branch is not taken"),
        pytest.param(exporting(), importing(), {}, "base", True, id="by the default"),
        pytest.param(exporting(), importing(), {"Base": "watch-base"}, "watch-base", True,
            id="by a setting"),
        pytest.param(exporting("fixed"), importing("fixed"), {}, "base", True, id="a fixed name"),
        pytest.param(
            exporting({"Fn::Sub": "${AWS::Region}-t"}), importing({"Fn::Sub": "${AWS::Region}-t"}),
            {}, "base", True, id="the same text where the Region is not known",
        ),
    ],
)  # fmt: skip
def test_an_importer_waits_for_its_exporter(
    exporter: dict[str, Any],
    importer: dict[str, Any],
    given: dict[str, ParameterValue],
    stack_name: str,
    *,
    waits: bool,
) -> None:
    environment = Environment(
        stacks={
            "base": StackSettings(stack_name=stack_name),
            "pack": StackSettings(parameters=given),
        }
    )
    sources = (source("pack", importer), source("base", exporter))
    expected = frozenset({"base"}) if waits else frozenset[str]()
    assert dependencies(sources, environment)["pack"] == expected


def test_an_import_that_nothing_exports_is_an_error_before_any_change(deployer: Deployer) -> None:
    deployer.fake.exports = {"another": "arn"}
    results = deployer.deploy(target("alone"), target("pack", importing()))
    assert [(result.status, result.text) for result in results] == [
        ("skipped", "nothing was changed, because of 1 stack"),
        (
            "refused",
            (
                'imports "base-Topic", which no stack in us-east-1 exports\n'
                "Deploy the stack that exports it, or correct the parameters:\n"
                '  Base "base"'
            ),
        ),
    ]
    assert deployer.fake.effects() == []


@pytest.mark.parametrize(
    ("stacks", "lists"),
    [
        pytest.param([target("base", exporting()), target("pack", importing())], 1,
            id="a selected stack exports it"),
        pytest.param([target("pack", importing())], 1, id="the account exports it"),
        pytest.param([target("alone")], 0, id="nothing is exported or imported"),
    ],
)  # fmt: skip
def test_exports_are_listed_only_where_that_matters(
    deployer: Deployer, stacks: list[Any], lists: int
) -> None:
    deployer.fake.exports, deployer.fake.exporters = {"base-Topic": "arn"}, {"base-Topic": "base"}
    results = deployer.deploy(*stacks)
    assert {result.status for result in results} == {"deployed"}
    assert len(deployer.fake.asked("ListExports")) == lists


def test_exports_that_may_not_be_listed_do_not_stop_a_deployment(deployer: Deployer) -> None:
    deployer.fake.fault("ListExports", Fault.DENIED)
    assert deployer.status(target("pack", importing())) == [("pack", "deployed")]
    assert deployer.ui.messages[0].startswith("The exports of the account could not be read")


def test_missing_parameters_of_every_stack_are_named_before_any_change(
    deployer: Deployer,
) -> None:
    deployer.fake.put("two", "ROLLBACK_COMPLETE", parameters={"Mail": "a@example.com"})
    required = importing("fixed", Mail={"Type": "String"})
    deployer.fake.exports = {"fixed": "arn"}
    results = deployer.deploy(target("one"), target("two", required), target("three", required))
    assert [(result.name, result.status) for result in results] == [
        ("one", "skipped"),
        ("two", "refused"),
        ("three", "refused"),
    ]
    assert results[2].text == (
        "command line: Mail: the parameter has no value and no default; use --parameter Mail=VALUE"
    )
    assert deployer.fake.effects() == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(
            PreviousValue(),
            "command line: Days: the deployed stack has no previous value; use --parameter "
            "Days=VALUE",
            id="the previous value of a new stack",
        ),
        pytest.param(
            StackOutput("trail", "Days"),
            'command line: Days: stack "trail" has no output "Days"; deploy that stack first',
            id="the output of a stack that is not deployed",
        ),
    ],
)
def test_a_value_that_does_not_exist_is_an_error_before_any_change(
    deployer: Deployer, value: ParameterValue, text: str
) -> None:
    results = deployer.deploy(target("one"), target("alerts", parameters={"Days": value}))
    assert [(result.name, result.status) for result in results] == [
        ("one", "skipped"),
        ("alerts", "refused"),
    ]
    assert (results[1].text, deployer.fake.effects()) == (text, [])
