"""What a plan says about automatic deployment, and what blocks a gate."""

from dataclasses import replace

import pytest

from tests.rollout.scenario import (
    DEEP,
    PROD,
    SERVICE,
    TEST,
    A,
    apply_rollout,
    built_template,
    make_plan,
    new_cloud,
    read_settings,
    sessions,
)
from trailbell.diff.model import Risk
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.plan.planner import plan_rollout
from trailbell.rollout.session import read_rollout

AUTO = SERVICE + "auto_deployment = true\n"
EMPTY = "ou-ab12-00000009"


def notices(plan: RolloutPlan) -> list[str]:
    """The first words of each notice."""
    return [" ".join(text.split()[:4]) for text in plan.notices]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(SERVICE, [], id="it is off"),
        pytest.param(AUTO, [], id="every unit has accounts"),
        pytest.param(
            AUTO + f'account_filter = "difference"\naccounts = ["{A}"]\n',
            ["Automatic deployment ignores account_filter:"],
            id="it ignores the account filter",
        ),
        pytest.param(
            AUTO.replace(f'"{TEST}"', f'"{EMPTY}"'),
            ["Organizational units without accounts:"],
            id="AWS is not informed of an empty unit",
        ),
    ],
)
def test_notices_about_automatic_deployment(text: str, expected: list[str]) -> None:
    cloud = new_cloud()
    cloud.units[EMPTY] = []
    assert notices(make_plan(cloud, text)) == expected


def test_a_deletion_through_a_unit_that_is_followed_is_a_notice() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, AUTO).succeeded
    cloud.units[DEEP].clear()
    cloud.units[EMPTY] = ["000000000003"]
    assert notices(make_plan(cloud, AUTO)) == [f"A deletion through {PROD}"]


@pytest.mark.parametrize(
    ("text", "template", "risks"),
    [
        pytest.param(SERVICE, built_template(2), frozenset(), id="a new topic"),
        pytest.param(
            SERVICE.replace(f', "{TEST}"', ""),
            built_template(1),
            frozenset({Risk.REMOVE}),
            id="stack instances that are deleted",
        ),
    ],
)
def test_the_risks_of_a_plan(text: str, template: BuiltTemplate, risks: frozenset[Risk]) -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    plan = make_plan(cloud, text, template)
    assert (plan.risks(), plan.blocks(frozenset({Risk.REMOVE}))) == (risks, bool(risks))


def test_a_status_of_a_newer_api_blocks_every_gate() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    templates = {"alerts": built_template()}
    organization, states = read_rollout(sessions(cloud), templates)
    actual = states["alerts"]
    first, *others = actual.instances
    newer = {"alerts": replace(actual, instances=(replace(first, status="QUARANTINED"), *others))}
    plan = plan_rollout(read_settings(), templates, organization, newer, account_id=cloud.caller)
    assert plan.unknowns == (
        '1 stack instance with the status "QUARANTINED", which this version does not know.',
    )
    assert [plan.blocks(frozenset({risk})) for risk in Risk] == [True] * len(Risk)


def test_a_template_of_the_stack_set_that_cannot_be_parsed_blocks_every_gate() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    assert cloud.definition is not None
    cloud.definition["TemplateBody"] = "{"
    plan = make_plan(cloud)
    assert (len(plan.unknowns), plan.blocks(frozenset({Risk.REPLACE}))) == (1, True)
