"""The result of the action for each of the 23 stack statuses."""

from dataclasses import replace
from typing import Any

import pytest

from tests.deploy.conftest import Deployer, RecordingUi
from tests.deploy.fake import Ev, Fault, Frame
from tests.deploy.test_apply import change
from trailbell.aws.cloudformation import CloudFormation, Event
from trailbell.aws.stack_status import RULES, StackStatus, StatusAction, rule_for
from trailbell.deploy.environment import Environment, StackSettings
from trailbell.diff.model import Risk

_NEW = ["CreateChangeSet", "ExecuteChangeSet", "UpdateTerminationProtection"]
_AGAIN = ["DeleteStack", *_NEW]


def test_every_status_of_the_api_has_a_rule() -> None:
    assert (len(RULES), set(RULES)) == (23, set(StackStatus))


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(
            StackStatus.ROLLBACK_FAILED, id="the stack may have resources after its rollback"
        ),
        pytest.param(
            StackStatus.DELETE_FAILED, id="the stack may have resources that were not deleted"
        ),
        pytest.param(StackStatus.ROLLBACK_COMPLETE, id="the stack has a retained resource"),
        pytest.param(StackStatus.UPDATE_ROLLBACK_FAILED, id="the stack has inconsistent resources"),
        pytest.param(
            StackStatus.IMPORT_ROLLBACK_FAILED, id="the stack has partly imported resources"
        ),
    ],
)
def test_nothing_is_changed_without_consent(deployer: Deployer, state: StackStatus) -> None:
    deployer.fake.put("alerts", state, resources=[("A", "AWS::SNS::Topic", "DELETE_SKIPPED")])
    assert deployer.status() == [("alerts", "refused")]
    assert deployer.fake.effects() == []


def test_a_change_set_of_others_is_kept(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "REVIEW_IN_PROGRESS")
    foreign = deployer.fake.review("alerts", "of-a-colleague")
    [result] = deployer.deploy()
    assert (result.status, deployer.fake.effects(), list(deployer.fake.sets)) == (
        "refused",
        [],
        [foreign.id],
    )
    assert f"Change sets: of-a-colleague ({foreign.id})" in result.text
    assert result.text.endswith(
        "To delete the stack with all of them: trailbell delete alerts --confirm alerts"
    )


def test_the_change_set_of_a_killed_run_does_not_block_the_next_run(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "REVIEW_IN_PROGRESS")
    deployer.fake.review("alerts", "trailbell-run-0")
    assert deployer.status() == [("alerts", "deployed")]
    assert [s.kind for s in deployer.fake.sets.values()] == ["CREATE"]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        pytest.param(None, "CREATE", id="the stack does not exist"),
        pytest.param(StackStatus.DELETE_COMPLETE, "CREATE", id="the stack was deleted"),
        pytest.param(StackStatus.REVIEW_IN_PROGRESS, "CREATE", id="the stack has no resources yet"),
        pytest.param(StackStatus.CREATE_COMPLETE, "UPDATE", id="the stack was created"),
        pytest.param(StackStatus.UPDATE_COMPLETE, "UPDATE", id="the stack was updated"),
        pytest.param(StackStatus.IMPORT_COMPLETE, "UPDATE", id="resources were imported"),
        pytest.param(
            StackStatus.UPDATE_ROLLBACK_COMPLETE, "UPDATE", id="an update was rolled back"
        ),
        pytest.param(
            StackStatus.IMPORT_ROLLBACK_COMPLETE, "UPDATE", id="an import was rolled back"
        ),
    ],
)
def test_the_stack_is_deployed(deployer: Deployer, state: StackStatus | None, kind: str) -> None:
    if state is not None:
        deployer.fake.put("alerts", state)
    assert deployer.status() == [("alerts", "deployed")]
    assert [r["ChangeSetType"] for r in deployer.fake.asked("CreateChangeSet")] == [kind]
    assert deployer.fake.effects() == _NEW


@pytest.mark.parametrize("state", [StackStatus.CREATE_FAILED, StackStatus.UPDATE_FAILED])
def test_a_failed_stack_is_updated_and_keeps_its_resources(
    deployer: Deployer, state: StackStatus
) -> None:
    deployer.fake.put("alerts", state)
    assert deployer.status() == [("alerts", "deployed")]
    [request] = deployer.fake.asked("CreateChangeSet")
    [execution] = deployer.fake.asked("ExecuteChangeSet")
    assert (request["ChangeSetType"], execution["DisableRollback"]) == ("UPDATE", True)


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        pytest.param(
            "CREATE_FAILED",
            "Check which resources the stack still has. To delete it and create it again: "
            "trailbell deploy alerts --delete-failed-stack alerts",
            id="the creation failed",
        ),
        pytest.param(
            "UPDATE_FAILED",
            "To return to the last complete state instead: trailbell rollback alerts",
            id="the update failed",
        ),
    ],
)
def test_a_failed_stack_without_changes_stays_failed(
    deployer: Deployer, state: str, remedy: str
) -> None:
    deployer.fake.put("alerts", state, protected=True)
    deployer.fake.settles = ("FAILED", "No updates are to be performed.")
    [result] = deployer.deploy()
    assert (result.status.value, result.text) == (
        "failed",
        f"no changes; the stack stays {state}, because no update continues it.\n{remedy}",
    )


