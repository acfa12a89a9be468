"""status, stop, drift and remove."""

from typing import Any

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_organizations import MANAGER, ROOT
from tests.rollout.fake_stack_sets import Cloud, FakeOperation, Stack, stack_id
from tests.rollout.scenario import (
    PROD,
    REGIONS,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    Recorder,
    after,
    all_current,
    apply_rollout,
    before,
    current_stacks,
    deployed_cloud,
    new_cloud,
    read_settings,
    sessions,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.errors import NotFoundError, PreconditionError, UnknownNameError
from trailbell.rollout.apply import apply
from trailbell.rollout.apply.failures import Failures
from trailbell.rollout.apply.result import NextCommand, NextCommands, RolloutResult, StageStatus
from trailbell.rollout.configuration.config import AccountFilter
from trailbell.rollout.model.deployment_targets import DeploymentTargets
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.model.stage import StackSetApi
from trailbell.rollout.observe import drift, status, stop
from trailbell.rollout.observe.drift import DriftedProperty, DriftReport, NotChecked
from trailbell.rollout.plan import removal
from trailbell.rollout.plan.removal import RemovalRequest
from trailbell.rollout.report import result_report
from trailbell.rollout.session import read_stack_sets

EU, US, AP = REGIONS
DELEGATED = SERVICE + "delegated_administrator = true\n"


def running(cloud: Cloud, status_: str = "RUNNING") -> FakeOperation:
    pairs = list(cloud.instances)
    operation = FakeOperation("theirs", "UPDATE", pairs, {"OperationId": "theirs"}, status=status_)
    operation.results = dict.fromkeys(pairs, ("PENDING", ""))
    cloud.operations.append(operation)
    return operation


# ------------------------------------------------------------------------------- status


def test_status_of_a_current_stack_set() -> None:
    cloud = deployed_cloud()
    found = status.read_status(sessions(cloud))
    (stack_set,) = found.stack_sets
    assert (found.succeeded, stack_set.counts, stack_set.not_current) == (
        True,
        {"CURRENT": 15},
        (),
    )


def test_status_lists_what_is_not_current_and_why() -> None:
    cloud = deployed_cloud()
    cloud.instances[AccountRegion(A, EU)] = Stack("OUTDATED", "FAILED", "no role", PROD)
    found = status.read_status(sessions(cloud))
    (operation,) = found.stack_sets[0].operations
    assert (found.succeeded, status.to_text(found).splitlines()) == (
        False,
        [
            "StackSet baseline: 15 stack instances: 1 OUTDATED/FAILED, 14 CURRENT",
            "",
            "wave                account       apse2  euc1  use1",
            f"remaining accounts  {A}  .      !     .",
            *[f"remaining accounts  {each}  .      .     ." for each in (B, C, D, E)],
            "",
            ". CURRENT  ! OUTDATED  x INOPERABLE",
            "apse2 ap-southeast-2, euc1 eu-central-1, use1 us-east-1",
            f"  {A} eu-central-1 OUTDATED/FAILED: no role",
            "Operations, newest first",
            f"  2026-11-23 00:00  CREATE  {operation.id}  SUCCEEDED",
        ],
    )


def test_status_counts_the_accounts_in_which_nothing_is_deployed() -> None:
    cloud = deployed_cloud()
    for region in REGIONS:
        del cloud.instances[AccountRegion(A, region)], cloud.instances[AccountRegion(B, region)]
    lines = status.to_text(status.read_status(sessions(cloud))).splitlines()
    assert lines[0] == (
        "StackSet baseline: 9 stack instances: 9 CURRENT; not deployed in 2 accounts of the "
        "settings"
    )


def test_status_of_a_missing_stack_set() -> None:
    with pytest.raises(NotFoundError) as caught:
        status.read_status(sessions(new_cloud()))
    assert str(caught.value) == "DescribeStackSet: StackSet baseline does not exist"


# ------------------------------------------------------------------------------- stop


@pytest.mark.parametrize("state", ["RUNNING", "QUEUED"])
def test_stop_waits_for_the_operation_and_apply_continues(state: str) -> None:
    cloud = deployed_cloud()
    running(cloud, state)
    ui = Recorder()
    found = stop.stop_operations(sessions(cloud), ui)
    assert ([o.status for o in found], ui.messages) == (
        ["STOPPED"],
        [f"Stopping operation UPDATE theirs ({state})"],
    )
    assert apply_rollout(cloud).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_there_is_nothing_to_stop() -> None:
    assert stop.stop_operations(sessions(deployed_cloud()), Recorder()) == ()


def test_an_operation_that_ended_in_between_is_no_error() -> None:
    cloud = deployed_cloud()
    operation = running(cloud)
    cloud.refusals.append(
        ("StopStackSetOperation", ApiError("InvalidOperationException", "it is not running"))
    )
    cloud.speed = 100
    stop.stop_operations(sessions(cloud), Recorder())
    assert operation.status == "SUCCEEDED"


# ------------------------------------------------------------------------------- drift

_MODIFIED = {
    "StackId": stack_id(AccountRegion(A, EU)),
    "LogicalResourceId": "HighTopic",
    "ResourceType": "AWS::SNS::Topic",
    "StackResourceDriftStatus": "MODIFIED",
    "Timestamp": "2026-11-23",
    "PropertyDifferences": [
        {
            "PropertyPath": "/DisplayName",
            "ExpectedValue": "Trailbell",
            "ActualValue": "mine",
            "DifferenceType": "NOT_EQUAL",
        }
    ],
}
_DELETED = {
    "StackId": stack_id(AccountRegion(A, EU)),
    "LogicalResourceId": "Alarm",
    "ResourceType": "AWS::CloudWatch::Alarm",
    "StackResourceDriftStatus": "DELETED",
    "Timestamp": "2026-11-23",
}


def test_drift_by_resource_with_its_accounts() -> None:
    cloud = deployed_cloud(
        drifts={AccountRegion(A, EU): [_MODIFIED, _DELETED], AccountRegion(B, US): [_MODIFIED]}
    )
    found = drift.detect_drift(sessions(cloud), Recorder())
    (report,) = found
    assert report == DriftReport(
        stack_set_name="baseline",
        checked=15,
        drifted=(AccountRegion(A, EU), AccountRegion(B, US)),
        changes=(
            (
                DriftedProperty("Alarm", "AWS::CloudWatch::Alarm", "DELETED"),
                (AccountRegion(A, EU),),
            ),
            (
                DriftedProperty(
                    "HighTopic", "AWS::SNS::Topic", "MODIFIED", "/DisplayName", "Trailbell", "mine"
                ),
                (AccountRegion(A, EU), AccountRegion(B, US)),
            ),
        ),
        unknown=Failures(),
    )
    assert drift.to_text(found).splitlines() == [
        "StackSet baseline: 2 of 15 stack instances drifted",
        "  Alarm (AWS::CloudWatch::Alarm) deleted",
        f"    in {A} eu-central-1",
        "  HighTopic (AWS::SNS::Topic) /DisplayName: Trailbell → mine",
        f"    in {A} eu-central-1, {B} us-east-1",
    ]


def detected(cloud: Cloud) -> tuple[DriftReport, str]:
    """The report of a drift detection, and its text."""
    found = drift.detect_drift(sessions(cloud), Recorder())
    (report,) = found
    return report, drift.to_text(found)


def test_stacks_in_which_the_detection_failed_are_not_in_sync() -> None:
    cloud = deployed_cloud()
    cloud.fails[AccountRegion(A, EU)] = "no role"
    found, text = detected(cloud)
    assert (found.in_sync, found.checked, len(found.not_checked)) == (False, 0, 15)
    assert NotChecked(AccountRegion(A, EU), "no role") in found.not_checked
    assert f"  not checked: {A} eu-central-1: no role" in text.splitlines()


@pytest.mark.parametrize(
    "state",
    [
        pytest.param("NOT_CHECKED", id="of a suspended account, for example"),
        pytest.param("UNKNOWN", id="which is reserved for future use"),
    ],
)
def test_stacks_whose_drift_is_not_known_are_named(state: str) -> None:
    """DriftStatus: NOT_CHECKED means that CloudFormation has not checked the stack instance."""
    cloud = deployed_cloud()
    after(
        cloud,
        "ListStackInstances",
        lambda page: page["Summaries"][0].update(DriftStatus=state),
    )
    found, text = detected(cloud)
    assert (found.in_sync, found.checked, found.drifted) == (False, 14, ())
    assert text.splitlines() == [
        "StackSet baseline: 0 of 14 stack instances drifted, 1 not checked",
        f"  not checked: {A} eu-central-1: {state}",
    ]


def test_differences_that_cannot_be_read_leave_the_others() -> None:
    cloud = deployed_cloud(
        drifts={AccountRegion(A, EU): [_MODIFIED], AccountRegion(B, EU): [_DELETED]}
    )
    denied = ApiError("AccessDenied", "not authorized", 403)
    cloud.refusals.append(("ListStackInstanceResourceDrifts", denied))
    found, text = detected(cloud)
    assert (found.drifted, [change.logical_id for change, _ in found.changes]) == (
        (AccountRegion(A, EU), AccountRegion(B, EU)),
        ["Alarm"],
    )
    assert "it drifted, and the differences are unknown" in text


def test_no_drift_is_in_sync() -> None:
    assert drift.detect_drift(sessions(deployed_cloud()), Recorder())[0].in_sync


def test_a_delegated_administrator_sets_call_as_in_every_command() -> None:
    cloud = deployed_cloud(
        DELEGATED, caller=D, delegates=[D], drifts={AccountRegion(A, EU): [_DELETED]}
    )
    found = sessions(cloud, DELEGATED)
    drift.detect_drift(found, Recorder())
    status.read_status(found)
    running(cloud)
    stop.stop_operations(found, Recorder())
    asked = [r for service, _, r, _, _ in cloud.record if service == "cloudformation"]
    assert {request.get("CallAs") for request in asked} == {"DELEGATED_ADMIN"}


# ------------------------------------------------------------------------------- remove


def removed(cloud: Cloud, what: RemovalRequest, text: str = SERVICE) -> RolloutPlan:
    opened = sessions(cloud, text)
    there = read_stack_sets(opened)
    plan = removal.plan_removal(read_settings(text), what, there, account_id=cloud.caller)
    run = apply.apply_plan(opened, plan, Recorder())
    assert run.succeeded, run
    return plan


@pytest.mark.parametrize(
    ("what", "left"),
    [
        pytest.param(
            RemovalRequest(accounts=(A,)),
            {p for p in all_current(A, B, C, D, E) if p.account != A},
            id="an account",
        ),
        pytest.param(
            RemovalRequest(regions=(EU,)),
            {p for p in all_current(A, B, C, D, E) if p.region != EU},
            id="a Region",
        ),
        pytest.param(
            RemovalRequest(accounts=(A, D), regions=(EU,)),
            set(all_current(A, B, C, D, E)) - {AccountRegion(A, EU), AccountRegion(D, EU)},
            id="accounts in a Region",
        ),
    ],
)
def test_only_the_requested_stacks_are_removed(
    what: RemovalRequest, left: set[AccountRegion]
) -> None:
    cloud = deployed_cloud()
    removed(cloud, what)
    assert set(cloud.instances) == left
    assert {r["RetainStacks"] for r in cloud.requests("DeleteStackInstances")} == {False}


def test_accounts_recorded_under_the_root_are_removed_without_the_others() -> None:
    text = SERVICE.replace(f'"{PROD}", "{TEST}"', f'"{ROOT}"')
    cloud = deployed_cloud(text)
    plan = removed(cloud, RemovalRequest(accounts=(A, B, C, D)), text)
    assert [each.targets for stage in plan.stages for each in stage.operations] == [
        DeploymentTargets((A, B, C, D), (ROOT,), AccountFilter.INTERSECTION)
    ]
    assert set(cloud.instances) == set(all_current(E))


def test_all_stacks_and_then_the_stack_set() -> None:
    cloud = deployed_cloud()
    plan = removed(cloud, RemovalRequest(everything=True))
    assert (cloud.instances, cloud.definition) == ({}, None)
    assert [c.api for s in plan.stages for c in s.operations] == [
        StackSetApi.DELETE_INSTANCES,
        StackSetApi.DELETE_STACK_SET,
    ]


def run_removal(cloud: Cloud, what: RemovalRequest) -> RolloutResult:
    opened = sessions(cloud)
    state = read_stack_sets(opened)
    plan = removal.plan_removal(read_settings(), what, state, account_id=cloud.caller)
    return apply.apply_plan(opened, plan, Recorder(), NextCommands(again=AGAIN))


AGAIN = (
    NextCommand(command="trailbell rollout remove baseline --all", purpose="remove what is left"),
)


def test_a_failed_removal_advises_the_same_removal_and_that_one_ends_it() -> None:
    cloud = deployed_cloud()
    cloud.fails[AccountRegion(B, EU)] = "the bucket is not empty"
    result = run_removal(cloud, RemovalRequest(everything=True))
    text = result_report.to_text(result)
    assert (result.succeeded, cloud.definition is None) == (False, False)
    assert [line for line in text.splitlines() if "trailbell rollout" in line] == [
        f"  {AGAIN[0].command}   remove what is left"
    ]
    assert "  A deletion that fails leaves the stack instance INOPERABLE." in text
    cloud.fails.clear()
    assert run_removal(cloud, RemovalRequest(everything=True)).succeeded
    assert cloud.definition is None


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(
            ApiError("OperationInProgressException", "Another operation is in progress", 409),
            id="an operation is in progress",
        ),
        pytest.param(ApiError("ThrottlingException", "Rate exceeded"), id="too many calls"),
    ],
)
def test_a_stack_set_that_is_busy_is_deleted_in_the_end(refusal: ApiError) -> None:
    """DeleteStackSet has no operation id; OperationInProgressException is one of its errors."""
    cloud = deployed_cloud()
    cloud.refusals.append(("DeleteStackSet", refusal))
    assert run_removal(cloud, RemovalRequest(everything=True)).succeeded
    assert cloud.definition is None


