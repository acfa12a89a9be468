"""
NoEcho parameters of a rollout: kept, unless the command line names them.

AWS returns asterisks for their values:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from dataclasses import replace
from typing import Any

import pytest

from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import (
    COMMANDS,
    SERVICE,
    A,
    B,
    C,
    D,
    E,
    Recorder,
    apply_rollout,
    built_template,
    new_cloud,
    operations,
    quick_poller,
    read_settings,
    rollout,
)
from trailbell.diff.model import Risk, ValueChange
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import SettingsError
from trailbell.rollout.apply import apply
from trailbell.rollout.apply.stack_set_guard import read_known_operations
from trailbell.rollout.configuration.stack_order import with_templates
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.model.stage import StackSetApi
from trailbell.rollout.plan import planner
from trailbell.rollout.plan.stack_set_definition import validate_for_stack_set
from trailbell.rollout.session import open_sessions, read_rollout

TOKEN = {"Type": "String", "NoEcho": True}
OLD = SERVICE + 'parameters = { Token = "old-word" }\n'
NEW = SERVICE + 'parameters = { Token = "new-word" }\n'
OVERRIDE = OLD + f'[rollout.baseline.override.{D}]\nToken = "own-word"\n'
KEPT = (
    "The values of NoEcho parameters cannot be compared, and the deployed ones are kept: Token. To "
    "set those of the settings: trailbell rollout apply baseline --push-secret Token"
)
SENT = (
    "The values of NoEcho parameters cannot be compared, and those of the settings are sent: Token"
)
MASKED = ValueChange(name="parameter Token", before="****", after="****")


def deployed_cloud(text: str = OLD) -> Cloud:
    """A deployed rollout, whose secrets AWS returns as asterisks."""
    cloud = new_cloud()
    assert apply_rollout(cloud, text, built_template(1, Token=TOKEN)).succeeded
    assert cloud.definition is not None
    _mask(cloud.definition["Parameters"])
    for stack in cloud.stacks.stacks.values():
        _mask(stack["Parameters"])
    return cloud


def _mask(parameters: list[dict[str, Any]]) -> None:
    for each in parameters:
        if each["ParameterKey"] == "Token":
            each["ParameterValue"] = "****"


def plan_and_apply(
    cloud: Cloud, text: str, *push_secrets: str, template: BuiltTemplate | None = None
) -> RolloutPlan:
    """Apply the plan of ``rollout apply --push-secret``, and return it."""
    templates = {"alerts": template or built_template(1, Token=TOKEN)}
    config = with_templates(read_settings(text), templates, push_secrets)
    validate_for_stack_set(config.shared, templates["alerts"])
    opened = open_sessions(config, cloud.open, quick_poller())
    known = read_known_operations(opened, Recorder())
    organization, actual = read_rollout(opened, templates, check_overrides=False)
    plan = planner.plan_rollout(config, templates, organization, actual, account_id=cloud.caller)
    assert apply.apply_plan(opened, plan, Recorder(), COMMANDS, known).succeeded
    return plan


def last_token(cloud: Cloud) -> dict[str, Any]:
    """What the last UpdateStackSet sent for the secret."""
    request = cloud.requests("UpdateStackSet")[-1]
    token: dict[str, Any]
    (token,) = (each for each in request["Parameters"] if each["ParameterKey"] == "Token")
    return token


def test_another_secret_in_the_settings_alone_changes_nothing_and_is_named() -> None:
    plan = plan_and_apply(deployed_cloud(), NEW)
    assert (plan.empty, plan.notices, plan.unknowns) == (True, (KEPT,), ())


def test_another_template_keeps_the_secret() -> None:
    cloud = deployed_cloud()
    plan = plan_and_apply(cloud, NEW, template=built_template(2, Token=TOKEN))
    assert (plan.stack_sets[0].value_changes, plan.notices, plan.unknowns) == ((), (KEPT,), ())
    assert last_token(cloud) == {"ParameterKey": "Token", "UsePreviousValue": True}


def test_a_secret_that_is_pushed_reaches_every_stack_and_blocks_each_gate() -> None:
    cloud = deployed_cloud()
    plan = plan_and_apply(cloud, NEW, "Token")
    assert (plan.stack_sets[0].value_changes, plan.notices, plan.unknowns) == (
        (MASKED,),
        (),
        (SENT,),
    )
    assert plan.blocks(frozenset({Risk.REMOVE}))
    assert [(each.api, each.accounts) for each in operations(plan)] == [
        (StackSetApi.UPDATE_STACK_SET, (A, B, C, D, E))
    ]
    assert last_token(cloud) == {"ParameterKey": "Token", "ParameterValue": "new-word"}


def test_a_pushed_secret_is_an_override_where_the_settings_have_one() -> None:
    plan = plan_and_apply(deployed_cloud(OVERRIDE), OVERRIDE.replace("own", "other"), "Token")
    assert [(each.api, each.accounts, each.parameter_overrides) for each in operations(plan)] == [
        (StackSetApi.UPDATE_STACK_SET, (A, B, C, E), None),
        (StackSetApi.UPDATE_INSTANCES, (D,), {"Token": "other-word"}),
    ]


def test_a_secret_that_only_an_account_has_is_pushed_to_that_account() -> None:
    text = SERVICE + f'[rollout.baseline.override.{D}]\nToken = "own-word"\n'
    template = built_template(1, Token=TOKEN | {"Default": ""})
    cloud = new_cloud()
    assert apply_rollout(cloud, text, template).succeeded
    plan = plan_and_apply(cloud, text.replace("own", "other"), template=template)
    assert (plan.empty, plan.notices) == (True, (KEPT,))
    plan = plan_and_apply(cloud, text.replace("own", "other"), "Token", template=template)
    assert [(each.api, each.accounts, each.parameter_overrides) for each in operations(plan)] == [
        (StackSetApi.UPDATE_INSTANCES, (D,), {"Token": "other-word"})
    ]
    assert (plan.notices, plan.unknowns) == (
        (),
        (SENT, "What changed parameter overrides mean for 3 stack instances is not judged."),
    )


def test_a_pushed_secret_reaches_the_management_account() -> None:
    managed = OLD + "management_account = true\n"
    cloud = deployed_cloud(managed)
    plan = plan_and_apply(cloud, managed.replace("old", "new"), "Token")
    stacks = [stack for stage in plan.stages for stack in stage.management_stacks]
    assert [stack.changes for stack in stacks] == [(MASKED,)] * 3
    deployed = [key for key in cloud.stacks.stacks if key[0] == MANAGER]
    assert [
        each["ParameterValue"]
        for key in deployed
        for each in cloud.stacks.stacks[key]["Parameters"]
        if each["ParameterKey"] == "Token"
    ] == ["new-word"] * 3


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        pytest.param(
            OLD,
            "Tokn",
            '--push-secret: Tokn: is no NoEcho parameter; correct it, did you mean "Token"?',
            id="a name that is misspelled",
        ),
        pytest.param(
            OLD,
            "Email",
            "--push-secret: Email: is no NoEcho parameter; correct it (Token)",
            id="no secret",
        ),
        pytest.param(
            SERVICE,
            "Token",
            "--push-secret: Token: has no value in the settings; add one",
            id="a secret without a value",
        ),
    ],
)
def test_what_cannot_be_pushed(text: str, name: str, expected: str) -> None:
    config = replace(rollout(text), push_secrets=(name,))
    template = built_template(1, Token={**TOKEN, "Default": ""})
    with pytest.raises(SettingsError) as caught:
        validate_for_stack_set(config, template)
    assert str(caught.value) == expected
