"""What an operation reached, compared with what was planned; and what stays in the report."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_stack_sets import NOW, Cloud
from tests.rollout.scenario import (
    NEXT_COMMANDS,
    REGIONS,
    RUNNING_COMMANDS,
    SERVICE,
    A,
    B,
    C,
    Recorder,
    after,
    apply_rollout,
    before,
    built_template,
    deployed_cloud,
    new_cloud,
    rollout,
    sign_in,
)
from trailbell.aws.stack_set import AccountRegion, InstanceResult, StackSetOperation
from trailbell.rollout.apply import follow
from trailbell.rollout.apply.failures import Failures, InstanceFailure, read_failures
from trailbell.rollout.apply.operation_outcome import Outcome, read_outcome
from trailbell.rollout.apply.result import StageStatus, StepResult
from trailbell.rollout.configuration.config import REST
from trailbell.rollout.model.stage import PlannedOperation, StackSetApi

EU, US, AP = REGIONS
CANARY = SERVICE + f'[rollout.baseline.wave.canary]\naccounts = ["{A}", "{B}"]\n'
LATE = AccountRegion(B, EU)
EXPIRED = ApiError("ExpiredToken", "The security token included in the request is expired", 403)


def unreached(cloud: Cloud, *locations: AccountRegion) -> Callable[[dict[str, Any]], None]:
    """AWS does not work on these stacks, although the operation names them.

    Whether an operation reaches an account that left its organizational unit is not documented.
    """

    def leave_out(_: dict[str, Any]) -> None:
        for location in locations:
            del cloud.operations[-1].results[location]

    return leave_out


# ------------------------------------------------------------------------------- missed, unplanned


def test_an_operation_that_reaches_fewer_accounts_than_planned_is_a_failure() -> None:
    cloud = deployed_cloud()
    missed = tuple(AccountRegion(B, region) for region in REGIONS)
    after(cloud, "UpdateStackSet", unreached(cloud, *missed))
    (canary, rest) = apply_rollout(cloud, CANARY, built_template(2)).stages
    (operation,) = canary.operations
    assert (operation.status, operation.failed) == ("SUCCEEDED", 0)
    assert canary.steps == (
        StepResult(
            stack="alerts",
            status=StageStatus.FAILED,
            operations=(operation,),
            failures=Failures(missed=missed),
            message=f"Operation {operation.id} reached 3 of 6 stack instances, although its "
            "status is SUCCEEDED.",
            planned=6,
            reached=3,
        ),
    )
    assert rest.status is StageStatus.NOT_STARTED


def test_a_wave_that_reaches_no_account_is_a_failure() -> None:
    cloud = deployed_cloud()
    everyone = [AccountRegion(account, region) for account in (A, B) for region in REGIONS]
    after(cloud, "UpdateStackSet", unreached(cloud, *everyone))
    (canary, _) = apply_rollout(cloud, CANARY, built_template(2)).stages
    assert (canary.status, canary.planned, canary.reached) == (StageStatus.FAILED, 6, 0)


def test_stack_instances_that_were_reached_without_being_planned_stop_an_update() -> None:
    cloud = deployed_cloud()

    def reach(_: dict[str, Any]) -> None:
        cloud.operations[-1].results[AccountRegion(C, EU)] = ("SUCCEEDED", "")

    after(cloud, "UpdateStackSet", reach)
    (canary, _) = apply_rollout(cloud, CANARY, built_template(2)).stages
    assert (canary.status, canary.failures.unplanned) == (
        StageStatus.FAILED,
        (AccountRegion(C, EU),),
    )


def test_canceled_stacks_count_as_not_reached() -> None:
    cloud = deployed_cloud()
    cloud.fails[AccountRegion(A, EU)] = "no role"
    (canary, _) = apply_rollout(cloud, CANARY, built_template(2)).stages
    assert (canary.planned, canary.reached, canary.failures.canceled) == (6, 1, 5)


def test_results_that_appear_late_are_read_again() -> None:
    """ListStackSetOperationResults is eventually consistent, and so are stack instances here."""
    cloud = deployed_cloud(page=100, speed=100)
    for number in (1, 2):
        after(cloud, "ListStackSetOperationResults", lambda page: page["Summaries"].clear(), number)
    after(cloud, "ListStackInstances", lambda page: page["Summaries"].clear(), number=2)
    (canary, rest) = apply_rollout(cloud, CANARY, built_template(2)).stages
    assert (canary.status, canary.reached, rest.status) == (
        StageStatus.DONE,
        6,
        StageStatus.DONE,
    )


@pytest.mark.parametrize(
    ("api", "status", "last_operation", "missed"),
    [
        pytest.param(
            StackSetApi.UPDATE_INSTANCES, "CURRENT", "another", (LATE,), id="current by another one"
        ),
        pytest.param(StackSetApi.UPDATE_INSTANCES, "OUTDATED", "ours", (LATE,), id="outdated"),
        pytest.param(StackSetApi.DELETE_INSTANCES, "CURRENT", "ours", (LATE,), id="not deleted"),
        pytest.param(StackSetApi.UPDATE_INSTANCES, "CURRENT", "ours", (), id="current by this one"),
        pytest.param(
            StackSetApi.CREATE_INSTANCES, "CURRENT", "", (), id="current, by an unknown one"
        ),
        pytest.param(StackSetApi.DELETE_INSTANCES, "", "", (), id="deleted"),
    ],
)
def test_the_list_of_stack_instances_is_the_second_source(
    api: StackSetApi, status: str, last_operation: str, missed: tuple[AccountRegion, ...]
) -> None:
    """One has no result. StackInstanceSummary has Status and LastOperationId."""
    cloud = deployed_cloud()
    operation = cloud.operations[-1]
    operation.results = {AccountRegion(A, EU): ("SUCCEEDED", "")}
    stack = cloud.instances[LATE]
    stack.status = status
    stack.last_operation = operation.id if last_operation == "ours" else last_operation
    if not status:
        del cloud.instances[LATE]
    session = sign_in(cloud, rollout())
    (ended,) = follow.follow_stack_set_operation(
        session, [operation.id], stage=REST, total=2, ui=Recorder()
    )
    outcome = read_outcome(
        session, PlannedOperation(api=api, accounts=(A, B), regions=(EU,)), ended
    )
    assert outcome.missed == missed


@pytest.mark.parametrize(
    ("status", "failed", "results", "problem"),
    [
        pytest.param(
            "FAILED",
            1,
            ("FAILED", "CANCELLED"),
            "More accounts failed than the failure tolerance of the operation allows.",
            id="failed",
        ),
        pytest.param(
            "STOPPED", 0, ("SUCCEEDED", "CANCELLED"), "Someone stopped the operation.", id="stopped"
        ),
        pytest.param(
            "HALTED",
            0,
            ("SUCCEEDED", "SUCCEEDED"),
            'The operation ended with the status "HALTED", which is not a known one.',
            id="a status of a newer API",
        ),
        pytest.param(
            "SUCCEEDED",
            2,
            ("SUCCEEDED", "SUCCEEDED"),
            "Operation ours has 2 failures, and its results do not name them.",
            id="failures that no result names",
        ),
        pytest.param("SUCCEEDED", 1, ("SUCCEEDED", "FAILED"), "", id="a failure with its name"),
        pytest.param("SUCCEEDED", 0, ("SUCCEEDED", "SKIPPED"), "", id="a result of a newer API"),
        pytest.param("SUCCEEDED", 0, ("SUCCEEDED", "SUCCEEDED"), "", id="all succeeded"),
    ],
)
def test_why_an_operation_stops_a_rollout(
    status: str, failed: int, results: tuple[str, ...], problem: str
) -> None:
    outcome = Outcome(
        operation=StackSetOperation(id="ours", action="UPDATE", status=status, failed=failed),
        results=tuple(
            InstanceResult(AccountRegion(account, EU), result, "")
            for account, result in zip((A, B), results, strict=True)
        ),
        planned=2,
    )
    assert outcome.problem == problem


def test_a_result_with_an_unknown_status_is_a_failure() -> None:
    outcome = Outcome(
        operation=StackSetOperation(id="ours", action="UPDATE", status="SUCCEEDED"),
        results=(InstanceResult(AccountRegion(B, EU), "SKIPPED", ""),),
    )
    assert outcome.failed_accounts == {B}
    assert read_failures(sign_in(new_cloud(), rollout()), [outcome]) == Failures(
        failed=(InstanceFailure(location=AccountRegion(B, EU), reason="its result is SKIPPED"),)
    )


@pytest.mark.parametrize(
    ("status", "ended_at", "in_progress"),
    [
        pytest.param("SUCCEEDED", None, False, id="succeeded"),
        pytest.param("STOPPED", None, False, id="stopped"),
        pytest.param("HALTED", NOW, False, id="a status of a newer API, with a time of its end"),
        pytest.param("RUNNING", None, True, id="running"),
        pytest.param("STOPPING", NOW, True, id="stopping"),
        pytest.param("PAUSED", None, True, id="a status of a newer API, without a time"),
    ],
)
def test_whether_an_operation_has_ended(
    status: str,
    ended_at: datetime | None,
    in_progress: bool,  # noqa: FBT001 - an expected value
) -> None:
    operation = StackSetOperation(id="x", action="UPDATE", status=status, ended_at=ended_at)
    assert operation.in_progress is in_progress


# ------------------------------------------------------------------------------- reports survive


@pytest.mark.parametrize("number", [1, 2, 3])
def test_results_that_cannot_be_read_leave_the_rest_of_the_report(number: int) -> None:
    """The first wave fails, and credentials expire before one of the readings of its results."""
    cloud = deployed_cloud(CANARY, speed=1)
    cloud.fails[AccountRegion(A, US)] = "no role"
    original, calls = cloud.answer, iter(range(1, 1000))

    def expired(*words: Any) -> dict[str, Any]:
        if words[1] == "ListStackSetOperationResults" and next(calls) >= number:
            raise EXPIRED
        return original(*words)

    cloud.answer = expired  # type: ignore[method-assign, assignment]  # answers otherwise here
    run = apply_rollout(cloud, CANARY, built_template(2))
    (canary, rest) = run.stages
    assert (canary.status, [o.status for o in canary.operations], rest.status) == (
        StageStatus.FAILED,
        ["FAILED"],
        StageStatus.NOT_STARTED,
    )
    assert (canary.failures.unreadable, run.next_commands) == (
        (f"ListStackSetOperationResults: {EXPIRED.message}",),
        NEXT_COMMANDS,
    )


def test_results_that_may_not_be_read_are_replaced_by_the_list_of_stack_instances() -> None:
    cloud = deployed_cloud(CANARY, speed=100)
    denied = ApiError("AccessDenied", "not authorized", 403)
    cloud.refusals += [("ListStackSetOperationResults", denied)]
    (canary, rest) = apply_rollout(cloud, CANARY, built_template(2)).stages
    assert (canary.status, canary.reached, canary.failures.unreadable[0]) == (
        StageStatus.DONE,
        6,
        "ListStackSetOperationResults: not authorized",
    )
    assert rest.status is StageStatus.DONE


def test_a_success_of_which_nothing_can_be_read_stops_the_rollout() -> None:
    cloud = deployed_cloud(CANARY, speed=100)
    cloud.refusals += [("ListStackSetOperationResults", EXPIRED)]
    after(
        cloud,
        "DescribeStackSetOperation",
        lambda _: cloud.refusals.append(("ListStackInstances", EXPIRED)),
    )
    (canary, rest) = apply_rollout(cloud, CANARY, built_template(2)).stages
    assert (canary.status, canary.message, rest.status) == (
        StageStatus.FAILED,
        "Its results could not be read, so it is not known which accounts it reached.",
        StageStatus.NOT_STARTED,
    )


def test_credentials_that_expire_while_an_operation_runs_name_what_continues() -> None:
    cloud = deployed_cloud(CANARY)
    before(
        cloud,
        "UpdateStackSet",
        lambda _: cloud.refusals.append(("DescribeStackSetOperation", EXPIRED)),
    )
    run = apply_rollout(cloud, CANARY, built_template(2))
    assert (run.stages[0].status, run.running) == (
        StageStatus.FAILED,
        (cloud.operations[-1].id,),
    )
    assert run.next_commands == (*RUNNING_COMMANDS, *NEXT_COMMANDS)


def test_an_earlier_wave_stays_in_the_report() -> None:
    cloud = deployed_cloud(CANARY)
    denied = ApiError("AccessDenied", "not authorized to perform UpdateStackInstances", 403)
    cloud.refusals.append(("UpdateStackInstances", denied))
    (canary, rest) = apply_rollout(cloud, CANARY, built_template(2)).stages
    assert (canary.status, len(canary.operations), rest.status, rest.running) == (
        StageStatus.DONE,
        1,
        StageStatus.FAILED,
        (),
    )
    assert rest.message == (
        "UpdateStackInstances: not authorized to perform UpdateStackInstances\n"
        "  Show the required permissions with: trailbell rollout permissions baseline"
    )


# ------------------------------------------------------------------------------- lost responses


LOST = ApiError("InternalFailure", "no answer", 500)


def lose(cloud: Cloud, operation: str, *errors: ApiError) -> None:
    """AWS handles the first request of an operation, and its response is lost."""
    original, left = cloud.answer, list(errors)

    def answer(*words: Any) -> dict[str, Any]:
        if words[1] != operation or not left:
            return original(*words)
        error = left.pop(0)
        if len(left) == len(errors) - 1:
            original(*words)
        raise error

    cloud.answer = answer  # type: ignore[method-assign, assignment]  # answers otherwise here


@pytest.mark.parametrize(
    "errors",
    [
        pytest.param((LOST,), id="then AWS knows the id"),
        pytest.param((LOST, EXPIRED), id="then credentials expire, and are valid again"),
    ],
)
def test_a_lost_response_starts_nothing_twice(errors: tuple[ApiError, ...]) -> None:
    cloud = new_cloud()
    lose(cloud, "CreateStackInstances", *errors)
    assert apply_rollout(cloud).succeeded
    assert [operation.action for operation in cloud.operations] == ["CREATE"]


def test_the_operation_in_progress_may_be_our_own() -> None:
    """Neither the request nor the question whether AWS knows it was answered."""
    cloud = new_cloud(refusals=[("DescribeStackSetOperation", LOST)])
    in_progress = ApiError("OperationInProgressException", "in progress", 409)
    lose(cloud, "CreateStackInstances", LOST, in_progress)
    assert apply_rollout(cloud).succeeded
    assert [operation.action for operation in cloud.operations] == ["CREATE"]


def test_a_lost_response_to_the_creation_of_the_stack_set() -> None:
    cloud = new_cloud()
    lose(cloud, "CreateStackSet", LOST)
    assert apply_rollout(cloud).succeeded


def test_a_stack_set_that_another_process_created_otherwise_is_an_error() -> None:
    cloud = new_cloud()

    def colleague(_: dict[str, Any]) -> None:
        cloud.definition = {"TemplateBody": built_template(3).text}

    before(cloud, "CreateStackSet", colleague)
    (stage,) = apply_rollout(cloud).stages
    assert stage.status is StageStatus.FAILED
    assert stage.message == (
        'CreateStackSet: StackSet "baseline" was created by another process. Run the command again.'
    )


def test_a_request_that_was_never_answered_may_have_started_its_operation() -> None:
    cloud = deployed_cloud()
    cloud.refusals += [("UpdateStackSet", LOST)] * 12
    (stage,) = apply_rollout(cloud, SERVICE, built_template(2)).stages
    (id_,) = stage.running
    assert (stage.status, stage.notes) == (
        StageStatus.FAILED,
        (f"It is not known whether AWS received the request for {id_}.",),
    )


def test_a_stale_request_is_planned_again_by_the_user() -> None:
    """StaleRequestException: another operation was performed on this StackSet since."""
    cloud = deployed_cloud()
    cloud.refusals.append(
        ("UpdateStackSet", ApiError("StaleRequestException", "another operation", 409))
    )
    (stage,) = apply_rollout(cloud, SERVICE, built_template(2)).stages
    assert (stage.status, cloud.refusals) == (StageStatus.FAILED, [])
    assert stage.message == (
        "UpdateStackSet: another operation\n"
        "  Another operation ran on the StackSet in between. Run the command again."
    )
