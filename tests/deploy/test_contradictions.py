"""Parameters that contradict each other are refused before anything is made, in all stacks."""

from typing import Any

import pytest

from tests.deploy.conftest import Deployer, target
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment, PreviousValue, StackOutput
from trailbell.deploy.live_plan import plan_from_account
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import NoticeLevel

_NEEDS_OWNER = {
    "RuleCondition": {"Fn::Equals": [{"Ref": "Mode"}, "shared"]},
    "Assertions": [
        {
            "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Owner"}, ""]}]},
            "AssertDescription": "A shared stack needs Owner.",
        }
    ],
}
_REFUSED = (
    'the parameters violate rule NeedsOwner: A shared stack needs Owner. (Mode "shared", Owner "")'
)
_CORRECT = "Correct the parameters (command line)."


def _document(owner: Any = "", **parameters: Any) -> dict[str, Any]:
    declared = {"Mode": {"Type": "String", "Default": "own"}, "Owner": {"Type": "String"}}
    if owner is not None:
        declared["Owner"]["Default"] = owner
    return {
        "Parameters": {**declared, **parameters},
        "Rules": {"NeedsOwner": _NEEDS_OWNER},
        "Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {}}},
    }


def _stack(name: str = "alerts", **values: Any) -> StackToDeploy:
    return target(name, _document(), parameters=values)


def test_all_stacks_are_checked_before_the_first_change(deployer: Deployer) -> None:
    results = deployer.deploy(
        target("one"), _stack("two", Mode="shared"), _stack("three", Mode="shared", Owner="x"),
        _stack("four", Mode="shared"),
    )  # fmt: skip
    assert [(result.name, result.status, result.text) for result in results] == [
        ("one", "skipped", "nothing was changed, because of 2 stacks"),
        ("two", "refused", f"{_REFUSED}\n{_CORRECT}"),
        ("three", "skipped", "nothing was changed, because of 2 stacks"),
        ("four", "refused", f"{_REFUSED}\n{_CORRECT}"),
    ]
    assert deployer.fake.effects() == []


@pytest.mark.parametrize(
    ("stack", "deployed", "options"),
    [
        pytest.param(_stack(), {}, {}, id="the condition of the rule is false"),
        pytest.param(_stack(Mode="shared", Owner="x"), {}, {}, id="the assertion holds"),
        pytest.param(
            _stack(Mode="shared", Owner=PreviousValue()),
            {"Mode": "own", "Owner": "x"},
            {},
            id="the previous value fits",
        ),
        pytest.param(
            target("alerts", _document(None), parameters={"Mode": "shared"}),
            {"Mode": "own", "Owner": "x"},
            {},
            id="a value without a default stays as it is",
        ),
        pytest.param(
            _stack(Mode="shared"),
            {"Mode": "own", "Owner": "x"},
            {"previous_parameters": True},
            id="deployed values are kept",
        ),
    ],
)
def test_values_that_fit_are_deployed(
    deployer: Deployer, stack: StackToDeploy, deployed: dict[str, str], options: dict[str, Any]
) -> None:
    if deployed:
        deployer.fake.put("alerts", "CREATE_COMPLETE", parameters=deployed)
    assert deployer.status(stack, **options) == [("alerts", "deployed")]


@pytest.mark.parametrize(
    ("stack", "options"),
    [
        pytest.param(
            _stack(Mode="shared", Owner=PreviousValue()), {}, id="the previous value does not fit"
        ),
        pytest.param(_stack(Mode="shared"), {}, id="the default replaces the deployed value"),
        pytest.param(
            _stack(Owner=""), {"previous_parameters": True}, id="the deployed value is kept"
        ),
    ],
)
def test_deployed_values_count(
    deployer: Deployer, stack: StackToDeploy, options: dict[str, Any]
) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", parameters={"Mode": "shared", "Owner": ""})
    (result,) = deployer.deploy(stack, **options)
    assert (result.status, result.text) == ("refused", f"{_REFUSED}\n{_CORRECT}")
    assert deployer.fake.effects() == []


def test_the_output_of_a_deployed_stack_counts(deployer: Deployer) -> None:
    deployer.fake.put("base", "CREATE_COMPLETE", outputs={"Mode": "shared"})
    (result,) = deployer.deploy(_stack(Mode=StackOutput("base", "Mode")))
    assert (result.status, result.text) == ("refused", f"{_REFUSED}\n{_CORRECT}")


def test_the_output_of_a_stack_of_this_deployment_counts_once_it_is_known(
    deployer: Deployer,
) -> None:
    deployer.fake.put("base", "CREATE_COMPLETE", outputs={"Mode": "shared"})
    results = deployer.deploy(
        target("base"),
        _stack(Mode=StackOutput("base", "Mode")),
        dependencies={"base": frozenset(), "alerts": frozenset({"base"})},
    )
    assert [(result.name, result.status) for result in results] == [
        ("base", "deployed"),
        ("alerts", "refused"),
    ]
    assert results[1].text == f"command line: parameters: {_REFUSED}; correct them"
    assert deployer.ui.messages[0] == (
        "alerts: whether the parameters violate NeedsOwner is not known yet. CloudFormation checks "
        "these rules before it changes anything."
    )


def test_a_secret_is_never_shown(deployer: Deployer) -> None:
    document = _document(Owner={"Type": "String", "NoEcho": True, "Default": ""})
    stack = target(
        "alerts",
        document,
        parameters={"Mode": "shared", "Owner": ""},
        command_line=frozenset({"Owner"}),
    )
    (result,) = deployer.deploy(stack)
    assert result.text == (
        "the parameters violate rule NeedsOwner: A shared stack needs Owner. "
        f'(Mode "shared", Owner (hidden, because of NoEcho))\n{_CORRECT}'
    )


def test_a_secret_that_is_not_sent_is_unknown(deployer: Deployer) -> None:
    document = _document(Owner={"Type": "String", "NoEcho": True, "Default": ""})
    deployer.fake.put("alerts", "CREATE_COMPLETE", parameters={"Mode": "own", "Owner": "****"})
    stack = target("alerts", document, parameters={"Mode": "shared"})
    assert deployer.status(stack) == [("alerts", "deployed")]


def test_a_key_of_another_region_is_refused(deployer: Deployer) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}}}
    document = {"Parameters": {"Key": {"Type": "String"}}, "Resources": {"T": topic}}
    key = "arn:aws:kms:eu-west-1:111122223333:key/k"
    (result,) = deployer.deploy(target("alerts", document, parameters={"Key": key}))
    assert (result.status, result.text) == (
        "refused",
        (
            f'the KMS key (Key "{key}") of T is in Region eu-west-1, and must be in Region '
            f"us-east-1\n{_CORRECT}"
        ),
    )


def test_a_plan_of_an_account_names_the_problem_of_each_stack(
    deployer: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbell.deploy.live_plan.open_session", lambda _: deployer.session)
    plan = plan_from_account(
        Environment(),
        (_stack("one", Mode="shared"), _stack("two"), _stack("three", Mode="shared")),
        DeployOptions(),
        deployer.ui,
        keep_change_sets=False,
    )
    failures = {
        stack.stack: [n.text for n in stack.notices if n.level is NoticeLevel.FAILURE]
        for stack in plan.stacks
    }
    text = f"{_REFUSED}\n{_CORRECT}"
    assert failures == {"one": [text], "two": [], "three": [text]}
    assert [stack.blocked for stack in plan.stacks] == [True, False, True]
