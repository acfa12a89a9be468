"""status, stop, drift and remove."""

from typing import Any

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import Cloud, Stack, Work, stack_id
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
    applied,
    cloud,
    desk,
    everywhere,
    rollout,
    source,
    stands,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.errors import NotFoundError, PreconditionError, UnknownNameError
from trailbell.rollout import apply, drift, removal, status
from trailbell.rollout.drift import DriftedProperty, DriftReport
from trailbell.rollout.failures import Failures
from trailbell.rollout.plan import RolloutPlan, StackSetApi
from trailbell.rollout.removal import RemovalRequest

EU, US, AP = REGIONS
DELEGATED = SERVICE + "delegated_administrator = true\n"


def made(text: str = SERVICE, **more: Any) -> Cloud:
    here = cloud(**more)
    assert applied(here, text).succeeded
    here.record.clear()
    return here


def running(here: Cloud, status_: str = "RUNNING") -> Work:
    pairs = list(here.instances)
    work = Work("theirs", "UPDATE", pairs, {"OperationId": "theirs"}, status=status_)
    work.results = dict.fromkeys(pairs, ("PENDING", ""))
    here.works.append(work)
    return work


# ------------------------------------------------------------------------------- status


def test_status_of_a_set_in_which_all_is_well() -> None:
    here = made()
    found = status.status(desk(here, rollout()))
    assert (found.well, found.counts, found.not_current) == (True, {"CURRENT": 15}, ())


def test_status_names_what_is_not_current_and_why() -> None:
    here = made()
    here.instances[AccountRegion(A, EU)] = Stack("OUTDATED", "FAILED", "no role", PROD)
    found = status.status(desk(here, rollout()))
    (operation,) = found.operations
    assert (found.well, status.text(found).splitlines()) == (
        False,
        [
            "set baseline: 15 stacks: 1 OUTDATED/FAILED, 14 CURRENT",
            "",
            "wave  account       apse2  euc1  use1",
            f"      {A}  .      !     .",
            *[f"      {each}  .      .     ." for each in (B, C, D, E)],
            "",
            ". CURRENT  ! OUTDATED  x INOPERABLE",
            "apse2 ap-southeast-2, euc1 eu-central-1, use1 us-east-1",
            f"  {A} eu-central-1 OUTDATED/FAILED: no role",
            "operations, newest first",
            f"  2026-11-23 00:00  CREATE  {operation.id}  SUCCEEDED",
        ],
    )


def test_status_of_no_set() -> None:
    with pytest.raises(NotFoundError) as caught:
        status.status(desk(cloud(), rollout()))
    assert str(caught.value) == "DescribeStackSet: there is no set baseline"


# ------------------------------------------------------------------------------- stop


@pytest.mark.parametrize("state", ["RUNNING", "QUEUED"])
def test_stopping_waits_until_it_has_stopped_and_resume_takes_the_rest(state: str) -> None:
    here = made()
    running(here, state)
    voice = Recorder()
    found = apply.stop_operations(desk(here, rollout()), voice)
    assert ([o.status for o in found], voice.said) == (
        ["STOPPED"],
        [f"stopping UPDATE theirs ({state})"],
    )
    assert applied(here).succeeded
    assert stands(here) == everywhere(A, B, C, D, E)


def test_there_is_nothing_to_stop() -> None:
    assert apply.stop_operations(desk(made(), rollout()), Recorder()) == ()


def test_one_that_ended_meanwhile_is_no_fault() -> None:
    here = made()
    work = running(here)
    here.refusals.append(
        ("StopStackSetOperation", ApiError("InvalidOperationException", "it is not running"))
    )
    here.speed = 100
    apply.stop_operations(desk(here, rollout()), Recorder())
    assert work.status == "SUCCEEDED"


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


