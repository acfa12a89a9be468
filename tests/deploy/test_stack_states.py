"""Each of the 23 states has one documented action, and this is what it comes to."""

import pytest

from tests.deploy.conftest import Deployer
from tests.deploy.fake import Ev, Frame
from trailbell.aws.stack_status import RULES, StackStatus, StatusAction

_NEW = ["CreateChangeSet", "ExecuteChangeSet", "UpdateTerminationProtection"]
_AGAIN = ["DeleteStack", *_NEW]


def test_every_state_of_the_api_has_a_step() -> None:
    assert (len(RULES), set(RULES)) == (23, set(StackStatus))


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(StackStatus.ROLLBACK_FAILED, id="it may hold what its rollback left"),
        pytest.param(StackStatus.DELETE_FAILED, id="it may hold what could not be deleted"),
        pytest.param(StackStatus.ROLLBACK_COMPLETE, id="it holds a resource that was retained"),
        pytest.param(StackStatus.UPDATE_ROLLBACK_FAILED, id="it holds resources in between"),
        pytest.param(
            StackStatus.IMPORT_ROLLBACK_FAILED, id="it holds resources in between imports"
        ),
    ],
)
def test_nothing_is_touched_without_a_word(deployer: Deployer, state: StackStatus) -> None:
    deployer.fake.put("alerts", state, resources=[("A", "AWS::SNS::Topic", "DELETE_SKIPPED")])
    assert deployer.status() == [("alerts", "refused")]
    assert deployer.fake.effects() == []


def test_a_colleagues_change_set_is_left_alone(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "REVIEW_IN_PROGRESS")
    theirs = deployer.fake.review("alerts", "of-a-colleague")
    assert deployer.status() == [("alerts", "refused")]
    assert (deployer.fake.effects(), list(deployer.fake.sets)) == ([], [theirs.id])


def test_what_a_killed_run_left_behind_does_not_block_the_next(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "REVIEW_IN_PROGRESS")
    deployer.fake.review("alerts", "trailbell-run-0")
    assert deployer.status() == [("alerts", "deployed")]
    assert [s.kind for s in deployer.fake.sets.values()] == ["CREATE"]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        pytest.param(None, "CREATE", id="there is no stack"),
        pytest.param(StackStatus.DELETE_COMPLETE, "CREATE", id="it was deleted"),
        pytest.param(StackStatus.REVIEW_IN_PROGRESS, "CREATE", id="it is an empty placeholder"),
        pytest.param(StackStatus.CREATE_COMPLETE, "UPDATE", id="it was created"),
        pytest.param(StackStatus.UPDATE_COMPLETE, "UPDATE", id="it was updated"),
        pytest.param(StackStatus.IMPORT_COMPLETE, "UPDATE", id="something was imported"),
        pytest.param(StackStatus.UPDATE_ROLLBACK_COMPLETE, "UPDATE", id="an update was undone"),
        pytest.param(StackStatus.IMPORT_ROLLBACK_COMPLETE, "UPDATE", id="an import was undone"),
    ],
)
def test_it_is_deployed(deployer: Deployer, state: StackStatus | None, kind: str) -> None:
    if state is not None:
        deployer.fake.put("alerts", state)
    assert deployer.status() == [("alerts", "deployed")]
    assert [r["ChangeSetType"] for r in deployer.fake.asked("CreateChangeSet")] == [kind]
    assert deployer.fake.effects() == _NEW


@pytest.mark.parametrize("state", [StackStatus.CREATE_FAILED, StackStatus.UPDATE_FAILED])
def test_a_failed_stack_is_updated_and_keeps_what_it_holds(
    deployer: Deployer, state: StackStatus
) -> None:
    deployer.fake.put("alerts", state)
    assert deployer.status() == [("alerts", "deployed")]
    [asked] = deployer.fake.asked("CreateChangeSet")
    assert (asked["ChangeSetType"], asked["OnStackFailure"]) == ("UPDATE", "DO_NOTHING")


