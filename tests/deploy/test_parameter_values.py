"""The one rule for parameters: settings and the template's defaults are the truth."""

from typing import Any

import pytest

from tests.deploy.conftest import Deployer, target
from trailbell.deploy.environment import ParameterValue, PreviousValue, StackOutput
from trailbell.diff.model import Notice, NoticeLevel, Risk, ValueChange

SETTINGS = "folder/trailbell.toml: environment.default"


def document(**parameters: dict[str, Any]) -> dict[str, Any]:
    """A template with these parameters, strings unless they say otherwise."""
    declared = {name: {"Type": "String"} | more for name, more in parameters.items()}
    return {"Parameters": declared, "Resources": {"A": {"Type": "AWS::SNS::Topic"}}}


TEMPLATE = document(
    Days={"Default": "60"}, Name={}, Secret={"NoEcho": True}, Token={"NoEcho": True, "Default": ""}
)
DEPLOYED = {"Days": "30", "Name": "a", "Secret": "****", "Token": "****"}
KEPT = {
    "Name": {"ParameterKey": "Name", "UsePreviousValue": True},
    "Secret": {"ParameterKey": "Secret", "UsePreviousValue": True},
    "Token": {"ParameterKey": "Token", "UsePreviousValue": True},
}


def sent(deployer: Deployer, given: dict[str, ParameterValue], **more: Any) -> dict[str, Any]:
    """The parameters of the request for a stack that has these parameters."""
    options = {name: more.pop(name) for name in ("previous_parameters",) if name in more}
    deployer.fake.put("alerts", "CREATE_COMPLETE", parameters=DEPLOYED)
    deployer.deploy(target(document=TEMPLATE, parameters=given, **more), **options)
    [request] = deployer.fake.asked("CreateChangeSet")
    return {entry["ParameterKey"]: entry for entry in request["Parameters"]}


def value(name: str, text: str) -> dict[str, Any]:
    return {name: {"ParameterKey": name, "ParameterValue": text}}


@pytest.mark.parametrize(
    ("given", "more", "expected"),
    [
        pytest.param({}, {}, KEPT, id="a default is taken, secrets and the rest are kept"),
        pytest.param({"Secret": "x"}, {}, KEPT, id="a secret of the settings is kept"),
        pytest.param({"Days": PreviousValue()}, {}, KEPT | {
            "Days": {"ParameterKey": "Days", "UsePreviousValue": True},
        }, id="a previous value that is asked for"),
        pytest.param({}, {"previous_parameters": True}, KEPT | {
            "Days": {"ParameterKey": "Days", "UsePreviousValue": True},
        }, id="previous values instead of defaults"),
        pytest.param({"Days": "90", "Name": "b"}, {}, {
            **value("Days", "90"), **value("Name", "b"),
            "Secret": KEPT["Secret"], "Token": KEPT["Token"],
        }, id="values of the settings"),
        pytest.param({"Secret": "x"}, {"push_secrets": frozenset({"Secret"})},
            KEPT | value("Secret", "x"), id="a secret that is to be sent"),
        pytest.param({"Secret": "x"}, {"command_line": frozenset({"Secret"})},
            KEPT | value("Secret", "x"), id="a secret of the command line"),
    ],
)  # fmt: skip
def test_the_parameters_of_an_update(
    deployer: Deployer,
    given: dict[str, ParameterValue],
    more: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    assert sent(deployer, given, **more) == expected


def test_a_new_stack_gets_secrets_of_the_settings(deployer: Deployer) -> None:
    deployer.deploy(target(document=document(Secret={"NoEcho": True}), parameters={"Secret": "x"}))
    [request] = deployer.fake.asked("CreateChangeSet")
    assert request["Parameters"] == [{"ParameterKey": "Secret", "ParameterValue": "x"}]


def test_kept_values_are_named(deployer: Deployer) -> None:
    sent(deployer, {})
    assert deployer.ui.plans[0].stacks[0].notices == (
        Notice(
            level=NoticeLevel.WARNING,
            logical_id="Name",
            text="The parameter has no value in the settings and no default. It keeps the previous "
            'value, "a".',
        ),
        *(
            Notice(
                level=NoticeLevel.WARNING,
                logical_id=name,
                text="The value of this NoEcho parameter cannot be compared. The deployed one is "
                f"kept. To set it: --parameter {name}=VALUE, or --push-secret {name} for the value "
                "in the settings.",
            )
            for name in ("Secret", "Token")
        ),
    )


def test_a_secret_that_is_sent_blocks_every_gate(deployer: Deployer) -> None:
    template = document(Secret={"NoEcho": True})
    deployer.fake.put("alerts", "CREATE_COMPLETE", parameters={"Secret": "****"}, template=template)
    pushed = target(
        document=template, parameters={"Secret": "hunter2"}, push_secrets=frozenset({"Secret"})
    )
    [result] = deployer.deploy(pushed, risks=frozenset({Risk.REMOVE}))
    assert (result.status, result.text) == (
        "blocked",
        (
            "--fail-on blocks what is not known: Secret: The value of this NoEcho parameter is "
            "sent. It cannot be compared with the deployed one."
        ),
    )


@pytest.mark.parametrize(
    ("deployed", "old_default", "given", "change"),
    [
        pytest.param("60", "30", {}, (), id="the default is deployed already"),
        pytest.param(
            "30", "30", {},
            (ValueChange(name="Days", before="30", after="60", source="default changed"),),
            id="the default changed",
        ),
        pytest.param(
            "45", "30", {},
            (ValueChange(name="Days", before="45", after="60",
                source="changed by hand or by a former setting, back to the default"),),
            id="the deployed value was changed by hand",
        ),
        pytest.param(
            "30", "30", {"Days": "90"},
            (ValueChange(name="Days", before="30", after="90", source="from trailbell.toml"),),
            id="the settings",
        ),
        pytest.param(
            "30", "30", {"Days": StackOutput("trail", "Days")},
            (ValueChange(name="Days", before="30", after="7", source="output Days of trail"),),
            id="the output of another stack",
        ),
    ],
)  # fmt: skip
def test_a_changed_parameter_has_a_source(
    deployer: Deployer,
    deployed: str,
    old_default: str,
    given: dict[str, ParameterValue],
    change: tuple[ValueChange, ...],
) -> None:
    deployer.fake.put("trail", "CREATE_COMPLETE", outputs={"Days": "7"})
    before = document(Days={"Default": old_default})
    deployer.fake.put("alerts", "CREATE_COMPLETE", parameters={"Days": deployed}, template=before)
    after = document(Days={"Default": "60"})
    deployer.deploy(target(document=after, parameters=given, defined_in=SETTINGS))
    assert deployer.ui.plans[0].stacks[0].parameters == change


def test_the_value_behind_a_systems_manager_parameter_is_shown(deployer: Deployer) -> None:
    """UsePreviousValue keeps the key; the value is read again (SDK Parameter.ResolvedValue)."""
    template = document(Image={"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"})
    deployer.fake.put(
        "alerts",
        "CREATE_COMPLETE",
        parameters={"Image": "/image"},
        resolved={"Image": "1"},
        template=template,
    )
    deployer.fake.resolved = {"/image": "2"}
    deployer.deploy(target(document=template))
    assert deployer.ui.plans[0].stacks[0].parameters == (
        ValueChange(
            name="Image (resolved)",
            before="1",
            after="2",
            source="Systems Manager parameter /image",
        ),
    )
