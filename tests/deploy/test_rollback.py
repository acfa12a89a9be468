"""Rolling back a failed stack, and skipping resources of a rollback that failed."""

from pathlib import Path

import pytest

from tests.deploy.conftest import Deployer, source
from tests.deploy.fake import Ev, Fake, Frame, success
from tests.deploy.test_command import run
from trailbell.deploy import rollback
from trailbell.deploy.run_rollback import RollbackPlan
from trailbell.dist.built_templates import StackReference
from trailbell.errors import NotFoundError, PreconditionError

REFERENCE = StackReference("alerts", source())
ROLE = "arn:aws:iam::111122223333:role/r"


def plan_of(deployer: Deployer, *skip: str, role: str = "") -> RollbackPlan:
    return rollback.plan_rollback(deployer.session, REFERENCE, skip, role)


def put_stuck_stack(deployer: Deployer) -> None:
    """A stack whose rollback failed on a topic, and on one in a nested stack."""
    fake = deployer.fake
    nested = fake.put(
        "alerts-Nested-1ABC",
        "UPDATE_ROLLBACK_FAILED",
        resources=[("Deep", "AWS::SNS::Topic", "UPDATE_FAILED")],
    )
    fake.put(
        "alerts",
        "UPDATE_ROLLBACK_FAILED",
        resources=[
            ("A", "AWS::SNS::Topic", "UPDATE_FAILED"),
            ("B", "AWS::SNS::Topic", "UPDATE_COMPLETE"),
            ("Nested", "AWS::CloudFormation::Stack", "UPDATE_FAILED"),
        ],
    )
    fake.physical = {"Nested": nested.id}
    fake.reasons = {"A": "The topic does not exist"}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        pytest.param(
            "CREATE_COMPLETE",
            "stack alerts is CREATE_COMPLETE: There is nothing to roll back. The stack was created."
            "\n  Deploy it with: trailbell deploy alerts",
            id="the stack is complete",
        ),
        pytest.param(
            "UPDATE_IN_PROGRESS",
            "stack alerts is UPDATE_IN_PROGRESS: There is nothing to roll back. A stack update is "
            "in progress.\n  Wait for it with: trailbell follow alerts",
            id="an operation is in progress",
        ),
        pytest.param(
            "ROLLBACK_COMPLETE",
            "stack alerts is ROLLBACK_COMPLETE: There is nothing to roll back. Stack creation "
            "failed and was rolled back. The stack must be deleted before it can be created "
            "again.\n  Check which resources the stack still has. To delete it and create it "
            "again: trailbell deploy alerts --delete-failed-stack alerts",
            id="it was rolled back",
        ),
    ],
)
def test_there_is_nothing_to_roll_back(deployer: Deployer, state: str, message: str) -> None:
    deployer.fake.put("alerts", state)
    with pytest.raises(PreconditionError) as caught:
        plan_of(deployer)
    assert str(caught.value) == message
    assert deployer.fake.effects() == []


def test_a_missing_stack_is_an_error(deployer: Deployer) -> None:
    with pytest.raises(NotFoundError, match="Stack alerts does not exist in us-east-1"):
        plan_of(deployer)


@pytest.mark.parametrize(
    ("state", "name", "message"),
    [
        pytest.param(
            "UPDATE_FAILED", "A",
            "stack alerts is UPDATE_FAILED: AWS skips resources only in a rollback that failed "
            "(UPDATE_ROLLBACK_FAILED).\n  Roll it back without --skip-resource: trailbell "
            "rollback alerts",
            id="the rollback did not fail",
        ),
        pytest.param(
            "UPDATE_ROLLBACK_FAILED", "B",
            'stack alerts: --skip-resource: "B" is not a resource that the rollback failed on.\n'
            "  AWS can skip: A, alerts-Nested-1ABC.Deep. In a nested stack, write "
            "NestedStackName.LogicalId.",
            id="the rollback did not fail on it",
        ),
        pytest.param(
            "UPDATE_ROLLBACK_FAILED", "Nested",
            'stack alerts: --skip-resource: "Nested" is not a resource that the rollback failed '
            "on.\n  AWS can skip: A, alerts-Nested-1ABC.Deep. In a nested stack, write "
            "NestedStackName.LogicalId.",
            id="it is a nested stack",
        ),
    ],
)  # fmt: skip
def test_a_resource_that_cannot_be_skipped_is_an_error(
    deployer: Deployer, state: str, name: str, message: str
) -> None:
    put_stuck_stack(deployer)
    deployer.fake.stacks["alerts"].state = state
    with pytest.raises(PreconditionError) as caught:
        plan_of(deployer, name)
    assert str(caught.value) == message


def test_a_stuck_rollback_names_what_it_failed_on(deployer: Deployer) -> None:
    put_stuck_stack(deployer)
    assert rollback.to_text(plan_of(deployer)).splitlines() == [
        "alerts (UPDATE_ROLLBACK_FAILED): ContinueUpdateRollback",
        "  The rollback is continued.",
        "  A  AWS::SNS::Topic",
        "      The topic does not exist",
        "  alerts-Nested-1ABC.Deep  AWS::SNS::Topic",
        "  If one cannot be repaired, skip it, and as few as possible:",
        "    trailbell rollback alerts --skip-resource A",
    ]
    assert deployer.fake.effects() == []