@pytest.mark.parametrize(
    ("state", "then"),
    [
        pytest.param("CREATE_IN_PROGRESS", "CREATE_COMPLETE", id="created by somebody"),
        pytest.param("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", id="updated by somebody"),
        pytest.param(
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_COMPLETE",
            id="cleaned up after an update",
        ),
        pytest.param("ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", id="undone, and then remade"),
        pytest.param(
            "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", id="an update undone"
        ),
        pytest.param(
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE",
            id="cleaned up after an undone update",
        ),
        pytest.param("DELETE_IN_PROGRESS", "DELETE_COMPLETE", id="deleted by somebody"),
        pytest.param("IMPORT_IN_PROGRESS", "IMPORT_COMPLETE", id="imported into by somebody"),
        pytest.param(
            "IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE", id="an import undone"
        ),
    ],
)
def test_it_waits_for_the_operation_under_way(deployer: Deployer, state: str, then: str) -> None:
    deployer.fake.put("alerts", state, frames=[Frame(state), Frame(then)])
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.listener.said[0].startswith(f"alerts is {state}")


def test_a_rolled_back_stack_that_holds_nothing_is_remade_unasked(deployer: Deployer) -> None:
    deployer.fake.put(
        "alerts", "ROLLBACK_COMPLETE", resources=[("A", "AWS::SNS::Topic", "DELETE_COMPLETE")]
    )
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.fake.effects() == _AGAIN


@pytest.mark.parametrize(
    "state", [StackStatus.ROLLBACK_COMPLETE, StackStatus.ROLLBACK_FAILED, StackStatus.DELETE_FAILED]
)
@pytest.mark.parametrize("typed", [True, False], ids=["typed", "given as an option"])
def test_its_name_allows_remaking_it(
    deployer: Deployer, state: StackStatus, *, typed: bool
) -> None:
    deployer.fake.put("alerts", state, resources=[("A", "AWS::SNS::Topic", "CREATE_COMPLETE")])
    deployer.listener.types = "alerts" if typed else ""
    named = frozenset() if typed else frozenset({"alerts"})
    assert deployer.status(delete_failed=named) == [("alerts", "deployed")]
    assert deployer.fake.effects() == _AGAIN


def test_another_stacks_name_allows_nothing(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "DELETE_FAILED", resources=[("A", "T", "DELETE_FAILED")])
    assert deployer.status(delete_failed=frozenset({"trail"})) == [("alerts", "refused")]
    assert deployer.fake.effects() == []


def test_a_protected_stack_is_not_remade(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "ROLLBACK_FAILED", protected=True)
    assert deployer.status(delete_failed=frozenset({"alerts"})) == [("alerts", "refused")]
    assert deployer.fake.effects() == []


def test_create_failed_can_be_remade_by_name(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_FAILED", resources=[("A", "T", "CREATE_COMPLETE")])
    assert deployer.status(delete_failed=frozenset({"alerts"})) == [("alerts", "deployed")]
    assert deployer.fake.effects() == _AGAIN


def test_deleting_that_fails_again_is_told(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "DELETE_FAILED", resources=[("A", "T", "DELETE_FAILED")])
    deployer.fake.next = [
        Frame("DELETE_IN_PROGRESS", (Ev("DELETE_IN_PROGRESS"),)),
        Frame("DELETE_FAILED", (Ev("DELETE_FAILED"),)),
    ]
    [result] = deployer.deploy(delete_failed=frozenset({"alerts"}))
    assert (result.status, result.text) == ("failed", "DeleteStack: alerts is DELETE_FAILED")


def test_a_stuck_rollback_is_continued_if_told_to(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "UPDATE_ROLLBACK_FAILED")
    assert deployer.status(continue_rollback=True) == [("alerts", "deployed")]
    assert deployer.fake.effects() == ["ContinueUpdateRollback", *_NEW]


def test_what_is_refused_says_what_to_do() -> None:
    asks = (StatusAction.RECREATE, StatusAction.ROLL_BACK, StatusAction.STOP, StatusAction.REVIEW)
    assert [s for s, rule in RULES.items() if rule.action in asks and not rule.remedy] == []
