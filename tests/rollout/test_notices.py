"""What a plan says before it is applied: Regions, automatic deployment, and unknown answers."""

from dataclasses import replace

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import (
    PROD,
    SERVICE,
    A,
    apply_rollout,
    built_template,
    make_plan,
    new_cloud,
    rollout,
    sign_in,
)
from trailbell.diff.model import Risk
from trailbell.rollout import planner, report
from trailbell.rollout.session import read_rollout

EMPTY = "ou-ab12-00000009"
AUTOMATIC = SERVICE + "auto_deployment = true\n"
CAPE_TOWN = SERVICE.replace('"ap-southeast-2"', '"af-south-1"')
DISABLED = (
    'Region af-south-1 is not enabled (status "DISABLED"). Enable it with: aws account '
    "enable-region --region-name af-south-1"
)
FILTERED = (
    "Automatic deployment ignores account_filter: accounts that join an organizational unit of "
    "the rollout get stacks all the same, without waves and without operation preferences."
)
WITHOUT_ACCOUNTS = (
    f"Organizational units without accounts: {EMPTY}. AWS is not informed of them, so "
    "automatic deployment follows them only after an account in them got a stack."
)
MEMBERS = (
    "Each account must have enabled af-south-1 before it gets a stack there; this was not read."
)


def deployed_cloud(text: str = SERVICE) -> Cloud:
    cloud = new_cloud()
    assert apply_rollout(cloud, text).succeeded
    return cloud


@pytest.mark.parametrize(
    ("status", "notices"),
    [
        pytest.param("ENABLED", (MEMBERS,), id="enabled in the administrator account"),
        pytest.param(
            "DISABLED",
            (DISABLED, MEMBERS),
            id="not enabled, with the command that enables it",
        ),
        pytest.param(
            "ENABLING",
            ("Region af-south-1 is still being enabled. This can take hours.", MEMBERS),
            id="not yet",
        ),
    ],
)
def test_a_region_to_opt_in_to_is_named_before_the_plan(
    status: str, notices: tuple[str, ...]
) -> None:
    assert make_plan(new_cloud(regions={"af-south-1": status}), CAPE_TOWN).notices == notices


def test_regions_that_the_caller_may_not_list_are_a_notice() -> None:
    denied = ApiError("AccessDeniedException", "User is not authorized", 403)
    cloud = new_cloud(refusals=[("ListRegions", denied)])
    assert make_plan(cloud, CAPE_TOWN).notices == (
        "Whether af-south-1 is enabled was not read: User is not authorized",
        MEMBERS,
    )


def test_automatic_deployment_ignores_the_account_filter() -> None:
    text = AUTOMATIC + f'account_filter = "difference"\naccounts = ["{A}"]\n'
    assert make_plan(new_cloud(), text).notices == (FILTERED,)


def test_automatic_deployment_does_not_follow_a_unit_without_accounts() -> None:
    cloud = new_cloud()
    cloud.units[EMPTY] = []
    assert make_plan(cloud, AUTOMATIC.replace(PROD, EMPTY)).notices == (WITHOUT_ACCOUNTS,)


def test_a_deletion_through_a_unit_that_automatic_deployment_follows_is_named() -> None:
    text = AUTOMATIC + f'account_filter = "difference"\naccounts = ["{A}"]\n'
    (_, notice) = make_plan(deployed_cloud(AUTOMATIC), text).notices
    assert notice == (
        f"A deletion through {PROD} may end automatic deployment there. Check afterward with: aws "
        "cloudformation list-stack-set-auto-deployment-targets --stack-set-name baseline"
    )


def test_a_stack_instance_with_an_unknown_status_blocks_each_gate() -> None:
    cloud, config, template = deployed_cloud(), rollout(), built_template()
    organization, actual = read_rollout(sign_in(cloud, config), template, check_overrides=False)
    first, *others = actual.instances
    actual = replace(actual, instances=(replace(first, status="PAUSED"), *others))
    plan = planner.plan_rollout(config, template, organization, actual, account_id=cloud.caller)
    assert plan.unknowns == (
        '1 stack instance with the status "PAUSED", which this version does not know.',
    )
    assert plan.blocks(frozenset({Risk.REMOVE}))


@pytest.mark.parametrize(
    ("key", "stage"),
    [
        pytest.param("auto_deployment", "stack-set-settings", id="automatic deployment"),
        pytest.param("managed_execution", "managed-execution", id="managed execution"),
    ],
)
def test_a_switch_of_a_setting_shows_its_stack_instances_and_its_time(key: str, stage: str) -> None:
    wave = f'{key} = true\n[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n'
    lines = report.to_text(make_plan(deployed_cloud(), SERVICE + wave)).splitlines()
    at = lines.index(f"{stage}: about 12 min")
    assert lines[at + 1] == (
        f"  UpdateStackSet ({key.replace('_', ' ').replace('auto ', 'automatic ')}): "
        "all 15 stack instances of the StackSet"
    )
    assert "about 12 min if nothing fails, estimated with 120 s for each stack" in lines