@pytest.mark.parametrize(
    ("replacement", "level"),
    [
        pytest.param("False", [], id="no replacement"),
        pytest.param("Conditional", [("warning", "A")], id="perhaps a replacement"),
        pytest.param("True", [("failure", "A")], id="a replacement"),
    ],
)
def test_a_failed_stack_cannot_replace_resources(
    deployer: Deployer, replacement: str, level: list[tuple[str, str]]
) -> None:
    deployer.fake.put("alerts", "UPDATE_FAILED")
    deployer.fake.changes = [change("A", "Modify", Replacement=replacement)]
    deployer.deploy()
    notices = deployer.ui.plans[0].stacks[0].notices
    assert [(n.level.value, n.logical_id) for n in notices if "rollback" in n.text] == level
    assert ("ExecuteChangeSet" in deployer.fake.effects()) is (("failure", "A") not in level)


@pytest.mark.parametrize(
    ("state", "then"),
    [
        pytest.param("CREATE_IN_PROGRESS", "CREATE_COMPLETE", id="creation in progress"),
        pytest.param("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", id="update in progress"),
        pytest.param(
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_COMPLETE",
            id="cleanup after an update",
        ),
        pytest.param(
            "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", id="creation rolled back, then recreated"
        ),
        pytest.param(
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE",
            id="update rollback in progress",
        ),
        pytest.param(
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE",
            id="cleanup after an update rollback",
        ),
        pytest.param("DELETE_IN_PROGRESS", "DELETE_COMPLETE", id="deletion in progress"),
        pytest.param("IMPORT_IN_PROGRESS", "IMPORT_COMPLETE", id="import in progress"),
        pytest.param(
            "IMPORT_ROLLBACK_IN_PROGRESS",
            "IMPORT_ROLLBACK_COMPLETE",
            id="import rollback in progress",
        ),
    ],
)
def test_an_operation_in_progress_is_awaited(deployer: Deployer, state: str, then: str) -> None:
    deployer.fake.put("alerts", state, frames=[Frame(state), Frame(then)])
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.ui.messages[0].startswith(f"alerts is {state}")


def test_an_empty_rolled_back_stack_is_recreated_without_confirmation(deployer: Deployer) -> None:
    deployer.fake.put(
        "alerts", "ROLLBACK_COMPLETE", resources=[("A", "AWS::SNS::Topic", "DELETE_COMPLETE")]
    )
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.fake.effects() == _AGAIN


@pytest.mark.parametrize(
    "state", [StackStatus.ROLLBACK_COMPLETE, StackStatus.ROLLBACK_FAILED, StackStatus.DELETE_FAILED]
)
@pytest.mark.parametrize("typed", [True, False], ids=["typed", "given as an option"])
def test_a_stack_is_recreated_after_its_name_was_given(
    deployer: Deployer, state: StackStatus, *, typed: bool
) -> None:
    deployer.fake.put("alerts", state, resources=[("A", "AWS::SNS::Topic", "CREATE_COMPLETE")])
    deployer.ui.typed_name = "alerts" if typed else ""
    named = frozenset() if typed else frozenset({"alerts"})
    assert deployer.status(delete_failed=named) == [("alerts", "deployed")]
    assert deployer.fake.effects() == _AGAIN


@pytest.mark.parametrize(
    ("state", "operation"),
    [
        pytest.param("ROLLBACK_FAILED", "DeleteStack", id="the deletion"),
        pytest.param(
            "UPDATE_ROLLBACK_FAILED", "ContinueUpdateRollback", id="the rest of the rollback"
        ),
    ],
)
def test_a_first_step_that_was_denied_is_not_followed(
    deployer: Deployer, state: str, operation: str
) -> None:
    deployer.fake.put("alerts", state)
    deployer.fake.fault(operation, Fault.DENIED)
    [result] = deployer.deploy(delete_failed=frozenset({"alerts"}), continue_rollback=True)
    assert (result.status.value, operation in result.text) == ("failed", True)
    assert "Follow the operation" not in result.text


