"""What AWS refuses to clean up is named, and costs no result."""

import os
import subprocess
from collections.abc import Callable

import pytest

from tests.deploy.conftest import Deployer, RecordingUi, quick, target
from tests.deploy.fake import Fake, Fault, Frame
from tests.deploy.test_apply import change
from trailbell.deploy import live_plan
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment
from trailbell.deploy.run_name import is_abandoned, run_name
from trailbell.diff.model import Risk
from trailbell.errors import DeploymentInterruptedError

UNCHANGED = ("FAILED", "No updates are to be performed.")
DENIED = "User is not authorized to perform it"


def set_left(fake: Fake, operation: str = "DeleteChangeSet") -> str:
    """The warning about the change set that is left."""
    [left] = fake.sets.values()
    stack = fake.stacks[left.stack]
    return (
        f"left behind: change set {left.id} of stack {left.stack} ({operation}: {DENIED}). Delete "
        f"it with: aws cloudformation delete-change-set --change-set-name {left.id} --stack-name "
        f"{stack.id}"
    )


def test_an_unchanged_stack_keeps_its_result_and_outputs(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True, outputs={"A": "1"})
    deployer.fake.settles = UNCHANGED
    deployer.fake.fault("DeleteChangeSet", Fault.DENIED)
    [result] = deployer.deploy()
    assert (result.status, result.outputs, result.warnings) == (
        "unchanged",
        {"A": "1"},
        (set_left(deployer.fake),),
    )


def test_a_blocked_stack_keeps_its_result(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True)
    deployer.fake.changes = [change("A", "Remove")]
    deployer.fake.fault("DeleteChangeSet", Fault.DENIED)
    [result] = deployer.deploy(risks=frozenset({Risk.REMOVE}))
    assert (result.status, result.warnings) == ("blocked", (set_left(deployer.fake),))


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("DeleteStack", id="the deletion"),
        pytest.param("ListChangeSets", id="the check for other change sets"),
    ],
)
def test_an_empty_stack_that_cannot_be_deleted_is_named(deployer: Deployer, operation: str) -> None:
    deployer.ui.yes = False
    deployer.fake.fault(operation, Fault.DENIED)
    [result] = deployer.deploy()
    assert (result.status, result.warnings) == (
        "declined",
        (
            (
                f"left behind: the empty stack alerts in REVIEW_IN_PROGRESS ({operation}: "
                f"{DENIED}). Delete it with: trailbell delete alerts"
            ),
        ),
    )


def test_a_stack_that_cannot_be_described_while_cleaning_costs_no_result(
    deployer: Deployer,
) -> None:
    deployer.ui.yes = False
    deployer.fake.hooks["DeleteChangeSet"] = lambda: deployer.fake.fault(
        "DescribeStacks", Fault.DENIED
    )
    [result] = deployer.deploy()
    assert (result.status, result.warnings) == (
        "declined",
        (
            (
                "left behind: the empty stack alerts in REVIEW_IN_PROGRESS (DescribeStacks: "
                f"{DENIED}). Delete it with: trailbell delete alerts"
            ),
        ),
    )


def test_a_denied_execution_leaves_nothing_and_advises_nothing_to_follow(
    deployer: Deployer,
) -> None:
    deployer.fake.fault("ExecuteChangeSet", Fault.DENIED)
    [result] = deployer.deploy()
    assert (result.status, "follow" in result.text, deployer.fake.sets) == ("failed", False, {})
    assert deployer.fake.stacks["alerts"].state == "DELETE_COMPLETE"


def test_a_denied_list_of_change_sets_is_a_warning_in_the_plan(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True)
    deployer.fake.fault("ListChangeSets", Fault.DENIED)
    assert deployer.status() == [("alerts", "deployed")]
    assert [notice.text for notice in deployer.ui.plans[0].stacks[0].notices] == [
        "The other change sets of the stack could not be listed; executing this one deletes them: "
        + DENIED
    ]


