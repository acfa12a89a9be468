"""Saved plans: what makes one out of date, and what does not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.rollout.fake_stack_sets import Cloud, Stack
from tests.rollout.scenario import (
    PROD,
    REGIONS,
    SERVICE,
    TEST,
    A,
    D,
    account,
    apply_rollout,
    built_template,
    by_stack,
    make_plan,
    new_cloud,
)
from trailbell.aws.stack_set import AccountRegion, StackSetOperation
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import ContentError, OutputError, StalePlanError
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.report import plan_file

EU, US, AP = REGIONS
SECRET = {"Token": {"Type": "String", "NoEcho": True}}


def deployed_cloud() -> Cloud:
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    return cloud


def saved(plan: RolloutPlan, path: Path, template: BuiltTemplate) -> plan_file.SavedPlan:
    plan_file.write(path, plan, by_stack(template), RolloutOptions(), check_overrides=False)
    return plan_file.read(path)


def _join(cloud: Cloud) -> None:
    cloud.units[TEST].append(account(6))


def _fail(cloud: Cloud) -> None:
    cloud.instances[AccountRegion(A, EU)] = Stack("OUTDATED", "FAILED", "no role", PROD)


def _delete(cloud: Cloud) -> None:
    del cloud.instances[AccountRegion(D, US)]


def _another_template(cloud: Cloud) -> None:
    assert cloud.definition is not None
    cloud.definition["TemplateBody"] = built_template(9).text


def _another_tag(cloud: Cloud) -> None:
    assert cloud.definition is not None
    cloud.definition["Tags"] = [{"Key": "owner", "Value": "them"}]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param(_join, "instances.000000000006 eu-central-1", id="an account joined"),
        pytest.param(_fail, f"instances.{A} eu-central-1", id="a stack instance failed"),
        pytest.param(_delete, f"instances.{D} us-east-1", id="a stack instance is missing"),
        pytest.param(_another_template, "definition.template", id="another template in the set"),
        pytest.param(_another_tag, "definition.tags.owner: (none) → them", id="another tag"),
    ],
)
def test_a_change_in_aws_makes_a_plan_out_of_date(
    change: Callable[[Cloud], None], path: str, tmp_path: Path
) -> None:
    cloud, template = deployed_cloud(), built_template(2)
    plan = saved(make_plan(cloud, template=template), tmp_path / "plan.json", template)
    change(cloud)
    with pytest.raises(StalePlanError) as caught:
        plan_file.ensure_fresh(plan, make_plan(cloud, template=template), by_stack(template))
    assert path in str(caught.value)


@pytest.mark.parametrize(
    ("text", "topics", "path"),
    [
        pytest.param(SERVICE, 3, "template_sha256", id="the template"),
        pytest.param(
            SERVICE.replace("failure_tolerance = 0", "failure_tolerance = 2"),
            2,
            "failure_tolerance.number: 0 → 2",
            id="the tolerance",
        ),
        pytest.param(
            SERVICE + 'parameters = { Email = "a@b.example" }\n',
            2,
            "rollout.parameters.Email: (none) → a@b.example",
            id="a parameter",
        ),
        pytest.param(
            SERVICE + f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n',
            2,
            f"instances.{A} eu-central-1[1]",
            id="a wave",
        ),
    ],
)
def test_a_change_of_settings_or_templates_makes_a_plan_out_of_date(
    text: str, topics: int, path: str, tmp_path: Path
) -> None:
    cloud, template = deployed_cloud(), built_template(2)
    plan = saved(make_plan(cloud, template=template), tmp_path / "plan.json", template)
    now = built_template(topics)
    with pytest.raises(StalePlanError) as caught:
        plan_file.ensure_fresh(plan, make_plan(cloud, text, now), by_stack(now))
    assert path in str(caught.value)


def test_many_differences_are_counted(tmp_path: Path) -> None:
    cloud, template = deployed_cloud(), built_template(2)
    plan = saved(make_plan(cloud, template=template), tmp_path / "plan.json", template)
    cloud.units[TEST] += [account(number) for number in range(10, 30)]
    with pytest.raises(StalePlanError) as caught:
        plan_file.ensure_fresh(plan, make_plan(cloud, template=template), by_stack(template))
    first, *listed, more, last = str(caught.value).splitlines()
    assert first.endswith('the plan for "baseline" is out of date: what would be done now differs')
    assert (len(listed), more.endswith(" more"), last) == (8, True, "  Create a new plan.")


def test_the_same_plan_is_fresh_wherever_it_was_made(tmp_path: Path) -> None:
    """The path of the settings, the profile and running operations are not part of it."""
    cloud, template = deployed_cloud(), built_template(2)
    plan = make_plan(cloud, template=template)
    (stack_set,) = plan.stack_sets
    other = replace(
        stack_set,
        rollout=replace(stack_set.rollout, origin="/other/trailbell.toml: rollout", profile="ci"),
        running_operations=(StackSetOperation(id="x", action="UPDATE", status="RUNNING"),),
    )
    elsewhere = replace(plan, stack_sets=(other,))
    plan_file.ensure_fresh(
        saved(elsewhere, tmp_path / "plan.json", template), plan, by_stack(template)
    )


def test_a_saved_plan_has_no_secret(tmp_path: Path) -> None:
    text = SERVICE + (
        f'parameters = {{ Token = "s3cret" }}\n[rollout.baseline.override.{D}]\nToken = "hidden"\n'
    )
    template = built_template(1, **SECRET)
    path = tmp_path / "plan.json"
    plan = saved(make_plan(new_cloud(), text, template), path, template)
    content = path.read_text("utf-8")
    assert ("s3cret" in content, "hidden" in content) == (False, False)
    plan_file.ensure_fresh(plan, make_plan(new_cloud(), text, template), by_stack(template))


def test_a_saved_plan_has_the_members_of_the_plan_and_its_options(tmp_path: Path) -> None:
    path, template = tmp_path / "plan.json", built_template()
    plan = make_plan(new_cloud())
    options = RolloutOptions(release_inoperable=True)
    plan_file.write(path, plan, by_stack(template), options, check_overrides=True)
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert (data["kind"], data["rollout"], data["counts"]) == (
        "rollout plan",
        "baseline",
        {"create": 15},
    )
    read = plan_file.read(path)
    assert (read.options, read.check_overrides) == (options, True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("", "empty; create a plan with", id="empty"),
        pytest.param("[]", "not the saved plan of a rollout", id="a list"),
        pytest.param('{"format": 2, "stacks": []}', "not the saved plan", id="of a deployment"),
        pytest.param(
            '{"kind": "rollout plan", "format": 99}', "has format 99, not 2", id="a later format"
        ),
        pytest.param(
            '{"kind": "rollout plan", "format": 2, "rollout": "b", "options": {"new": 1}}',
            "not the saved plan of a rollout",
            id="options of a later version",
        ),
    ],
)
def test_another_file_is_rejected(content: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        plan_file.read(path)
    assert problem in str(caught.value)


def test_a_missing_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ContentError):
        plan_file.read(tmp_path / "missing.json")


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        saved(make_plan(new_cloud()), tmp_path / "missing" / "plan.json", built_template())
