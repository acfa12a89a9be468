"""What a rollout would do: each stack instance, and each operation."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.rollout.fake_organizations import MANAGER, ROOT
from tests.rollout.fake_stack_sets import Stack
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
    account,
    actions,
    all_current,
    apply_rollout,
    built_template,
    current_stacks,
    deployed_cloud,
    make_plan,
    new_cloud,
    operations,
    without,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.diff.model import ValueChange
from trailbell.errors import PreconditionError, UnsupportedError
from trailbell.rollout.configuration.config import REST, AccountFilter
from trailbell.rollout.model.deployment_targets import DeploymentTargets
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.model.stage import InstanceAction, PlannedOperation, StackSetApi
from trailbell.rollout.plan.planner import RolloutOptions

EU, US, AP = REGIONS
OVERRIDE = SERVICE + f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'


def changed(plan: RolloutPlan) -> dict[AccountRegion, InstanceAction]:
    """The stack instances that are not unchanged."""
    return {
        pair: kind for pair, kind in actions(plan).items() if kind is not InstanceAction.UNCHANGED
    }


def brief(
    found: list[PlannedOperation],
) -> list[tuple[StackSetApi, tuple[str, ...], tuple[str, ...]]]:
    return [(call.api, call.accounts, call.regions) for call in found]


def test_nothing_to_do_is_an_empty_plan() -> None:
    plan = make_plan(deployed_cloud())
    assert (plan.empty, changed(plan), operations(plan), plan.seconds) == (True, {}, [], 0)


def test_planning_changes_nothing() -> None:
    cloud = new_cloud()
    make_plan(cloud)
    names = {name for _, name, _, _, _ in cloud.record}
    assert {name for name in names if not name.startswith(("List", "Describe"))} == set()


def test_a_new_account_in_an_old_region_is_found() -> None:
    """A comparison of Regions alone would miss it."""
    cloud = deployed_cloud()
    cloud.units[TEST].append("000000000006")
    plan = make_plan(cloud)
    assert changed(plan) == {
        AccountRegion("000000000006", region): InstanceAction.CREATE for region in REGIONS
    }
    assert brief(operations(plan)) == [(StackSetApi.CREATE_INSTANCES, ("000000000006",), REGIONS)]


def test_a_new_region_is_one_operation() -> None:
    cloud = deployed_cloud(SERVICE.replace(', "ap-southeast-2"', ""))
    plan = make_plan(cloud)
    assert changed(plan) == {AccountRegion(a, AP): InstanceAction.CREATE for a in (A, B, C, D, E)}
    assert [c.targets for c in operations(plan)] == [
        DeploymentTargets((), (PROD, TEST), AccountFilter.NONE)
    ]


def test_a_removed_unit_is_deleted_by_account_and_by_the_unit_that_created_it() -> None:
    cloud = deployed_cloud()
    plan = make_plan(cloud, SERVICE.replace(f', "{TEST}"', ""))
    assert changed(plan) == {
        AccountRegion(a, r): InstanceAction.DELETE for a in (D, E) for r in REGIONS
    }
    assert [(c.api, c.targets, c.retain) for c in operations(plan)] == [
        (
            StackSetApi.DELETE_INSTANCES,
            DeploymentTargets((D, E), (TEST,), AccountFilter.INTERSECTION),
            False,
        )
    ]


def test_narrowing_from_the_root_keeps_what_stays() -> None:
    """Stacks recorded under a unit and under the root above it; the deletion names its accounts."""
    cloud = deployed_cloud(SERVICE.replace(f'"{PROD}", "{TEST}"', f'"{TEST}"'))
    widened = SERVICE.replace(f'"{PROD}", "{TEST}"', f'"{ROOT}"')
    assert apply_rollout(cloud, widened).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)
    narrowed = SERVICE.replace(f'"{PROD}", "{TEST}"', f'"{TEST}"')
    assert [(c.api, c.targets) for c in operations(make_plan(cloud, narrowed))] == [
        (
            StackSetApi.DELETE_INSTANCES,
            DeploymentTargets((A, B, C), (ROOT,), AccountFilter.INTERSECTION),
        )
    ]
    assert apply_rollout(cloud, narrowed).succeeded
    assert current_stacks(cloud) == all_current(D, E)


@pytest.mark.parametrize(
    ("more", "targets"),
    [
        pytest.param(
            f'account_filter = "difference"\naccounts = ["{A}"]\n',
            [DeploymentTargets((B, C, D, E), (PROD, TEST), AccountFilter.INTERSECTION)],
            id="an account filter lists the accounts",
        ),
        pytest.param(
            f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n',
            [
                DeploymentTargets((A, B, C, E), (PROD, TEST), AccountFilter.INTERSECTION),
                DeploymentTargets((D,), (TEST,), AccountFilter.INTERSECTION),
            ],
            id="parameter overrides are for the account that the settings name",
        ),
        pytest.param(
            f'[rollout.baseline.wave.one]\naccounts = ["{D}", "{E}"]\n',
            [
                DeploymentTargets((D, E), (TEST,), AccountFilter.INTERSECTION),
                DeploymentTargets((), (PROD,), AccountFilter.NONE),
            ],
            id="a wave of accounts is not a wave of their unit",
        ),
        pytest.param(
            f'[rollout.baseline.wave.one]\norganizational_units = ["{TEST}"]\n',
            [
                DeploymentTargets((), (TEST,), AccountFilter.NONE),
                DeploymentTargets((), (PROD,), AccountFilter.NONE),
            ],
            id="a wave of a unit names the unit",
        ),
    ],
)
def test_a_unit_is_created_as_a_whole_only_if_the_settings_mean_all_of_it(
    more: str, targets: list[DeploymentTargets]
) -> None:
    """An account that joins the unit after the plan was made gets a stack too."""
    assert [c.targets for c in operations(make_plan(new_cloud(), SERVICE + more))[1:]] == targets


@pytest.mark.parametrize(
    ("leaving", "expected"),
    [
        pytest.param("leave", [], id="they stay in the StackSet"),
        pytest.param(
            "retain",
            [(StackSetApi.DELETE_INSTANCES, True)],
            id="their stacks are retained outside the StackSet",
        ),
        pytest.param("delete", [(StackSetApi.DELETE_INSTANCES, False)], id="they are deleted"),
    ],
)
def test_removed_accounts_are_handled_as_the_settings_say(
    leaving: str, expected: list[tuple[StackSetApi, bool]]
) -> None:
    text = SERVICE.replace(f', "{TEST}"', "") + f'leaving = "{leaving}"\n'
    assert [(c.api, c.retain) for c in operations(make_plan(deployed_cloud(), text))] == expected


def test_operations_are_never_all_accounts_times_all_regions() -> None:
    """Two failed stack instances on a diagonal are two operations, not four stacks."""
    cloud = deployed_cloud()
    for pair in (AccountRegion(A, EU), AccountRegion(D, US)):
        cloud.instances[pair].status, cloud.instances[pair].detailed = "OUTDATED", "FAILED"
    assert brief(operations(make_plan(cloud))) == [
        (StackSetApi.UPDATE_INSTANCES, (A,), (EU,)),
        (StackSetApi.UPDATE_INSTANCES, (D,), (US,)),
    ]


@pytest.mark.parametrize(
    ("stack", "kind", "why"),
    [
        pytest.param(Stack("CURRENT", "SUCCEEDED"), InstanceAction.UNCHANGED, "", id="current"),
        pytest.param(
            Stack("CURRENT", ""),
            InstanceAction.UNCHANGED,
            "",
            id="current, no detail",
        ),
        pytest.param(
            Stack("OUTDATED", "PENDING"),
            InstanceAction.OUTDATED,
            "PENDING",
            id="pending without an operation, after a partial update",
        ),
        pytest.param(
            Stack("OUTDATED", "FAILED", "no role"),
            InstanceAction.OUTDATED,
            "FAILED: no role",
            id="failed",
        ),
        pytest.param(
            Stack("OUTDATED", "CANCELLED", ""), InstanceAction.OUTDATED, "CANCELLED", id="canceled"
        ),
        pytest.param(
            Stack("CURRENT", "FAILED", "no"),
            InstanceAction.OUTDATED,
            "FAILED: no",
            id="failed in an operation that left the status as it was",
        ),
        pytest.param(
            Stack("CURRENT", "SKIPPED_SUSPENDED_ACCOUNT"),
            InstanceAction.OUTDATED,
            "SKIPPED_SUSPENDED_ACCOUNT",
            id="an account that is no longer suspended",
        ),
        pytest.param(
            Stack("INOPERABLE", "INOPERABLE", "stuck"),
            InstanceAction.INOPERABLE,
            "stuck",
            id="inoperable",
        ),
    ],
)
def test_each_status_of_a_stack_instance(stack: Stack, kind: InstanceAction, why: str) -> None:
    cloud = deployed_cloud()
    cloud.instances[AccountRegion(A, EU)] = replace(stack, unit=PROD)
    instance = next(
        instance
        for instance in make_plan(cloud).instances
        if instance.location == AccountRegion(A, EU)
    )
    assert (instance.action, instance.reason) == (kind, why)


def test_inoperable_stacks_are_reported_and_skipped_in_every_operation() -> None:
    cloud = deployed_cloud()
    cloud.instances[AccountRegion(A, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", PROD)
    plan = make_plan(cloud, SERVICE, built_template(2))
    targets = {AccountRegion(a, r) for c in operations(plan) for a in c.accounts for r in c.regions}
    assert AccountRegion(A, EU) not in targets
    assert plan.notices == (
        (
            "INOPERABLE stack instances: 1. StackSets skips them in every update. Remove them from "
            "the StackSet and retain their stacks with: trailbell rollout apply baseline "
            "--detach-inoperable. Then delete each stack in its own account."
        ),
    )


def test_inoperable_stacks_are_released_on_request_and_retained() -> None:
    cloud = deployed_cloud()
    cloud.instances[AccountRegion(A, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", PROD)
    found = operations(make_plan(cloud, options=RolloutOptions(release_inoperable=True)))
    assert [(c.api, c.accounts, c.regions, c.retain) for c in found] == [
        (StackSetApi.DELETE_INSTANCES, (A,), (EU,), True)
    ]


def test_removed_inoperable_stacks_are_only_removed_from_the_stack_set() -> None:
    cloud = deployed_cloud()
    cloud.instances[AccountRegion(D, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", TEST)
    found = operations(make_plan(cloud, SERVICE.replace(f', "{TEST}"', "")))
    assert [(c.accounts, c.regions, c.retain) for c in found] == [
        ((E,), REGIONS, False),
        ((D,), (US, AP), False),
        ((D,), (EU,), True),
    ]


def test_suspended_accounts_are_reported_and_no_operation_targets_them() -> None:
    plan = make_plan(new_cloud(states={B: "SUSPENDED"}))
    assert [c.targets for c in operations(plan)[1:]] == [
        DeploymentTargets((A, C, D, E), (PROD, TEST), AccountFilter.INTERSECTION)
    ]
    assert {pair for pair, kind in actions(plan).items() if kind is InstanceAction.SUSPENDED} == {
        AccountRegion(B, region) for region in REGIONS
    }
    assert plan.notices == (
        f"Skipped suspended or closed accounts (account is not ACTIVE): {B} (SUSPENDED)",
    )


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


# ---------------------------------------------------------------------------------- overrides


def test_accounts_with_overrides_have_separate_operations() -> None:
    found = operations(make_plan(new_cloud(), OVERRIDE))
    assert [(c.api, c.accounts, c.parameter_overrides) for c in found[1:]] == [
        (StackSetApi.CREATE_INSTANCES, (A, B, C, E), None),
        (StackSetApi.CREATE_INSTANCES, (D,), {"Email": "d@example.com"}),
    ]


def test_accounts_with_the_same_overrides_share_an_operation() -> None:
    text = OVERRIDE + f'[rollout.baseline.override.{E}]\nEmail = "d@example.com"\n'
    assert [
        (c.accounts, c.parameter_overrides) for c in operations(make_plan(deployed_cloud(), text))
    ] == [((D, E), {"Email": "d@example.com"})]


def test_a_new_override_is_an_update_of_that_account() -> None:
    plan = make_plan(deployed_cloud(), OVERRIDE)
    assert changed(plan) == {AccountRegion(D, region): InstanceAction.UPDATE for region in REGIONS}
    assert [(c.api, c.accounts, c.parameter_overrides) for c in operations(plan)] == [
        (StackSetApi.UPDATE_INSTANCES, (D,), {"Email": "d@example.com"})
    ]


def test_overrides_survive_a_new_template() -> None:
    cloud = deployed_cloud(OVERRIDE)
    found = operations(make_plan(cloud, OVERRIDE, built_template(2)))
    assert [(c.api, c.accounts, c.parameter_overrides) for c in found] == [
        (StackSetApi.UPDATE_STACK_SET, (A, B, C, D, E), None)
    ]


def test_an_empty_table_removes_an_override() -> None:
    cloud = deployed_cloud(OVERRIDE)
    empty = SERVICE + f"[rollout.baseline.override.{D}]\n"
    assert [c.parameter_overrides for c in operations(make_plan(cloud, empty))] == [{}]


UNREAD = (
    "Parameter overrides of 138 stack instances were not read, because each takes a call. "
    "--check-overrides reads them, and removes those that the settings do not name."
)


@pytest.mark.parametrize(
    ("more_accounts", "check_overrides", "removed", "notices"),
    [
        pytest.param(41, False, [], (UNREAD,), id="many are not read, and the plan says so"),
        pytest.param(41, True, [((D,), {})], (), id="many are read on request"),
        pytest.param(0, False, [((D,), {})], (), id="a few are read anyway"),
    ],
)
def test_an_override_that_the_settings_no_longer_name_is_removed(
    more_accounts: int,
    *,
    check_overrides: bool,
    removed: list[Any],
    notices: tuple[str, ...],
) -> None:
    cloud = new_cloud(page=200, speed=200)
    cloud.units[TEST] += [account(n) for n in range(10, 10 + more_accounts)]
    assert apply_rollout(cloud, OVERRIDE).succeeded
    plan = make_plan(cloud, check_overrides=check_overrides)
    assert [(c.accounts, c.parameter_overrides) for c in operations(plan)] == removed
    assert plan.notices == notices


def test_a_parameter_that_is_new_can_be_overridden_once_the_stack_has_it() -> None:
    cloud = deployed_cloud()
    new = built_template(1, Days={"Type": "Number", "Default": 30})
    text = SERVICE + f"[rollout.baseline.override.{D}]\nDays = 7\n"
    found = operations(make_plan(cloud, text, new))
    assert [(c.api, c.accounts, c.parameter_overrides) for c in found] == [
        (StackSetApi.UPDATE_STACK_SET, (A, B, C, D, E), None),
        (StackSetApi.UPDATE_INSTANCES, (D,), {"Days": "7"}),
    ]
    assert apply_rollout(cloud, text, new).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)
    assert cloud.instances[AccountRegion(D, EU)].overrides == {"Days": "7"}


# ---------------------------------------------------------------------------------- resume


def test_resume_plans_only_what_failed_is_outdated_or_was_not_started() -> None:
    cloud = deployed_cloud(SERVICE.replace(', "ap-southeast-2"', ""))
    cloud.instances[AccountRegion(A, EU)].status, cloud.instances[AccountRegion(A, EU)].detailed = (
        "OUTDATED",
        "FAILED",
    )
    text = SERVICE.replace(f', "{TEST}"', "")
    plan = make_plan(cloud, text, built_template(2), RolloutOptions(resume=True))
    assert brief(operations(plan)) == [
        (StackSetApi.UPDATE_INSTANCES, (A,), (EU,)),
        (StackSetApi.CREATE_INSTANCES, (A, B, C), (AP,)),
    ]
    assert plan.notices == (
        (
            "dist/ or trailbell.toml differs from the StackSet. resume does not deploy these "
            "changes; deploy them with: trailbell rollout apply baseline"
        ),
    )


def test_a_rollout_that_was_not_started_cannot_be_resumed() -> None:
    with pytest.raises(PreconditionError) as caught:
        make_plan(new_cloud(), options=RolloutOptions(resume=True))
    assert str(caught.value) == (
        "StackSet baseline: it does not exist, so there is nothing to resume\n"
        "  Create it with: trailbell rollout apply baseline"
    )


# ---------------------------------------------------------------------------------- waves


def test_waves_of_units_and_of_accounts() -> None:
    text = SERVICE + (
        f'[rollout.baseline.wave.one]\naccounts = ["{D}"]\n'
        f'[rollout.baseline.wave.two]\norganizational_units = ["{DEEP}", "{TEST}"]\n'
    )
    plan = make_plan(new_cloud(), text)
    assert {c.location.account: c.wave for c in plan.instances} == {
        A: REST,
        B: REST,
        C: "two",
        D: "one",
        E: "two",
    }


def test_a_notice_says_that_strict_tolerance_slows_a_wave() -> None:
    text = without(SERVICE, "concurrency_mode")
    assert make_plan(new_cloud(), text).notices == (
        (
            "Wave remaining accounts: max_concurrent allows 3 accounts at a time, but strict "
            'failure tolerance runs 1. With concurrency_mode = "soft", 3 run, and more may fail '
            "before the operation stops."
        ),
    )


def test_the_management_account_has_a_stack_in_its_wave() -> None:
    text = SERVICE + "management_account = true\n"
    plan = make_plan(new_cloud(), text)
    own = [c for c in plan.instances if c.in_management_account]
    assert [(c.location, c.action, c.wave) for c in own] == [
        (AccountRegion(MANAGER, region), InstanceAction.CREATE, REST) for region in REGIONS
    ]
    assert MANAGER not in {a for call in operations(plan) for a in call.accounts}


def test_planning_reads_each_page_once() -> None:
    """Three units, each with a page of accounts and of units; one page of stack instances.

    Each stack instance is described for its overrides, because there are few; and each Region is
    read in the management account, for stacks that no setting names.
    """
    cloud = deployed_cloud(page=100)
    make_plan(cloud)
    assert Counter(name for _, name, _, _, _ in cloud.record) == {
        "DescribeOrganization": 1,
        "ListAccountsForParent": 3,
        "ListOrganizationalUnitsForParent": 3,
        "DescribeStackSet": 1,
        "ListStackInstances": 1,
        "ListStackSetOperations": 1,
        "DescribeStackInstance": 15,
        "DescribeStacks": 3,
    }


def test_a_unit_with_an_account_without_stacks_is_not_updated_as_a_whole() -> None:
    cloud = deployed_cloud()
    cloud.units[TEST].append("000000000006")
    found = operations(make_plan(cloud, SERVICE, built_template(2)))
    assert [(c.api, c.targets) for c in found] == [
        (
            StackSetApi.UPDATE_STACK_SET,
            DeploymentTargets((A, B, C, D, E), (PROD, TEST), AccountFilter.INTERSECTION),
        ),
        (
            StackSetApi.CREATE_INSTANCES,
            DeploymentTargets(("000000000006",), (TEST,), AccountFilter.INTERSECTION),
        ),
    ]


@pytest.mark.parametrize(
    ("properties", "remarks"),
    [
        pytest.param({}, (), id="CloudFormation generates a name"),
        pytest.param({"RoleName": {"Fn::Sub": "x-${AWS::Region}"}}, (), id="one per Region"),
        pytest.param(
            {"RoleName": "Reader"},
            (
                (
                    "Role is named Reader in every Region, but the name must be unique in an "
                    "account. Only the first Region will succeed."
                ),
            ),
            id="the same name in every Region",
        ),
    ],
)
def test_names_that_collide_in_the_second_region(
    properties: dict[str, Any], remarks: tuple[str, ...]
) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": properties}
    wanted = built_template()
    named = replace(wanted, document={**wanted.document, "Resources": {"Role": role}})
    assert make_plan(new_cloud(), SERVICE, named).notices == remarks


def test_a_notice_says_that_a_running_operation_makes_the_plan_uncertain() -> None:
    cloud = deployed_cloud()
    cloud.operations[0].status = "RUNNING"
    plan = make_plan(cloud)
    assert plan.notices == (
        (
            f"Operation CREATE {cloud.operations[0].id} is RUNNING, so this plan may be out of "
            "date. apply waits for the operation first."
        ),
    )


def test_more_stacks_than_the_quota_are_rejected() -> None:
    accounts = [f"{n:012d}" for n in range(1, 33_335)]
    cloud = new_cloud(page=100_000)
    cloud.units[PROD] = accounts
    text = SERVICE.replace(f', "{TEST}"', "")
    with pytest.raises(PreconditionError) as caught:
        make_plan(cloud, text)
    assert str(caught.value) == (
        "rollout baseline: 33,334 accounts x 3 Regions are 100,002 stack instances, and a StackSet "
        "can have 100,000\n  Split it into two rollouts, each with its own StackSet."
    )