def test_resources_are_skipped_in_nested_stacks_too(deployer: Deployer) -> None:
    put_stuck_stack(deployer)
    plan = plan_of(deployer, "A", "Nested.Deep", "alerts-Nested-1ABC.Deep", role=ROLE)
    assert rollback.to_text(plan).splitlines()[2:] == [
        f"  CloudFormation rolls back with the role {ROLE}.",
        "  A  AWS::SNS::Topic  is skipped",
        "      The topic does not exist",
        "  alerts-Nested-1ABC.Deep  AWS::SNS::Topic  is skipped",
        "  AWS sets skipped resources to UPDATE_COMPLETE and leaves them as they are.",
        "  Make the template and these resources consistent before the next deployment.",
    ]
    result = rollback.roll_back(deployer.session, plan, REFERENCE, deployer.ui)
    [request] = deployer.fake.asked("ContinueUpdateRollback")
    assert (request["ResourcesToSkip"], request["RoleARN"], result.status, result.state) == (
        ["A", "alerts-Nested-1ABC.Deep"],
        ROLE,
        "rolled back",
        "UPDATE_ROLLBACK_COMPLETE",
    )


def test_a_rollback_that_fails_again_has_a_root_cause(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "UPDATE_FAILED")
    deployer.fake.next = [
        Frame("UPDATE_ROLLBACK_IN_PROGRESS", (Ev("UPDATE_ROLLBACK_IN_PROGRESS"),)),
        Frame(
            "UPDATE_ROLLBACK_FAILED",
            (Ev("UPDATE_FAILED", "A", "Access Denied"), Ev("UPDATE_ROLLBACK_FAILED")),
        ),
    ]
    result = rollback.roll_back(deployer.session, plan_of(deployer), REFERENCE, deployer.ui)
    assert result.root_cause is not None
    assert (result.status, result.root_cause.logical_id) == ("failed", "A")


def test_a_stack_that_was_never_complete_is_deleted_and_says_so(deployer: Deployer) -> None:
    deployer.fake.put(
        "alerts",
        "CREATE_FAILED",
        resources=[
            ("A", "AWS::SNS::Topic", "CREATE_COMPLETE"),
            ("Gone", "AWS::SNS::Topic", "DELETE_COMPLETE"),
        ],
    )
    plan = plan_of(deployer)
    assert rollback.to_text(plan).splitlines() == [
        "alerts (CREATE_FAILED): RollbackStack",
        "  The stack was never complete, so AWS deletes it, with these resources:",
        "  - A  AWS::SNS::Topic  A-1",
    ]
    result = rollback.roll_back(deployer.session, plan, REFERENCE, deployer.ui)
    assert (result.status, result.state) == ("rolled back", "DELETE_COMPLETE")


def test_a_stack_that_was_complete_once_returns_to_that(deployer: Deployer) -> None:
    stack = deployer.fake.put("alerts", "UPDATE_FAILED")
    deployer.fake._event(stack, Ev("CREATE_COMPLETE"))
    deployer.fake._event(stack, Ev("UPDATE_FAILED"))
    deployer.fake.next = [
        Frame("UPDATE_ROLLBACK_IN_PROGRESS", (Ev("UPDATE_ROLLBACK_IN_PROGRESS"),)),
        Frame("UPDATE_ROLLBACK_COMPLETE", (Ev("UPDATE_ROLLBACK_COMPLETE"),)),
    ]
    plan = plan_of(deployer)
    result = rollback.roll_back(deployer.session, plan, REFERENCE, deployer.ui)
    assert (plan.deletes_stack, result.status, result.state) == (
        False,
        "rolled back",
        "UPDATE_ROLLBACK_COMPLETE",
    )


_ROLLED_BACK = [
    Frame("UPDATE_ROLLBACK_IN_PROGRESS", (Ev("UPDATE_ROLLBACK_IN_PROGRESS"),)),
    Frame("UPDATE_ROLLBACK_COMPLETE", (Ev("UPDATE_ROLLBACK_COMPLETE"),)),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stable", "words", "code", "effects"),
    [
        pytest.param(True, (), 2, [], id="no one can answer"),
        pytest.param(False, ("--yes",), 2, [], id="a deletion is not confirmed by --yes"),
        pytest.param(False, ("--confirm", "other"), 1, [], id="another name"),
        pytest.param(True, ("--yes",), 0, ["RollbackStack"], id="confirmed"),
        pytest.param(
            False, ("--confirm", "alerts"), 0, ["RollbackStack"], id="a deletion, confirmed by name"
        ),
    ],
)
def test_a_rollback_is_confirmed(
    fake: Fake,
    tmp_path: Path,
    words: tuple[str, ...],
    code: int,
    effects: list[str],
    *,
    stable: bool,
) -> None:
    (tmp_path / "none.toml").write_text("")
    stack = fake.put("alerts", "UPDATE_FAILED" if stable else "CREATE_FAILED")
    if stable:
        fake._event(stack, Ev("CREATE_COMPLETE"))
    fake.next = _ROLLED_BACK if stable else success("DELETE")
    done = run("rollback", "alerts", *words, "--settings", str(tmp_path / "none.toml"))
    assert (done.returncode, fake.effects()) == (code, effects)
    assert "Traceback" not in done.stderr