@pytest.mark.parametrize("operation", ["DeleteStack", "DeleteChangeSet", "ListChangeSets"])
def test_a_plan_is_shown_with_what_is_left_behind(
    fake: Fake, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbell.deploy.session.Poller", quick)
    fake.changes = [change("A")]
    fake.fault(operation, Fault.DENIED)
    [plan] = live_plan.plan_from_account(
        Environment(), (target(),), DeployOptions(), RecordingUi(), keep_change_sets=False
    ).stacks
    assert [c.logical_id for c in plan.resource_changes] == ["A"]
    [notice] = plan.notices
    assert notice.text.startswith("left behind: ")


def _alive() -> str:
    return run_name("0" * 32)


def _ended() -> str:
    """The name that a process of this machine gave that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return run_name("0" * 32).replace(f"-{os.getpid()}-", f"-{process.pid}-")


def _elsewhere() -> str:
    parts = _ended().split("-")
    return "-".join((*parts[:2], "00000000", *parts[3:]))


@pytest.mark.parametrize(
    ("name", "abandoned"),
    [
        pytest.param(lambda: "of-a-colleague", False, id="another name"),
        pytest.param(lambda: "trailbell-run-0", False, id="a name of an earlier version"),
        pytest.param(_alive, False, id="a run in progress"),
        pytest.param(_elsewhere, False, id="a run on another machine"),
        pytest.param(_ended, True, id="a run on this machine that has ended"),
    ],
)
def test_abandoned_change_sets_are_known_by_their_names(
    name: Callable[[], str], *, abandoned: bool
) -> None:
    assert is_abandoned(name()) is abandoned


@pytest.mark.parametrize("state", ["REVIEW_IN_PROGRESS", "CREATE_COMPLETE"])
def test_what_a_killed_run_left_is_deleted_with_our_change_set(
    deployer: Deployer, state: str
) -> None:
    stack = deployer.fake.put("alerts", state)
    deployer.fake.review("alerts", _ended())
    deployer.ui.yes = False
    assert deployer.status() == [("alerts", "declined")]
    empty = state == "REVIEW_IN_PROGRESS"
    assert (deployer.fake.sets, stack.state) == ({}, "DELETE_COMPLETE" if empty else state)
    notices = [notice.text for notice in deployer.ui.plans[0].stacks[0].notices]
    assert [text.rpartition(" set ")[0] for text in notices] == [
        "An earlier run that was interrupted left the change"
    ]


def test_change_sets_of_a_run_that_may_be_in_progress_are_kept(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "REVIEW_IN_PROGRESS")
    kept = deployer.fake.review("alerts", _elsewhere())
    deployer.ui.yes = False
    assert deployer.status() == [("alerts", "declined")]
    assert (list(deployer.fake.sets), deployer.fake.stacks["alerts"].state) == (
        [kept.id],
        "REVIEW_IN_PROGRESS",
    )


def test_a_failed_change_set_of_a_colleague_does_not_block(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "REVIEW_IN_PROGRESS")
    deployer.fake.review("alerts", "of-a-colleague").status = "FAILED"
    assert deployer.status() == [("alerts", "deployed")]


class _ImpatientUi(RecordingUi):
    """A user who presses Ctrl-C at the question, and again while the change set is deleted."""

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        raise KeyboardInterrupt

    def info(self, text: str) -> None:
        if text.startswith("Deleting change set"):
            raise KeyboardInterrupt


def test_an_interrupted_cleanup_names_what_remains(deployer: Deployer) -> None:
    deployer.ui = _ImpatientUi()
    with pytest.raises(DeploymentInterruptedError) as caught:
        deployer.deploy()
    [left] = deployer.fake.sets.values()
    assert str(caught.value).splitlines() == [
        "interrupted",
        f"left behind: change set {left.name} of stack alerts",
    ]


def test_a_busy_stack_is_waited_for(deployer: Deployer) -> None:
    """Another operation starts between the check of the status and the request."""
    fake = deployer.fake
    stack = fake.put("alerts", "CREATE_COMPLETE")

    def start_other() -> None:
        stack.state = "UPDATE_IN_PROGRESS"
        stack.frames = [Frame("UPDATE_IN_PROGRESS"), Frame("UPDATE_COMPLETE")]

    fake.hooks["CreateChangeSet"] = start_other
    assert deployer.status() == [("alerts", "deployed")]
    assert len(fake.asked("CreateChangeSet")) == 2
