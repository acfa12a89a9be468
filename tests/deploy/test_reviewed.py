"""Reviewed change sets and saved plans are executed unchanged, or not at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.conftest import Deployer, RecordingUi, quick, source, target
from tests.deploy.fake import ACCOUNT, Fake
from tests.deploy.test_apply import change
from trailbell.deploy import live_plan, plan_file, reviewed
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment, StackOutput
from trailbell.diff.model import ChangeAction, DeployPlan, PlanFingerprint, Risk
from trailbell.errors import (
    ChangeSetUnavailableError,
    ContentError,
    PreconditionError,
    StalePlanError,
    TrailbellError,
)

NONE: frozenset[Risk] = frozenset()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`live_plan` opens its own session; poll as often as in the other tests."""
    monkeypatch.setattr("trailbell.deploy.session.Poller", quick)


def planned(fake: Fake, *, keep_change_sets: bool = False, **options: Any) -> DeployPlan:
    fake.changes = fake.changes or [change("A")]
    return live_plan.plan_from_account(
        Environment(),
        (target(),),
        DeployOptions(**options),
        RecordingUi(),
        keep_change_sets=keep_change_sets,
    )


def test_a_plan_leaves_no_trace_in_the_account(fake: Fake) -> None:
    plan = planned(fake)
    assert ([c.action for c in plan.stacks[0].resource_changes], plan.stacks[0].based_on) == (
        [ChangeAction.ADD],
        PlanFingerprint(template=source().sha256),
    )
    assert (fake.sets, fake.stacks["alerts"].state) == ({}, "DELETE_COMPLETE")
    assert fake.effects() == ["CreateChangeSet", "DeleteChangeSet", "DeleteStack"]


def test_a_plan_keeps_the_stack_and_change_set_of_others(fake: Fake) -> None:
    fake.put("alerts", "REVIEW_IN_PROGRESS")
    foreign = fake.review("alerts", "theirs")
    planned(fake)
    assert (list(fake.sets), fake.stacks["alerts"].state) == ([foreign.id], "REVIEW_IN_PROGRESS")


def test_a_new_stack_with_a_change_set_of_others_is_kept(fake: Fake) -> None:
    def create_other() -> None:
        fake.review("alerts", "theirs")

    fake.hooks["DeleteChangeSet"] = create_other
    planned(fake)
    assert ([s.name for s in fake.sets.values()], fake.stacks["alerts"].state) == (
        ["theirs"],
        "REVIEW_IN_PROGRESS",
    )


def test_a_plan_never_deletes_a_failed_stack(fake: Fake) -> None:
    """It is planned as a new stack: a change set can be created only after the deletion."""
    fake.put("alerts", "ROLLBACK_COMPLETE")
    [plan] = planned(fake, delete_failed=frozenset({"alerts"})).stacks
    assert (plan.created, [c.action for c in plan.resource_changes], fake.effects()) == (
        True,
        [ChangeAction.ADD],
        [],
    )
    [notice] = plan.notices
    assert notice.text == (
        "alerts is ROLLBACK_COMPLETE: Stack creation failed and was rolled back. The stack must be "
        "deleted before it can be created again. Remaining resources: none. Before the deployment, "
        "the stack is deleted."
    )


def test_a_stack_with_missing_outputs_is_planned_from_its_template(fake: Fake) -> None:
    to_deploy = target(parameters={"Days": StackOutput("trail", "Days")})
    plan = live_plan.plan_from_account(
        Environment(), (to_deploy,), DeployOptions(), RecordingUi(), keep_change_sets=False
    )
    assert ([notice.text for notice in plan.stacks[0].notices], fake.effects()) == (
        ["uses outputs of trail, which is not deployed yet: planned from the template only"],
        [],
    )


def test_exactly_the_reviewed_change_set_is_executed(deployer: Deployer) -> None:
    [created] = deployer.deploy(review=True)
    result = reviewed.execute_change_set(
        deployer.session, created.change_set, [target()], NONE, deployer.ui
    )
    assert result.status == "deployed"
    assert [r["ChangeSetName"] for r in deployer.fake.asked("ExecuteChangeSet")] == [
        created.change_set
    ]


@pytest.mark.parametrize(
    ("status", "execution"),
    [
        pytest.param("CREATE_COMPLETE", "EXECUTE_COMPLETE", id="executed already"),
        pytest.param("CREATE_COMPLETE", "OBSOLETE", id="obsolete"),
        pytest.param("FAILED", "UNAVAILABLE", id="failed"),
    ],
)
def test_a_change_set_that_cannot_be_executed_is_an_error(
    deployer: Deployer, status: str, execution: str
) -> None:
    [created] = deployer.deploy(review=True)
    change_set = deployer.fake.sets[created.change_set]
    change_set.status, change_set.execution = status, execution
    with pytest.raises(ChangeSetUnavailableError):
        reviewed.execute_change_set(
            deployer.session, created.change_set, [target()], NONE, deployer.ui
        )
    assert deployer.fake.asked("ExecuteChangeSet") == []


def test_a_change_set_in_another_account_is_an_error(deployer: Deployer) -> None:
    arn = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/x/1"
    with pytest.raises(
        PreconditionError,
        match=f"in account 123456789012, but the credentials are for account {ACCOUNT}",
    ):
        reviewed.execute_change_set(deployer.session, arn, [], NONE, deployer.ui)


@pytest.fixture
def saved_plan(fake: Fake, tmp_path: Path) -> Path:
    fake.put("alerts", "CREATE_COMPLETE")
    path = tmp_path / "plan.json"
    plan_file.write(path, planned(fake, keep_change_sets=True, review=True))
    return path


def test_a_saved_plan_is_applied(deployer: Deployer, saved_plan: Path) -> None:
    [result] = reviewed.apply_saved_plan(
        deployer.session, saved_plan, [target()], NONE, deployer.ui
    )
    assert (result.status, deployer.fake.stacks["alerts"].state) == ("deployed", "UPDATE_COMPLETE")


def _other_template(_: Fake) -> str:
    return "the template in dist/ has changed"


def _changed_stack(fake: Fake) -> str:
    fake.stacks["alerts"].changes += 1
    return "the stack has changed"


def _recreated_stack(fake: Fake) -> str:
    fake.stacks["alerts"].id += "0"
    return "the stack was recreated"


def _deleted_change_set(fake: Fake) -> str:
    fake.sets.clear()
    return "its change set no longer exists"


@pytest.mark.parametrize(
    "action", [_other_template, _changed_stack, _recreated_stack, _deleted_change_set]
)
def test_a_stale_plan_is_an_error(deployer: Deployer, saved_plan: Path, action: object) -> None:
    assert callable(action)
    expected = action(deployer.fake)
    current = target()
    if action is _other_template:
        current = replace(current, source=replace(current.source, sha256="0"))
    with pytest.raises(StalePlanError) as caught:
        reviewed.apply_saved_plan(deployer.session, saved_plan, [current], NONE, deployer.ui)
    assert (caught.value.change, deployer.fake.asked("ExecuteChangeSet")) == (expected, [])


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2}', '{"format": 1, "stacks": [{}]}'])
def test_an_invalid_plan_file_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(TrailbellError, match="plan"):
        plan_file.read_plan(path)


def test_an_offline_plan_cannot_be_applied(deployer: Deployer, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    offline = planned(deployer.fake)
    plan_file.write(path, offline)
    with pytest.raises(ContentError, match="was created from templates only"):
        reviewed.apply_saved_plan(deployer.session, path, [target()], NONE, deployer.ui)
