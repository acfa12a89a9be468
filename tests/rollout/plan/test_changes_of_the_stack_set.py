"""What a rollout would change of the stack set, and what the first wave gets of it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rollout.scenario import (
    CANARY,
    DEEP,
    PROD,
    REGIONS,
    SELF,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    all_current,
    apply_rollout,
    brief,
    built_template,
    changed,
    current_stacks,
    deployed_cloud,
    make_plan,
    new_cloud,
    operations,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.diff.model import ValueChange
from trailbell.errors import PreconditionError, UnsupportedError
from trailbell.rollout.configuration.config import REST
from trailbell.rollout.model.stage import InstanceAction, StackSetApi

EU, US, AP = REGIONS


def test_only_the_first_wave_gets_the_template_first() -> None:
    """UpdateStackSet marks all others OUTDATED; UpdateStackInstances updates them by wave."""
    plan = make_plan(deployed_cloud(CANARY), CANARY, built_template(2))
    assert [(s.name, brief(list(s.operations))) for s in plan.stages] == [
        ("canary", [(StackSetApi.UPDATE_STACK_SET, (A,), REGIONS)]),
        (REST, [(StackSetApi.UPDATE_INSTANCES, (B, C, D, E), REGIONS)]),
    ]
    assert set(changed(plan).values()) == {InstanceAction.UPDATE}


def test_a_first_wave_of_new_accounts_is_created_and_then_gets_the_template() -> None:
    """No stack of a later wave is touched before: UpdateStackSet has the new stacks as targets."""
    cloud = deployed_cloud(SERVICE.replace(f'["{PROD}", "{TEST}"]', f'["{TEST}"]'))
    plan = make_plan(cloud, CANARY, built_template(2))
    assert [(s.name, brief(list(s.operations))) for s in plan.stages] == [
        (
            "canary",
            [
                (StackSetApi.CREATE_INSTANCES, (A,), REGIONS),
                (StackSetApi.UPDATE_STACK_SET, (A,), REGIONS),
            ],
        ),
        (
            REST,
            [
                (StackSetApi.UPDATE_INSTANCES, (D, E), REGIONS),
                (StackSetApi.CREATE_INSTANCES, (B, C), REGIONS),
            ],
        ),
    ]


def test_the_stacks_of_a_new_canary_wave_end_with_the_new_template_and_their_overrides() -> None:
    cloud = deployed_cloud(SERVICE.replace(f'["{PROD}", "{TEST}"]', f'["{TEST}"]'))
    text = CANARY + f"[rollout.baseline.override.{A}]\nDays = 7\n"
    new = built_template(2, Days={"Type": "Number", "Default": 30})
    assert apply_rollout(cloud, text, new).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)
    assert cloud.instances[AccountRegion(A, EU)].overrides == {"Days": "7"}
    assert make_plan(cloud, text, new, check_overrides=True).empty


def test_a_first_wave_whose_overrides_all_change_gets_the_template_before_them() -> None:
    cloud = deployed_cloud(CANARY)
    text = CANARY + f'[rollout.baseline.override.{A}]\nEmail = "a@example.com"\n'
    found = make_plan(cloud, text, built_template(2)).stages[0].operations
    assert [(c.api, c.accounts, c.parameter_overrides) for c in found] == [
        (StackSetApi.UPDATE_STACK_SET, (A,), None),
        (StackSetApi.UPDATE_INSTANCES, (A,), {"Email": "a@example.com"}),
    ]


def test_a_stack_set_whose_stacks_all_leave_is_changed_after_they_are_deleted() -> None:
    """No stack of the rollout can be its target, and without targets it would update the others."""
    cloud = deployed_cloud(SERVICE.replace(f'"{PROD}", "{TEST}"', f'"{TEST}"'))
    cloud.units[DEEP] = []
    text = SERVICE.replace(f'"{PROD}", "{TEST}"', f'"{DEEP}"')
    assert brief(operations(make_plan(cloud, text, built_template(2)))) == [
        (StackSetApi.DELETE_INSTANCES, (D, E), REGIONS),
        (StackSetApi.UPDATE_STACK_SET, (), ()),
    ]


def test_a_switch_of_managed_execution_waits_for_stacks_that_are_outdated() -> None:
    """UpdateStackSet without targets would update them all at once, before the first wave."""
    cloud = deployed_cloud(CANARY)
    cloud.instances[AccountRegion(D, EU)].status = "OUTDATED"
    plan = make_plan(
        cloud,
        CANARY.replace(
            "[rollout.baseline.wave", "managed_execution = true\n[rollout.baseline.wave"
        ),
    )
    assert [(s.name, [c.api for c in s.operations]) for s in plan.stages] == [
        ("canary", []),
        (REST, [StackSetApi.UPDATE_INSTANCES]),
        ("stack-set-settings", [StackSetApi.UPDATE_MANAGED_EXECUTION]),
    ]


def test_an_empty_stack_set_is_updated_without_targets() -> None:
    cloud = deployed_cloud()
    cloud.instances.clear()
    found = operations(make_plan(cloud, SERVICE, built_template(2)))
    assert brief(found) == [
        (StackSetApi.UPDATE_STACK_SET, (), ()),
        (StackSetApi.CREATE_INSTANCES, (A, B, C, D, E), REGIONS),
    ]


@pytest.mark.parametrize(
    ("text", "template", "values"),
    [
        pytest.param(SERVICE + 'parameters = { Email = "a@b.example" }\n', built_template(),
                     (ValueChange(name="parameter Email", before=None, after="a@b.example"),),
                     id="a parameter"),
        pytest.param(SERVICE + 'tags = { owner = "me" }\n', built_template(),
                     (ValueChange(name="tag owner", before=None, after="me"),), id="a tag"),
        pytest.param(SERVICE, built_template(1, Days={"Type": "Number", "Default": 30}),
                     (ValueChange(name="parameter Days", before=None, after="30"),),
                     id="a parameter that is new in the template"),
        pytest.param(SERVICE + "managed_execution = true\n", built_template(),
                     (ValueChange(name="managed execution", before="inactive", after="active"),),
                     id="managed execution"),
        pytest.param(SERVICE + "auto_deployment = true\n", built_template(),
                     (ValueChange(name="automatic deployment", before="disabled",
                            after="enabled, account removal behavior: delete stacks"),),
                     id="auto-deployment"),
    ],
)  # fmt: skip
def test_changes_of_the_stack_set(
    text: str, template: Any, values: tuple[ValueChange, ...]
) -> None:
    assert make_plan(deployed_cloud(), text, template).stack_sets[0].value_changes == values


@pytest.mark.parametrize(
    ("kind", "blocked"),
    [
        pytest.param("AWS::SNS::Topic", False, id="one more topic"),
        pytest.param(
            "AWS::SQS::Queue", True, id="a changed resource type, which CloudFormation rejects"
        ),
    ],
)
def test_an_invalid_template_change_blocks_the_rollout(kind: str, *, blocked: bool) -> None:
    known = built_template(2)
    resources = {**known.document["Resources"], "Topic0": {"Type": kind}}
    changed = replace(known, document={**known.document, "Resources": resources}, sha256="other")
    plan = make_plan(deployed_cloud(), SERVICE, changed)
    assert (plan.empty, plan.blocked) == (False, blocked)


@pytest.mark.parametrize(
    ("key", "stages"),
    [
        pytest.param(
            "managed_execution",
            [("managed-execution", [StackSetApi.UPDATE_MANAGED_EXECUTION], 15), (REST, [], 0)],
            id="managed execution comes before the waves, which use it",
        ),
        pytest.param(
            "auto_deployment",
            [(REST, [], 0), ("stack-set-settings", [StackSetApi.UPDATE_AUTO_DEPLOYMENT], 15)],
            id="automatic deployment comes after the waves, which it does not heed",
        ),
    ],
)
def test_a_setting_of_the_stack_set_is_an_operation_of_its_own(key: str, stages: Any) -> None:
    """It names no target, so AWS may work on every stack instance: all of them are counted."""
    plan = make_plan(deployed_cloud(), SERVICE + f"{key} = true\n")
    assert changed(plan) == {}
    assert [
        (s.name, [c.api for c in s.operations], sum(c.untargeted for c in s.operations))
        for s in plan.stages
    ] == stages
    assert plan.seconds == 2 * 3 * 120  # five accounts, three at a time, Region by Region


@pytest.mark.parametrize(
    ("key", "members"),
    [
        pytest.param(
            "managed_execution", {"ManagedExecution": {"Active": True}}, id="managed execution"
        ),
        pytest.param(
            "auto_deployment",
            {"AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False}},
            id="automatic deployment",
        ),
    ],
)
def test_a_setting_is_sent_without_template_parameters_and_tags(
    key: str, members: dict[str, Any]
) -> None:
    cloud = deployed_cloud()
    assert apply_rollout(cloud, SERVICE + f"{key} = true\n", built_template(2)).succeeded
    (request,) = [r for r in cloud.requests("UpdateStackSet") if next(iter(members)) in r]
    ignored = ("StackSetName", "OperationId", "OperationPreferences")
    assert {name: value for name, value in request.items() if name not in ignored} == {
        "UsePreviousTemplate": True,
        "Capabilities": [],
        **members,
    }
    assert current_stacks(cloud) == all_current(A, B, C, D, E)
    assert make_plan(cloud, SERVICE + f"{key} = true\n", built_template(2)).empty


def test_secrets_are_neither_compared_nor_shown() -> None:
    secret = built_template(1, Word={"Type": "String", "NoEcho": True})
    text = SERVICE + 'parameters = { Word = "do-not-show" }\n'
    cloud = new_cloud()
    assert apply_rollout(cloud, text, secret).succeeded
    assert cloud.definition is not None
    for each in cloud.definition["Parameters"]:
        if each["ParameterKey"] == "Word":
            each["ParameterValue"] = "****"
    assert make_plan(cloud, text, secret).empty


def test_a_stack_set_of_the_other_permission_model_is_rejected() -> None:
    with pytest.raises(PreconditionError) as caught:
        make_plan(deployed_cloud(SELF), SERVICE)
    assert str(caught.value) == (
        "StackSet baseline: its permission model is SELF_MANAGED, and the rollout needs "
        "SERVICE_MANAGED\n"
        '  Give the rollout its own StackSet: stack_set_name = "..." in trailbell.toml'
    )


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        pytest.param(
            "Transform",
            "AWS::Serverless-2016-10-31",
            "cannot translate alerts to a service-managed StackSet: the template "
            "has a Transform, and macros are not supported",
            id="macros",
        ),
        pytest.param(
            "Resources",
            {"Inner": {"Type": "AWS::CloudFormation::Stack"}},
            "cannot translate alerts to a service-managed StackSet: Inner is a "
            "nested stack, and nested stacks are not supported",
            id="nested stacks",
        ),
    ],
)
def test_templates_that_service_managed_stack_sets_do_not_support(
    key: str, value: Any, expected: str
) -> None:
    wanted = built_template()
    with pytest.raises(UnsupportedError) as caught:
        make_plan(new_cloud(), SERVICE, replace(wanted, document={**wanted.document, key: value}))
    assert str(caught.value) == expected
