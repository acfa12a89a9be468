"""Parameter overrides of accounts in a plan."""

from typing import Any

import pytest

from tests.rollout.scenario import (
    REGIONS,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    account,
    all_current,
    apply_rollout,
    built_template,
    changed,
    current_stacks,
    deployed_cloud,
    make_plan,
    new_cloud,
    operations,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.model.stage import InstanceAction, StackSetApi

EU, US, AP = REGIONS
OVERRIDE = SERVICE + f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'


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
