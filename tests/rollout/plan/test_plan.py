"""What a rollout would do: each stack instance, and each operation."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.rollout.fake_organizations import MANAGER, ROOT
from tests.rollout.fake_stack_sets import Stack
from tests.rollout.scenario import (
    DEEP,
    PROD,
    REGIONS,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    actions,
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
    without,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.errors import PreconditionError
from trailbell.rollout.configuration.config import REST, AccountFilter
from trailbell.rollout.model.deployment_targets import DeploymentTargets
from trailbell.rollout.model.stage import InstanceAction, StackSetApi
from trailbell.rollout.plan.planner import RolloutOptions

EU, US, AP = REGIONS


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
