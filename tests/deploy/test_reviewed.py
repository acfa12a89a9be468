"""A reviewed change set and a saved plan: executed as they were seen, or not at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.conftest import Deployer, Listener, quick, source, target
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
    """`preview` signs in by itself; here it looks as often as the other tests do."""
    monkeypatch.setattr("trailbell.deploy.session.Poller", quick)


def planned(fake: Fake, *, keep_change_sets: bool = False, **options: Any) -> DeployPlan:
    fake.changes = fake.changes or [change("A")]
    return live_plan.plan_from_account(
        Environment(),
        (target(),),
        DeployOptions(**options),
        Listener(),
        keep_change_sets=keep_change_sets,
    )


def test_a_plan_leaves_nothing_in_the_account(fake: Fake) -> None:
    plan = planned(fake)
    assert ([c.action for c in plan.stacks[0].resource_changes], plan.stacks[0].based_on) == (
        [ChangeAction.ADD],
        PlanFingerprint(template=source().sha256),
    )
    assert (fake.sets, fake.stacks["alerts"].state) == ({}, "DELETE_COMPLETE")
    assert fake.effects() == ["CreateChangeSet", "DeleteChangeSet", "DeleteStack"]


def test_a_plan_leaves_a_colleagues_placeholder_and_change_set(fake: Fake) -> None:
    fake.put("alerts", "REVIEW_IN_PROGRESS")
    theirs = fake.review("alerts", "theirs")
    planned(fake)
    assert (list(fake.sets), fake.stacks["alerts"].state) == ([theirs.id], "REVIEW_IN_PROGRESS")


def test_a_placeholder_on_which_somebody_waits_meanwhile_stays(fake: Fake) -> None:
    def somebody() -> None:
        fake.review("alerts", "theirs")

    fake.hooks["DeleteChangeSet"] = somebody
    planned(fake)
    assert ([s.name for s in fake.sets.values()], fake.stacks["alerts"].state) == (
        ["theirs"],
        "REVIEW_IN_PROGRESS",
    )


def test_a_plan_never_deletes_a_failed_stack(fake: Fake) -> None:
    fake.put("alerts", "ROLLBACK_COMPLETE")
    with pytest.raises(PreconditionError, match="must be deleted before it can be created again"):
        planned(fake, delete_failed=frozenset({"alerts"}))
    assert fake.effects() == []


def test_a_stack_that_waits_for_outputs_is_not_asked_about(fake: Fake) -> None:
    waiting = target(parameters={"Days": StackOutput("trail", "Days")})
    plan = live_plan.plan_from_account(
        Environment(), (waiting,), DeployOptions(), Listener(), keep_change_sets=False
    )
    assert ([r.text for r in plan.stacks[0].notices], fake.effects()) == (
        ["uses outputs of trail, which is not deployed yet: planned from the template only"],
        [],
    )


def test_exactly_the_reviewed_change_set_is_executed(deployer: Deployer) -> None:
    [left] = deployer.deploy(review=True)
    result = reviewed.execute_change_set(
        deployer.desk, left.change_set, [target()], NONE, deployer.listener
    )
    assert result.status == "deployed"
    assert [r["ChangeSetName"] for r in deployer.fake.asked("ExecuteChangeSet")] == [
        left.change_set
    ]


@pytest.mark.parametrize(
    ("status", "execution"),
    [
        pytest.param("CREATE_COMPLETE", "EXECUTE_COMPLETE", id="executed by somebody"),
        pytest.param("CREATE_COMPLETE", "OBSOLETE", id="overtaken"),
        pytest.param("FAILED", "UNAVAILABLE", id="failed"),
    ],
)
def test_one_that_cannot_be_executed_is_refused(
    deployer: Deployer, status: str, execution: str
) -> None:
    [left] = deployer.deploy(review=True)
    found = deployer.fake.sets[left.change_set]
    found.status, found.execution = status, execution
    with pytest.raises(ChangeSetUnavailableError):
        reviewed.execute_change_set(
            deployer.desk, left.change_set, [target()], NONE, deployer.listener
        )
    assert deployer.fake.asked("ExecuteChangeSet") == []


def test_one_of_another_account_is_refused(deployer: Deployer) -> None:
    arn = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/x/1"
    with pytest.raises(
        PreconditionError,
        match=f"in account 123456789012, but the credentials are for account {ACCOUNT}",
    ):
        reviewed.execute_change_set(deployer.desk, arn, [], NONE, deployer.listener)


@pytest.fixture
def saved_plan(fake: Fake, tmp_path: Path) -> Path:
    fake.put("alerts", "CREATE_COMPLETE")
    path = tmp_path / "plan.json"
    plan_file.write(path, planned(fake, keep_change_sets=True, review=True))
    return path


def test_a_saved_plan_is_applied(deployer: Deployer, saved_plan: Path) -> None:
    [result] = reviewed.apply_saved_plan(
        deployer.desk, saved_plan, [target()], NONE, deployer.listener
    )
    assert (result.status, deployer.fake.stacks["alerts"].state) == ("deployed", "UPDATE_COMPLETE")


def _other_template(fake: Fake) -> str:  # noqa: ARG001 - one shape for all
    return "the template in dist/ has changed"


def _changed_since(fake: Fake) -> str:
    fake.stacks["alerts"].changes += 1
    return "the stack has changed"


def _made_anew(fake: Fake) -> str:
    fake.stacks["alerts"].id += "0"
    return "the stack was recreated"


def _gone(fake: Fake) -> str:
    fake.sets.clear()
    return "its change set no longer exists"


@pytest.mark.parametrize("happens", [_other_template, _changed_since, _made_anew, _gone])
def test_a_stale_plan_is_refused(deployer: Deployer, saved_plan: Path, happens: object) -> None:
    assert callable(happens)
    changed = happens(deployer.fake)
    now = target()
    if happens is _other_template:
        now = replace(now, source=replace(now.source, sha256="0"))
    with pytest.raises(StalePlanError) as caught:
        reviewed.apply_saved_plan(deployer.desk, saved_plan, [now], NONE, deployer.listener)
    assert (caught.value.change, deployer.fake.asked("ExecuteChangeSet")) == (changed, [])


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2}', '{"format": 1, "stacks": [{}]}'])
def test_what_is_no_plan_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(TrailbellError, match="plan"):
        plan_file.read_fingerprints(path)


def test_an_offline_plan_cannot_be_applied(deployer: Deployer, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    offline = planned(deployer.fake)
    plan_file.write(path, offline)
    with pytest.raises(ContentError, match="was created from templates only"):
        reviewed.apply_saved_plan(deployer.desk, path, [target()], NONE, deployer.listener)