def test_a_stack_set_that_was_deleted_by_a_lost_request_is_deleted() -> None:
    cloud = deployed_cloud()

    def lose(_: Any) -> None:
        raise ApiError("InternalFailure", "no answer", 500)

    after(cloud, "DeleteStackSet", lose)
    assert run_removal(cloud, RemovalRequest(everything=True)).succeeded


def test_a_stack_set_that_is_not_empty_is_an_error() -> None:
    cloud = deployed_cloud()

    def colleague(_: Any) -> None:
        cloud.instances[AccountRegion(A, EU)] = Stack("CURRENT", "SUCCEEDED", "", PROD)

    before(cloud, "DeleteStackSet", colleague)
    result = run_removal(cloud, RemovalRequest(everything=True))
    assert [(stage.name, stage.status) for stage in result.stages] == [
        ("removals", StageStatus.DONE),
        ("stack-set", StageStatus.FAILED),
    ]


def test_stacks_can_be_retained() -> None:
    cloud = deployed_cloud()
    removed(cloud, RemovalRequest(everything=True, retain=True))
    assert [r["RetainStacks"] for r in cloud.requests("DeleteStackInstances")] == [True]


def test_inoperable_stacks_are_removed_in_a_separate_operation() -> None:
    cloud = deployed_cloud()
    cloud.instances[AccountRegion(D, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", TEST)
    removed(cloud, RemovalRequest(accounts=(D,)))
    assert [(r["Regions"], r["RetainStacks"]) for r in cloud.requests("DeleteStackInstances")] == [
        ([US, AP], False),
        ([EU], True),
    ]


def test_an_account_that_left_its_unit_is_still_targeted_by_it() -> None:
    cloud = deployed_cloud()
    cloud.units[TEST].remove(D)
    removed(cloud, RemovalRequest(accounts=(D,)))
    assert {pair.account for pair in cloud.instances} == {A, B, C, E}


def test_a_deleted_unit_can_still_be_removed() -> None:
    cloud = deployed_cloud()
    del cloud.units[TEST]
    removed(cloud, RemovalRequest(accounts=(D, E)))
    assert {pair.account for pair in cloud.instances} == {A, B, C}


def test_the_management_stack_is_reported_and_retained() -> None:
    text = SERVICE + "management_account = true\n"
    cloud = deployed_cloud(text)
    plan = removed(cloud, RemovalRequest(everything=True), text)
    assert plan.notices == (
        (
            "Stack baseline in the management account is not part of the StackSet. Delete it with "
            "credentials of that account: trailbell delete baseline"
        ),
    )
    assert sorted(cloud.stacks.stacks) == sorted((MANAGER, r, "baseline") for r in REGIONS)


@pytest.mark.parametrize(
    ("what", "error", "expected"),
    [
        pytest.param(
            RemovalRequest(accounts=("000000000009",)),
            UnknownNameError,
            'unknown account of this StackSet "000000000009"; known: 000000000001, '
            "000000000002, 000000000003, 000000000004, 000000000005",
            id="an account without a stack",
        ),
        pytest.param(
            RemovalRequest(regions=("us-west-1",)),
            UnknownNameError,
            'unknown Region of this StackSet "us-west-1"; did you mean "us-east-1"?',
            id="a Region without a stack",
        ),
    ],
)
def test_unknown_accounts_and_regions_are_rejected(
    what: RemovalRequest, error: type[UnknownNameError], expected: str
) -> None:
    with pytest.raises(error) as caught:
        removed(deployed_cloud(), what)
    assert str(caught.value) == expected


def test_a_missing_stack_set_has_nothing_to_remove() -> None:
    with pytest.raises(PreconditionError) as caught:
        removed(new_cloud(), RemovalRequest(everything=True))
    assert str(caught.value) == (
        "StackSet baseline: it does not exist\n  There is nothing to remove."
    )
