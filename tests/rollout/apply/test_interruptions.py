"""A rollout that is killed at each request, or interrupted at the keyboard."""

from typing import Any

import pytest

from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import Cloud, Killed
from tests.rollout.scenario import (
    CANARY,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    all_current,
    apply_rollout,
    built_template,
    current_stacks,
    deployed_cloud,
    ends,
    make_plan,
    new_cloud,
)
from trailbell.rollout.apply.result import StageStatus
from trailbell.rollout.configuration.config import REST

WITH_MANAGER = SERVICE + "management_account = true\n"


def killed_everywhere(text: str, template: Any, before: Any) -> int:
    """Kill a rollout at every call, before and after AWS handles it, then run it again."""
    expected = before()
    apply_rollout(expected, text, template)
    calls = len(expected.record)
    for number in range(1, calls + 1):
        for kill in (number, -number):
            cloud = before()
            cloud.kill = kill
            with pytest.raises(Killed):
                apply_rollout(cloud, text, template)
            cloud.kill = 0
            run = apply_rollout(cloud, text, template)
            assert (kill, run.succeeded, current_stacks(cloud)) == (
                kill,
                True,
                current_stacks(expected),
            )
            assert (kill, make_plan(cloud, text, template).empty) == (kill, True)
    return calls


def test_killed_while_it_is_created() -> None:
    def before() -> Cloud:
        return new_cloud(page=100, speed=8)

    assert killed_everywhere(CANARY, built_template(), before) > 15


@pytest.mark.slow
def test_killed_while_it_is_updated_and_shrunk() -> None:
    def before() -> Cloud:
        cloud = deployed_cloud(CANARY, page=100)
        cloud.speed = 8
        return cloud

    fewer = CANARY.replace(f', "{TEST}"', "")
    text = fewer.replace("failure_tolerance", "auto_deployment = true\nfailure_tolerance")
    assert killed_everywhere(text, built_template(2), before) > 20


def test_killed_during_the_check_the_check_runs_again() -> None:
    cloud = deployed_cloud(CANARY)
    cloud.alarms["high"] = ["OK"]
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\n'
    looked = len(cloud.record)
    assert apply_rollout(
        deployed_cloud(CANARY, alarms={"high": ["OK"]}), text, built_template(2)
    ).succeeded
    cloud.alarms["high"] = ["OK"]
    order = []
    original = cloud.answer

    def watch(*words: Any) -> dict[str, Any]:
        order.append(words[1])
        if words[1] == "DescribeAlarms":
            raise Killed
        return original(*words)

    cloud.answer = watch  # type: ignore[method-assign, assignment]  # answers otherwise here
    with pytest.raises(Killed):
        apply_rollout(cloud, text, built_template(2))
    cloud.answer = original  # type: ignore[method-assign]  # as before
    cloud.alarms["high"] = ["ALARM"]
    assert ends(apply_rollout(cloud, text, built_template(2))) == {
        "canary": StageStatus.CHECK_FAILED,
        REST: StageStatus.NOT_STARTED,
    }
    cloud.alarms["high"] = ["OK"]
    assert apply_rollout(cloud, text, built_template(2)).succeeded
    assert (current_stacks(cloud), looked, order[-1]) == (
        all_current(A, B, C, D, E),
        0,
        "DescribeAlarms",
    )


@pytest.mark.slow
def test_killed_with_a_management_account_and_overrides() -> None:
    text = WITH_MANAGER.replace('"us-east-1", ', "") + (
        f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'
        f'[rollout.baseline.override.{MANAGER}]\nEmail = "m@example.com"\n'
    )

    def before() -> Cloud:
        return new_cloud(page=100, speed=20)

    assert killed_everywhere(text, built_template(), before) > 30


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("DescribeStackSetOperation", id="while it polls"),
        pytest.param("ListStackSetOperationResults", id="while it reads results"),
    ],
)
def test_ctrl_c_stops_following_and_the_operation_continues(operation: str) -> None:
    cloud = new_cloud(speed=1)
    original = cloud.answer

    def interrupt(*words: Any) -> dict[str, Any]:
        if words[1] == operation:
            raise KeyboardInterrupt
        return original(*words)

    cloud.answer = interrupt  # type: ignore[method-assign, assignment]  # answers otherwise here
    run = apply_rollout(cloud, CANARY)
    assert (run.interrupted, run.succeeded, ends(run)) == (
        True,
        False,
        {"canary": StageStatus.INTERRUPTED, REST: StageStatus.NOT_STARTED},
    )
    assert [operation.status for operation in cloud.operations] == ["RUNNING"]
    cloud.answer = original  # type: ignore[method-assign]  # as before
    assert apply_rollout(cloud, CANARY).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_ctrl_c_during_a_check_does_not_start_the_next_wave() -> None:
    cloud = deployed_cloud(CANARY)
    original = cloud.answer

    def interrupt(*words: Any) -> dict[str, Any]:
        if words[1] == "DescribeAlarms":
            raise KeyboardInterrupt
        return original(*words)

    cloud.answer = interrupt  # type: ignore[method-assign, assignment]  # answers otherwise here
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\n'
    run = apply_rollout(cloud, text, built_template(2))
    assert [(s.status, s.message) for s in run.stages] == [
        (
            StageStatus.INTERRUPTED,
            "Interrupted during its check.",
        ),
        (StageStatus.NOT_STARTED, ""),
    ]
