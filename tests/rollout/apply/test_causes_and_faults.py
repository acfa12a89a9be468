"""The causes of failures, operations of others, throttling, and errors of AWS."""

from typing import Any

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_stack_sets import Cloud, FakeOperation, stack_id
from tests.rollout.fake_stacks import failed_stack
from tests.rollout.scenario import (
    REGIONS,
    SERVICE,
    A,
    B,
    C,
    D,
    E,
    Recorder,
    all_current,
    apply_rollout,
    built_template,
    current_stacks,
    deployed_cloud,
    new_cloud,
    rollout,
    sign_in,
)
from trailbell.aws.root_cause import RootCause
from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.apply.follow import follow_stack_set_operation
from trailbell.rollout.apply.result import StageStatus
from trailbell.rollout.configuration.config import REST

EU, US, AP = REGIONS
MANAGED = SERVICE + "managed_execution = true\n"
# ------------------------------------------------------------------------------- true causes

MEMBER = SERVICE + 'member_role = "Reader"\n'


def test_the_root_cause_is_the_first_failed_resource_in_the_stack_events() -> None:
    pair = AccountRegion(B, US)
    cloud = new_cloud(fails={pair: "ResourceLogicalId:Topic0, see events"})
    id_ = stack_id(pair)
    cloud.stacks.events[id_] = failed_stack(id_, "Topic0", "AWS::SNS::Topic", "name is taken")
    (failure,) = apply_rollout(cloud, MEMBER).stages[0].failures.failed
    assert failure.root_cause == RootCause(
        logical_id="Topic0", type="AWS::SNS::Topic", reason="name is taken", stack=id_
    )
    assert cloud.record[-1][3:] == (B, US)


def test_the_failure_of_an_earlier_operation_is_not_the_cause() -> None:
    """StackSets fails without a change of the stack, whose last events are of another operation."""
    pair = AccountRegion(B, US)
    cloud = new_cloud()
    assert apply_rollout(cloud, MEMBER).succeeded
    cloud.fails = {pair: "no role"}
    id_ = stack_id(pair)
    cloud.stacks.events[id_] = failed_stack(id_, "Topic0", "AWS::SNS::Topic", "name is taken")
    (failure,) = apply_rollout(cloud, MEMBER, built_template(2)).stages[0].failures.failed
    assert (failure.reason, failure.root_cause, failure.note) == ("no role", None, "")


def test_the_reason_of_stack_sets_remains_if_the_role_cannot_be_assumed() -> None:
    cloud = new_cloud(fails={AccountRegion(B, US): "no role"}, closed={B})
    (failure,) = apply_rollout(cloud, MEMBER).stages[0].failures.failed
    assert (failure.reason, failure.root_cause, failure.note) == (
        "no role",
        None,
        "The role Reader could not read the stack events: not authorized to perform sts:AssumeRole",
    )


def running(cloud: Cloud, id_: str = "theirs") -> FakeOperation:
    pairs = list(cloud.instances)
    operation = FakeOperation(id_, "UPDATE", pairs, {"OperationId": id_})
    operation.results = dict.fromkeys(pairs, ("PENDING", ""))
    cloud.operations.append(operation)
    return operation


def test_running_operations_are_waited_for_first() -> None:
    cloud, ui = deployed_cloud(), Recorder()
    theirs = running(cloud)
    assert apply_rollout(cloud, SERVICE, built_template(2), ui=ui).succeeded
    assert (theirs.status, ui.messages[0]) == (
        "SUCCEEDED",
        "Operation UPDATE theirs is RUNNING; waiting for it to end",
    )
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("OperationInProgressException", id="another operation was first"),
        pytest.param("ThrottlingException", id="too many calls"),
        pytest.param("InternalFailure", id="AWS fails"),
    ],
)
@pytest.mark.parametrize(
    "operation", ["CreateStackInstances", "DescribeStackSetOperation", "UpdateStackSet"]
)
def test_temporary_errors_are_retried(operation: str, code: str) -> None:
    if operation.startswith("Describe") and code == "OperationInProgressException":
        return
    cloud = new_cloud(
        refusals=[(operation, ApiError(code, "for now", 500 if "Int" in code else 400))]
    )
    assert apply_rollout(cloud).succeeded
    assert apply_rollout(cloud, SERVICE, built_template(2)).succeeded
    assert (current_stacks(cloud), cloud.refusals) == (all_current(A, B, C, D, E), [])


def test_a_lost_response_starts_nothing_twice() -> None:
    """The id is ours, so AWS rejects the retry because it exists, and it is followed."""
    cloud = new_cloud(
        refusals=[("CreateStackInstances", ApiError("OperationIdAlreadyExistsException", "", 409))]
    )
    original = cloud.answer

    def lost(*words: Any) -> dict[str, Any]:
        if words[1] == "CreateStackInstances" and cloud.refusals:
            refusal = cloud.refusals.pop()[1]
            original(*words)
            raise refusal
        return original(*words)

    cloud.answer = lost  # type: ignore[method-assign, assignment]  # answers otherwise here
    assert apply_rollout(cloud).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_queued_operations_are_followed_together() -> None:
    text = MANAGED + f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'
    cloud, ui = new_cloud(speed=2), Recorder()
    assert apply_rollout(cloud, text, ui=ui).succeeded
    assert [operation.action for operation in cloud.operations] == ["CREATE", "CREATE"]
    assert ui.progress[-1].done == 15


def test_an_operation_that_is_not_visible_yet_is_read_again() -> None:
    cloud = new_cloud(
        refusals=[
            ("DescribeStackSetOperation", ApiError("OperationNotFoundException", "not yet", 404))
        ]
    )
    assert apply_rollout(cloud).succeeded


def test_progress_reports_counts_and_rate() -> None:
    cloud, ui = deployed_cloud(), Recorder()
    operation = running(cloud)
    found = sign_in(cloud, rollout())
    follow_stack_set_operation(found, [operation.id], stage=REST, total=15, ui=ui)
    assert [(p.done, p.remaining) for p in ui.progress][-1] == (15, 0)
    assert {r.location for r in ui.ended} == set(cloud.instances)
    assert all(p.rate is None or p.rate > 0 for p in ui.progress)


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        pytest.param(
            ApiError(
                "ValidationError",
                "You must enable organizations access to operate a service managed stack set",
            ),
            "service-managed StackSets: Trusted access with AWS Organizations is not activated "
            "(You must enable organizations access to operate a service managed stack set).\n  Run "
            "once in the management account: aws cloudformation activate-organizations-access",
            id="trusted access is disabled",
        ),
        pytest.param(
            ApiError("NameAlreadyExistsException", "exists", 409),
            'CreateStackSet: StackSet "baseline" was created by another process. Run the '
            "command again.",
            id="another process was first",
        ),
        pytest.param(
            ApiError("ExpiredToken", "The security token included in the request is expired", 403),
            "CreateStackSet: The security token included in the request is expired\n  Sign in (aws "
            "sso login), name a profile (--profile, AWS_PROFILE), or set the AWS_* variables, then "
            "retry.",
            id="signed out",
        ),
    ],
)
def test_errors_of_aws_are_reported_with_a_hint(refusal: ApiError, text: str) -> None:
    run = apply_rollout(new_cloud(refusals=[("CreateStackSet", refusal)]))
    assert [(s.status, s.message) for s in run.stages] == [(StageStatus.FAILED, text)]
