"""Stacks in the management account: the same rule as for the members, and those that are left."""

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import (
    REGIONS,
    SERVICE,
    apply_rollout,
    built_template,
    make_plan,
    new_cloud,
    operations,
)
from trailbell.diff.model import Risk, ValueChange
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.model.stage import InstanceAction, ManagementStack

EU, US, AP = REGIONS
MANAGED = SERVICE + "management_account = true\n"
DAYS = {"Type": "Number", "Default": 30}


def deployed_cloud(text: str = MANAGED) -> Cloud:
    """A rollout that is deployed, in the management account too."""
    cloud = new_cloud(page=100)
    assert apply_rollout(cloud, text, built_template(1, Days=DAYS)).succeeded
    return cloud


def stacks(plan: RolloutPlan) -> list[ManagementStack]:
    """The stacks in the management account, of every stage."""
    return [stack for stage in plan.stages for stack in stage.management_stacks]


def test_a_deployed_stack_is_unchanged() -> None:
    plan = make_plan(deployed_cloud(), MANAGED, built_template(1, Days=DAYS))
    assert (plan.empty, plan.notices, plan.unknowns) == (True, (), ())
    assert stacks(plan) == [
        ManagementStack(account=MANAGER, region=region, action=InstanceAction.UNCHANGED)
        for region in REGIONS
    ]


@pytest.mark.parametrize(
    ("text", "change", "reason"),
    [
        pytest.param(
            MANAGED + "parameters = { Days = 60 }\n",
            ValueChange(name="parameter Days", before="30", after="60"),
            "parameters",
            id="a parameter of the settings",
        ),
        pytest.param(
            MANAGED + f"[rollout.baseline.override.{MANAGER}]\nDays = 7\n",
            ValueChange(name="parameter Days", before="30", after="7"),
            "parameters",
            id="a parameter override of the management account",
        ),
        pytest.param(
            MANAGED + 'tags = { owner = "me" }\n',
            ValueChange(name="tag owner", before=None, after="me"),
            "tags",
            id="a tag",
        ),
    ],
)
def test_a_change_is_shown_with_its_values_and_the_second_plan_is_empty(
    text: str, change: ValueChange, reason: str
) -> None:
    cloud, template = deployed_cloud(), built_template(1, Days=DAYS)
    assert stacks(make_plan(cloud, text, template)) == [
        ManagementStack(
            account=MANAGER,
            region=region,
            action=InstanceAction.UPDATE,
            reason=reason,
            changes=(change,),
        )
        for region in REGIONS
    ]
    assert apply_rollout(cloud, text, template).succeeded
    assert make_plan(cloud, text, template).empty


def test_a_parameter_override_that_is_removed_returns_to_the_default() -> None:
    template = built_template(1, Days=DAYS)
    cloud = deployed_cloud(MANAGED + f"[rollout.baseline.override.{MANAGER}]\nDays = 7\n")
    assert apply_rollout(cloud, MANAGED, template).succeeded
    assert make_plan(cloud, MANAGED, template).empty
    stack = cloud.stacks.stacks[MANAGER, EU, "baseline"]
    assert {"ParameterKey": "Days", "ParameterValue": "30"} in stack["Parameters"]


def test_a_default_that_changes_arrives_in_the_management_account_as_in_the_members() -> None:
    cloud, changed = deployed_cloud(), built_template(1, Days=DAYS | {"Default": 60})
    first = stacks(make_plan(cloud, MANAGED, changed))[0]
    assert first.changes == (ValueChange(name="parameter Days", before="30", after="60"),)
    assert first.template_changes is not None
    assert apply_rollout(cloud, MANAGED, changed).succeeded
    assert make_plan(cloud, MANAGED, changed).empty


def test_a_template_that_cannot_be_read_is_unknown_and_blocks_every_gate() -> None:
    cloud = deployed_cloud()
    cloud.refusals = [("GetTemplate", ApiError("AccessDenied", "no", 403))] * 3
    plan = make_plan(cloud, MANAGED, built_template(1, Days=DAYS))
    assert [text.partition(": ")[0] for text in plan.unknowns] == [
        f"The template of the stack in the management account {MANAGER} {region} could not be read"
        for region in REGIONS
    ]
    assert [plan.blocks(frozenset({risk})) for risk in Risk] == [True] * len(Risk)
    assert not plan.blocks(frozenset())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param(MANAGED.replace(', "us-east-1"', ""), [US], id="a Region left the settings"),
        pytest.param(SERVICE, [*REGIONS], id="the management account left the settings"),
    ],
)
def test_stacks_that_the_settings_leave_are_named(text: str, left: list[str]) -> None:
    template = built_template(1, Days=DAYS)
    cloud = deployed_cloud()
    notices = tuple(
        f"Stack baseline in the management account {MANAGER} {region} is not part of the rollout, "
        "and stays. If nothing else needs it, delete it with credentials of that account and "
        "Region: trailbell delete baseline"
        for region in left
    )
    assert make_plan(cloud, text, template).notices == notices
    assert apply_rollout(cloud, text, template).succeeded
    assert make_plan(cloud, text, template).notices == notices


def test_no_operation_names_the_management_account() -> None:
    plan = make_plan(new_cloud(), MANAGED)
    assert MANAGER not in {each for call in operations(plan) for each in call.accounts}
