"""Accounts that moved, left the organization, or were suspended: each planned as what it is."""

from typing import Any

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import (
    CANARY,
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
    account,
    actions,
    all_current,
    apply_rollout,
    built_template,
    current_stacks,
    make_plan,
    new_cloud,
    operations,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.apply.result import StageStatus
from trailbell.rollout.configuration.config import REST, AccountFilter
from trailbell.rollout.model.deployment_targets import DeploymentTargets
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.model.stage import InstanceAction, PlannedInstance, StackSetApi

ONLY_PROD = SERVICE.replace(f', "{TEST}"', "")
ELSEWHERE = "ou-ab12-00000009"


def deployed_cloud(**more: Any) -> Cloud:
    """A deployed rollout, with one more unit that it does not name."""
    cloud = new_cloud(page=100, **more)
    cloud.units[ELSEWHERE] = []
    assert apply_rollout(cloud).succeeded
    cloud.record.clear()
    return cloud


def move(cloud: Cloud, account_id: str, unit: str) -> None:
    """Move an account to a unit; without one, it leaves the organization."""
    for members in cloud.units.values():
        if account_id in members:
            members.remove(account_id)
    if unit:
        cloud.units[unit].append(account_id)


def planned(plan: RolloutPlan, account_id: str) -> PlannedInstance:
    """What happens to the account in the first Region."""
    return next(
        each for each in plan.instances if each.location == AccountRegion(account_id, REGIONS[0])
    )


def test_a_moved_account_that_needs_no_change_is_unchanged() -> None:
    cloud = deployed_cloud()
    move(cloud, D, PROD)
    assert make_plan(cloud).empty


def test_an_account_that_moved_within_its_recorded_unit_did_not_leave_it() -> None:
    cloud = deployed_cloud()
    move(cloud, A, DEEP)
    plan = make_plan(cloud, template=built_template(2))
    assert planned(plan, A).action is InstanceAction.UPDATE


def test_a_moved_account_is_an_action_of_its_own_and_comes_last() -> None:
    cloud = deployed_cloud()
    move(cloud, D, PROD)
    plan = make_plan(cloud, CANARY, built_template(2))
    assert planned(plan, D) == PlannedInstance(
        AccountRegion(D, REGIONS[0]),
        InstanceAction.UPDATE_MOVED,
        REST,
        f"the account moved from {TEST} to {PROD}; AWS may not reach its stack",
    )
    assert [(c.api, c.targets) for c in operations(plan)] == [
        (
            StackSetApi.UPDATE_STACK_SET,
            DeploymentTargets((A,), (PROD,), AccountFilter.INTERSECTION),
        ),
        (
            StackSetApi.UPDATE_INSTANCES,
            DeploymentTargets((B, C, E), (PROD, TEST), AccountFilter.INTERSECTION),
        ),
        (
            StackSetApi.UPDATE_INSTANCES,
            DeploymentTargets((D,), (TEST,), AccountFilter.INTERSECTION),
        ),
    ]


@pytest.mark.parametrize(
    ("reaches_moved", "status"),
    [
        pytest.param(True, StageStatus.DONE, id="AWS reaches it"),
        pytest.param(False, StageStatus.FAILED, id="AWS does not reach it"),
    ],
)
def test_an_operation_on_a_moved_account_is_done_only_if_it_was_reached(
    *,
    reaches_moved: bool,
    status: StageStatus,
) -> None:
    cloud = deployed_cloud(reaches_moved=reaches_moved)
    move(cloud, D, PROD)
    result = apply_rollout(cloud, SERVICE, built_template(2))
    assert [stage.status for stage in result.stages] == [status]
    current = {location for location, is_current in current_stacks(cloud).items() if is_current}
    assert current >= set(all_current(A, B, C, E))


def test_an_account_that_moved_out_of_the_rollout_is_deleted_after_the_others() -> None:
    cloud = deployed_cloud()
    move(cloud, B, ELSEWHERE)
    plan = make_plan(cloud, ONLY_PROD)
    assert (planned(plan, B).action, planned(plan, D).action) == (
        InstanceAction.DELETE_MOVED,
        InstanceAction.DELETE,
    )
    assert [(c.api, c.targets) for c in operations(plan)] == [
        (
            StackSetApi.DELETE_INSTANCES,
            DeploymentTargets((D, E), (TEST,), AccountFilter.INTERSECTION),
        ),
        (
            StackSetApi.DELETE_INSTANCES,
            DeploymentTargets((B,), (PROD,), AccountFilter.INTERSECTION),
        ),
    ]


def test_an_account_that_left_the_organization_is_named_and_no_operation_reaches_for_it() -> None:
    cloud = deployed_cloud()
    move(cloud, B, "")
    plan = make_plan(cloud)
    assert {pair for pair, action in actions(plan).items() if action is InstanceAction.GONE} == {
        AccountRegion(B, region) for region in REGIONS
    }
    assert (plan.empty, plan.notices) == (
        True,
        (
            (
                f"Accounts with stack instances that are not in the organization: {B}. StackSets "
                "cannot reach them. Remove their stack instances with: trailbell rollout "
                f"remove baseline --account {B} --retain"
            ),
        ),
    )


def test_many_accounts_outside_the_units_are_read_from_one_list() -> None:
    """One call an account would be 50 calls; the list has 20 accounts a page."""
    cloud = deployed_cloud()
    cloud.units[TEST] += [account(n) for n in range(10, 60)]
    assert apply_rollout(cloud).succeeded
    move(cloud, account(10), "")
    cloud.record.clear()
    plan = make_plan(cloud, ONLY_PROD)
    assert planned(plan, account(10)).action is InstanceAction.GONE
    assert planned(plan, account(11)).action is InstanceAction.DELETE
    names = [name for _, name, _, _, _ in cloud.record]
    assert ("ListAccounts" in names, "DescribeAccount" in names) == (True, False)


def test_a_suspended_account_that_leaves_the_rollout_keeps_its_stack() -> None:
    """A deletion there would fail and leave the stack instance INOPERABLE."""
    cloud = deployed_cloud()
    cloud.states[D] = "SUSPENDED"
    plan = make_plan(cloud, ONLY_PROD)
    assert planned(plan, D).reason == "the account is SUSPENDED; its stack is retained"
    assert [(c.accounts, c.retain) for c in operations(plan)] == [((E,), False), ((D,), True)]


def test_what_the_caller_may_not_read_is_a_notice() -> None:
    denied = ApiError("AccessDeniedException", "no", 400)
    cloud = deployed_cloud()
    cloud.refusals = [("DescribeAccount", denied)] * 2
    plan = make_plan(cloud, ONLY_PROD)
    assert planned(plan, D).action is InstanceAction.DELETE
    assert len(plan.notices) == 1
    assert plan.notices[0].startswith(
        "Whether accounts moved or left the organization was not read"
    )


@pytest.mark.parametrize("account_filter", ["difference", "union"])
def test_a_filter_may_name_an_account_that_left_the_organization(account_filter: str) -> None:
    left = account(77)
    text = SERVICE + f'account_filter = "{account_filter}"\naccounts = ["{left}"]\n'
    cloud = new_cloud()
    notice = (
        f"Accounts in trailbell.toml: rollout.baseline that are not in the organization: {left}. "
        "Remove them from accounts; the others are planned."
    )
    assert make_plan(cloud, text).notices == (notice,)
    assert apply_rollout(cloud, text).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_a_unit_and_a_unit_below_it_have_each_account_once() -> None:
    text = SERVICE.replace(f'"{PROD}", "{TEST}"', f'"{PROD}", "{DEEP}"')
    cloud = new_cloud()
    assert apply_rollout(cloud, text).succeeded
    assert current_stacks(cloud) == all_current(A, B, C)
    assert make_plan(cloud, text).empty