def test_a_first_step_that_cannot_be_watched_is_followed(
    deployer: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployer.fake.put("alerts", "ROLLBACK_FAILED")
    delete = CloudFormation.delete_stack

    def delete_and_deny(cloud: CloudFormation, name: str, **more: Any) -> None:
        delete(cloud, name, **more)
        deployer.fake.fault("DescribeStackEvents", Fault.DENIED)
        deployer.fake.fault("DescribeStacks", Fault.DENIED)

    monkeypatch.setattr(CloudFormation, "delete_stack", delete_and_deny)
    [result] = deployer.deploy(delete_failed=frozenset({"alerts"}))
    assert "DeleteStack" in deployer.fake.effects()
    assert "Follow the operation" in result.text


@pytest.mark.parametrize(
    ("status", "result"),
    [
        pytest.param("CREATE_COMPLETE", "blocked", id="a resource is deleted with the stack"),
        pytest.param("DELETE_COMPLETE", "deployed", id="the stack is empty"),
    ],
)
def test_a_gate_blocks_the_deletion_of_resources_with_a_failed_stack(
    deployer: Deployer, status: str, result: str
) -> None:
    deployer.fake.put("alerts", "ROLLBACK_FAILED", resources=[("A", "AWS::SNS::Topic", status)])
    assert deployer.status(delete_failed=frozenset({"alerts"}), risks=frozenset({Risk.REMOVE})) == [
        ("alerts", result)
    ]
    assert deployer.fake.effects() == (_AGAIN if result == "deployed" else [])


def test_a_failed_stack_is_planned_for_review_and_not_deleted(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "ROLLBACK_COMPLETE")
    [result] = deployer.deploy(review=True)
    [plan] = deployer.ui.plans[0].stacks
    assert (plan.created, result.status, deployer.fake.effects()) == (True, "refused", [])
    assert result.text.startswith("No change set can be created yet: alerts is ROLLBACK_COMPLETE")


def test_a_failed_stack_is_kept_if_the_user_declines(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "ROLLBACK_COMPLETE")
    deployer.ui.yes = False
    assert deployer.status() == [("alerts", "declined")]
    assert (deployer.fake.effects(), deployer.ui.questions) == (
        [],
        ["Prepare the stacks for the deployment as the plan says?"],
    )


def test_a_recreated_stack_is_planned_again_before_its_creation(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "ROLLBACK_COMPLETE")
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.ui.questions == [
        "Prepare the stacks for the deployment as the plan says?",
        "Execute the change sets?",
    ]


def test_a_stack_that_fails_again_after_its_preparation_is_not_prepared_twice(
    deployer: Deployer,
) -> None:
    """Another process creates it again, and that fails too."""
    deployer.fake.put("alerts", "ROLLBACK_COMPLETE")
    deployer.fake.next = [
        Frame("DELETE_IN_PROGRESS", (Ev("DELETE_IN_PROGRESS"),)),
        Frame("DELETE_COMPLETE", (Ev("DELETE_COMPLETE"),)),
    ]

    class Ui(RecordingUi):
        def show_event(self, stack: str, event: Event) -> None:
            super().show_event(stack, event)
            if event.status == "DELETE_COMPLETE":
                deployer.fake.put("alerts", "ROLLBACK_COMPLETE")

    deployer.ui = Ui()
    [result] = deployer.deploy()
    assert (result.status, deployer.fake.effects()) == ("blocked", ["DeleteStack"])


def test_the_name_of_another_stack_allows_nothing(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "DELETE_FAILED", resources=[("A", "T", "DELETE_FAILED")])
    assert deployer.status(delete_failed=frozenset({"trail"})) == [("alerts", "refused")]
    assert deployer.fake.effects() == []


def test_a_stack_with_termination_protection_is_not_recreated(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "ROLLBACK_FAILED", protected=True)
    assert deployer.status(delete_failed=frozenset({"alerts"})) == [("alerts", "refused")]
    assert deployer.fake.effects() == []


def test_a_stack_in_create_failed_can_be_recreated_by_name(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_FAILED", resources=[("A", "T", "CREATE_COMPLETE")])
    assert deployer.status(delete_failed=frozenset({"alerts"})) == [("alerts", "deployed")]
    assert deployer.fake.effects() == _AGAIN


def test_a_deletion_that_fails_again_is_reported(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "DELETE_FAILED", resources=[("A", "T", "DELETE_FAILED")])
    deployer.fake.next = [
        Frame("DELETE_IN_PROGRESS", (Ev("DELETE_IN_PROGRESS"),)),
        Frame("DELETE_FAILED", (Ev("DELETE_FAILED"),)),
    ]
    [result] = deployer.deploy(delete_failed=frozenset({"alerts"}))
    assert (result.status, result.text) == ("failed", "DeleteStack: alerts is DELETE_FAILED")


def test_a_failed_rollback_is_continued_if_requested(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "UPDATE_ROLLBACK_FAILED")
    assert deployer.status(continue_rollback=True) == [("alerts", "deployed")]
    assert deployer.fake.effects() == ["ContinueUpdateRollback", *_NEW]


@pytest.mark.parametrize("state", ["REFACTOR_COMPLETE", "PAUSED"], ids=["final", "unclear"])
def test_a_status_of_a_newer_api_stops_the_deployment(deployer: Deployer, state: str) -> None:
    deployer.fake.put("alerts", state)
    [result] = deployer.deploy()
    assert (result.status, result.text) == (
        "refused",
        (
            f"stack alerts is {state}: This version of Trailbell does not know the status "
            f'"{state}".\n  Look at stack alerts in the AWS console, or upgrade Trailbell.'
        ),
    )
    assert deployer.fake.effects() == []


def test_an_operation_of_a_newer_api_is_awaited(deployer: Deployer) -> None:
    frames = [Frame("REFACTOR_IN_PROGRESS"), Frame("UPDATE_COMPLETE")]
    deployer.fake.put("alerts", "REFACTOR_IN_PROGRESS", frames=frames)
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.ui.messages[0].startswith("alerts is REFACTOR_IN_PROGRESS")


@pytest.mark.parametrize(
    ("last", "ended"),
    [
        pytest.param("UPDATE_COMPLETE", ("deployed", "UPDATE_COMPLETE"), id="it becomes clear"),
        pytest.param("PAUSED", ("failed", "PAUSED"), id="it stays unclear"),
    ],
)
def test_an_unclear_status_during_the_deployment_is_awaited_for_a_while(
    deployer: Deployer, last: str, ended: tuple[str, str]
) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE")
    deployer.fake.next = [
        Frame("UPDATE_IN_PROGRESS", (Ev("UPDATE_IN_PROGRESS"),)),
        Frame("PAUSED"),
        Frame("PAUSED", (Ev("UPDATE_COMPLETE", "A"),)),
        Frame(last, (Ev("UPDATE_COMPLETE"),) if last != "PAUSED" else ()),
    ]
    [result] = deployer.deploy()
    assert (result.status, result.state) == ended


@pytest.mark.parametrize("status", ["QUEUED", "DELETE_PENDING"])
def test_a_change_set_of_an_unknown_status_is_not_executed(deployer: Deployer, status: str) -> None:
    deployer.fake.accepts_unknown = True
    deployer.fake.settles = (status, "")
    [result] = deployer.deploy()
    assert (result.status, deployer.fake.sets) == ("blocked", {})


@pytest.mark.parametrize("status", list(StackStatus))
def test_a_remedy_has_the_name_of_the_stack(status: StackStatus) -> None:
    remedy = rule_for(status, "watch-alerts").remedy
    assert [word for word in ("STACK", "NAME", "{") if word in remedy] == []
    assert "build.py" not in remedy or "watch-alerts" in remedy or "ARN" in remedy


def test_a_rollback_that_fails_again_says_what_to_do(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "UPDATE_ROLLBACK_FAILED")
    deployer.fake.next = [
        Frame("UPDATE_ROLLBACK_IN_PROGRESS", (Ev("UPDATE_ROLLBACK_IN_PROGRESS"),)),
        Frame("UPDATE_ROLLBACK_FAILED", (Ev("UPDATE_ROLLBACK_FAILED"),)),
    ]
    [result] = deployer.deploy(continue_rollback=True)
    assert (result.status, result.text) == (
        "failed",
        (
            "ContinueUpdateRollback: alerts is UPDATE_ROLLBACK_FAILED again. To see why, and which "
            "resources can be skipped: trailbell rollback alerts"
        ),
    )


def test_a_rollback_is_continued_with_the_role_of_the_stack(deployer: Deployer) -> None:
    """Without RoleARN, CloudFormation uses "the role that was previously associated with the
    stack" (ContinueUpdateRollbackInput.RoleARN).
    """
    deployer.fake.put("alerts", "UPDATE_ROLLBACK_FAILED")
    role = StackSettings(service_role="arn:aws:iam::111122223333:role/other")
    deployer.session = replace(deployer.session, environment=Environment(options=role))
    deployer.deploy(continue_rollback=True)
    [request] = deployer.fake.asked("ContinueUpdateRollback")
    assert "RoleARN" not in request


def test_every_blocking_rule_has_a_remedy() -> None:
    blocking = (
        StatusAction.RECREATE,
        StatusAction.ROLL_BACK,
        StatusAction.STOP,
        StatusAction.REVIEW,
    )
    assert [s for s, rule in RULES.items() if rule.action in blocking and not rule.remedy] == []
