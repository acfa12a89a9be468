"""Regions to opt in to, and settings whose change names no stack: what a plan says about them."""

import pytest

from tests.fake_aws import ApiError
from tests.rollout.scenario import SERVICE, A, apply_rollout, make_plan, new_cloud
from trailbell.rollout.report import report

CAPE_TOWN = SERVICE.replace('"ap-southeast-2"', '"af-south-1"')
DISABLED = (
    'Region af-south-1 is not enabled (status "DISABLED"). Enable it with: aws account '
    "enable-region --region-name af-south-1"
)
MEMBERS = (
    "Each account must have enabled af-south-1 before it gets a stack there; this was not read."
)


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


@pytest.mark.parametrize(
    ("key", "stage"),
    [
        pytest.param("auto_deployment", "stack-set-settings", id="automatic deployment"),
        pytest.param("managed_execution", "managed-execution", id="managed execution"),
    ],
)
def test_a_switch_of_a_setting_shows_its_stack_instances_and_its_time(key: str, stage: str) -> None:
    wave = f'{key} = true\n[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n'
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    lines = report.to_text(make_plan(cloud, SERVICE + wave)).splitlines()
    at = lines.index(f"{stage}: about 12 min")
    assert lines[at + 1] == (
        f"  UpdateStackSet ({key.replace('_', ' ').replace('auto ', 'automatic ')}): "
        "all 15 stack instances of the StackSet"
    )
    assert "about 12 min if nothing fails, estimated with 120 s for each stack" in lines