def test_drift_by_resource_with_the_accounts_in_which_it_is_so() -> None:
    here = made(
        drifts={AccountRegion(A, EU): [_MODIFIED, _DELETED], AccountRegion(B, US): [_MODIFIED]}
    )
    found = drift.drift(desk(here, rollout()), Recorder())
    assert found == DriftReport(
        set_name="baseline",
        checked=15,
        drifted=(AccountRegion(A, EU), AccountRegion(B, US)),
        changed=(
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
    assert drift.text(found).splitlines() == [
        "set baseline: 2 of 15 stacks drifted",
        "  Alarm (AWS::CloudWatch::Alarm) deleted",
        f"    in {A} eu-central-1",
        "  HighTopic (AWS::SNS::Topic) /DisplayName: Trailbell → mine",
        f"    in {A} eu-central-1, {B} us-east-1",
    ]


def test_stacks_that_could_not_be_looked_at_are_not_well() -> None:
    here = made()
    here.fails[AccountRegion(A, EU)] = "no role"
    found = drift.drift(desk(here, rollout()), Recorder())
    assert (found.in_sync, [f.reason for f in found.unknown.failed]) == (False, ["no role"])


def test_no_drift_is_well() -> None:
    assert drift.drift(desk(made(), rollout()), Recorder()).in_sync


def test_a_delegate_says_so_while_it_detects_stops_and_reads() -> None:
    here = made(DELEGATED, caller=D, delegates=[D], drifts={AccountRegion(A, EU): [_DELETED]})
    found = desk(here, rollout(DELEGATED))
    drift.drift(found, Recorder())
    status.status(found)
    running(here)
    apply.stop_operations(found, Recorder())
    asked = [r for service, _, r, _, _ in here.record if service == "cloudformation"]
    assert {request.get("CallAs") for request in asked} == {"DELEGATED_ADMIN"}


# ------------------------------------------------------------------------------- remove


def removed(here: Cloud, what: RemovalRequest, text: str = SERVICE) -> RolloutPlan:
    found = desk(here, rollout(text))
    there = removal.read(found, source())
    plan = removal.plan_removal(rollout(text), what, there, account=here.caller)
    run = apply.apply_plan(found, plan, source(), Recorder())
    assert run.succeeded, run
    return plan


@pytest.mark.parametrize(
    ("what", "left"),
    [
        pytest.param(
            RemovalRequest(accounts=(A,)),
            {p for p in everywhere(A, B, C, D, E) if p.account != A},
            id="an account",
        ),
        pytest.param(
            RemovalRequest(regions=(EU,)),
            {p for p in everywhere(A, B, C, D, E) if p.region != EU},
            id="a Region",
        ),
        pytest.param(
            RemovalRequest(accounts=(A, D), regions=(EU,)),
            set(everywhere(A, B, C, D, E)) - {AccountRegion(A, EU), AccountRegion(D, EU)},
            id="accounts in a Region",
        ),
    ],
)
def test_what_is_removed_and_nothing_else(what: RemovalRequest, left: set[AccountRegion]) -> None:
    here = made()
    removed(here, what)
    assert set(here.instances) == left
    assert {r["RetainStacks"] for r in here.calls("DeleteStackInstances")} == {False}


def test_all_of_it_and_then_the_set_itself() -> None:
    here = made()
    plan = removed(here, RemovalRequest(everything=True))
    assert (here.instances, here.defined) == ({}, None)
    assert [c.do for s in plan.stages for c in s.calls] == [
        StackSetApi.DELETE,
        StackSetApi.DELETE_SET,
    ]


def test_stacks_can_stay_outside_of_the_set() -> None:
    here = made()
    removed(here, RemovalRequest(everything=True, retain=True))
    assert [r["RetainStacks"] for r in here.calls("DeleteStackInstances")] == [True]


def test_inoperable_ones_are_taken_out_in_a_call_of_their_own() -> None:
    here = made()
    here.instances[AccountRegion(D, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", TEST)
    removed(here, RemovalRequest(accounts=(D,)))
    assert [(r["Regions"], r["RetainStacks"]) for r in here.calls("DeleteStackInstances")] == [
        ([US, AP], False),
        ([EU], True),
    ]


def test_an_account_that_left_its_unit_is_still_found_by_it() -> None:
    here = made()
    here.units[TEST].remove(D)
    removed(here, RemovalRequest(accounts=(D,)))
    assert {pair.account for pair in here.instances} == {A, B, C, E}


def test_a_unit_that_is_gone_can_still_be_cleaned_up() -> None:
    here = made()
    del here.units[TEST]
    removed(here, RemovalRequest(accounts=(D, E)))
    assert {pair.account for pair in here.instances} == {A, B, C}


def test_the_plain_stack_of_the_management_account_is_named_and_left() -> None:
    text = SERVICE + "management_account = true\n"
    here = made(text)
    plan = removed(here, RemovalRequest(everything=True), text)
    assert plan.remarks == (
        (
            "stack baseline of the management account is not in the StackSet: python build.py "
            "delete baseline, there"
        ),
    )
    assert sorted(here.stacks.found) == sorted((MANAGER, r, "baseline") for r in REGIONS)


@pytest.mark.parametrize(
    ("what", "error", "expected"),
    [
        pytest.param(RemovalRequest(accounts=("000000000009",)), UnknownNameError,
                     'unknown account of this set "000000000009"; did you mean '
                     '"000000000005"?', id="an account without a stack"),
        pytest.param(RemovalRequest(regions=("us-west-1",)), UnknownNameError,
                     'unknown Region of this set "us-west-1"; did you mean "us-east-1"?',
                     id="a Region without a stack"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_removed(
    what: RemovalRequest, error: type[UnknownNameError], expected: str
) -> None:
    with pytest.raises(error) as caught:
        removed(made(), what)
    assert str(caught.value) == expected


def test_no_set_has_nothing_to_remove() -> None:
    with pytest.raises(PreconditionError) as caught:
        removed(cloud(), RemovalRequest(everything=True))
    assert str(caught.value) == ("set baseline: it does not exist\n  there is nothing to remove")
