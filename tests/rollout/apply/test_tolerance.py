"""How many failures a rollout tolerates over all its waves, and what happens beyond them."""

import pytest

from tests.rollout.scenario import (
    PROD,
    REGIONS,
    SERVICE,
    A,
    B,
    C,
    D,
    E,
    apply_rollout,
    built_template,
    current_stacks,
    new_cloud,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.apply.result import StageStatus
from trailbell.rollout.apply.tolerance import tolerated_accounts, with_remaining_tolerance
from trailbell.rollout.configuration.config import REST
from trailbell.rollout.configuration.operation_preferences import (
    CountOrPercent,
    OperationPreferences,
)
from trailbell.rollout.model.stage import PlannedOperation, StackSetApi, Stage, Step

EU, US, AP = REGIONS
DONE, SOME, FAILED, NOT = (
    StageStatus.DONE,
    StageStatus.WITHIN_TOLERANCE,
    StageStatus.FAILED,
    StageStatus.NOT_STARTED,
)
ONE = SERVICE.replace("failure_tolerance = 0", "failure_tolerance = 1")
CANARY = f'[rollout.baseline.wave.canary]\naccounts = ["{A}", "{B}", "{C}"]\n'


@pytest.mark.parametrize(
    ("text", "failing", "expected", "message"),
    [
        pytest.param(
            SERVICE,
            [A],
            {"canary": FAILED, REST: NOT},
            "More accounts failed than the failure tolerance of the operation allows.",
            id="one failure without a tolerance stops",
        ),
        pytest.param(
            ONE,
            [A, B, C],
            {"canary": FAILED, REST: NOT},
            "More accounts failed than the failure tolerance of the operation allows.",
            id="all accounts beyond a tolerance of one stop",
        ),
        pytest.param(
            ONE + 'on_failure = "continue"\n',
            [A, B, C],
            {"canary": FAILED, REST: NOT},
            "More accounts failed than the failure tolerance of the operation allows.",
            id="continue does not override the tolerance",
        ),
        pytest.param(
            ONE + 'on_wave_failure = "stop"\n',
            [A],
            {"canary": FAILED, REST: NOT},
            '1 account of this rollout failed, and on_wave_failure is "stop".',
            id="stop means any failure",
        ),
        pytest.param(ONE, [A], {"canary": SOME, REST: DONE}, "", id="one of one continues"),
        pytest.param(
            ONE + 'on_wave_failure = "continue"\n',
            [A],
            {"canary": SOME, REST: DONE},
            "",
            id="continue within the tolerance",
        ),
        pytest.param(
            SERVICE.replace("failure_tolerance = 0", 'failure_tolerance = "40%"'),
            [A],
            {"canary": SOME, REST: DONE},
            "",
            id="a percentage is one of the accounts of the wave",
        ),
    ],
)
def test_failures_in_the_first_wave(
    text: str, failing: list[str], expected: dict[str, StageStatus], message: str
) -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, text).succeeded
    cloud.fails = {AccountRegion(account, EU): "no role" for account in failing}
    run = apply_rollout(cloud, text + CANARY, built_template(2))
    assert (run.succeeded, {s.name: s.status for s in run.stages}, run.stages[0].message) == (
        False,
        expected,
        message,
    )
    reached = {p.account for p, current in current_stacks(cloud).items() if current} & {D, E}
    assert reached == ({D, E} if expected[REST] is DONE else set())


def test_failures_of_all_waves_share_the_tolerance() -> None:
    """One account fails in each wave. Each wave alone would tolerate it."""
    cloud = new_cloud()
    assert apply_rollout(cloud, ONE).succeeded
    cloud.fails = {AccountRegion(A, EU): "no role", AccountRegion(D, EU): "no role"}
    run = apply_rollout(cloud, ONE + CANARY, built_template(2))
    assert [(s.name, s.status) for s in run.stages] == [("canary", SOME), (REST, FAILED)]
    preferences = [
        request["OperationPreferences"]["FailureToleranceCount"]
        for request in cloud.requests("UpdateStackSet", "UpdateStackInstances")
    ]
    assert preferences == [1, 0]


def test_failures_in_two_regions_are_counted_as_accounts() -> None:
    """StackSets counts for each Region, so two accounts can fail within a tolerance of one."""
    cloud = new_cloud()
    assert apply_rollout(cloud, ONE).succeeded
    cloud.fails = {AccountRegion(A, EU): "no role", AccountRegion(B, US): "no role"}
    run = apply_rollout(cloud, ONE + CANARY, built_template(2))
    assert [(s.name, s.status, s.message) for s in run.stages] == [
        (
            "canary",
            FAILED,
            "2 accounts of this rollout failed, and the failure tolerance is 1.",
        ),
        (REST, NOT, ""),
    ]


def test_an_account_that_fails_in_every_region_is_one_account() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, ONE).succeeded
    cloud.fails = {AccountRegion(A, region): "no role" for region in REGIONS}
    run = apply_rollout(cloud, ONE + CANARY, built_template(2))
    assert [(s.name, s.status, s.notes) for s in run.stages] == [
        (
            "canary",
            SOME,
            ("1 account of this rollout failed, within the failure tolerance of 1.",),
        ),
        (REST, DONE, ()),
    ]


# ------------------------------------------------------------------------------- the arithmetic


def operation(
    tolerance: CountOrPercent, *accounts: str, api: StackSetApi = StackSetApi.UPDATE_INSTANCES
) -> PlannedOperation:
    return PlannedOperation(
        api=api,
        accounts=accounts,
        regions=(EU,) if accounts else (),
        preferences=OperationPreferences(failure_tolerance=tolerance),
    )


@pytest.mark.parametrize(
    ("stages", "tolerated"),
    [
        pytest.param([], 0, id="nothing was started"),
        pytest.param(
            [[operation(CountOrPercent(3), api=StackSetApi.CREATE_STACK_SET)]],
            0,
            id="no operation has targets",
        ),
        pytest.param(
            [[operation(CountOrPercent(1), A)], [operation(CountOrPercent(2), B)]],
            2,
            id="the last wave decides",
        ),
        pytest.param(
            [
                [operation(CountOrPercent(50, percent=True), A, B)],
                [operation(CountOrPercent(50, percent=True), B, C, D)],
            ],
            2,
            id="a percentage of all accounts, each counted once, rounded down",
        ),
    ],
)
def test_tolerated_accounts(stages: list[list[PlannedOperation]], tolerated: int) -> None:
    planned = [
        Stage(name=PROD, steps=(Step(stack="alerts", operations=tuple(operations)),))
        for operations in stages
    ]
    assert tolerated_accounts(planned) == tolerated


@pytest.mark.parametrize(
    ("tolerance", "tolerated", "failed", "expected"),
    [
        pytest.param(CountOrPercent(3), 3, 5, CountOrPercent(0), id="never less than none"),
        pytest.param(CountOrPercent(3), 3, 2, CountOrPercent(1), id="what is left"),
        pytest.param(
            CountOrPercent(50, percent=True),
            10,
            2,
            CountOrPercent(1),
            id="never more than its own percentage",
        ),
        pytest.param(
            CountOrPercent(50, percent=True),
            10,
            0,
            CountOrPercent(50, percent=True),
            id="as planned if none failed",
        ),
    ],
)
def test_the_tolerance_of_the_next_operation(
    tolerance: CountOrPercent, tolerated: int, failed: int, expected: CountOrPercent
) -> None:
    planned = operation(tolerance, A, B, C)
    changed = with_remaining_tolerance(planned, tolerated, failed)
    assert changed.preferences.failure_tolerance == expected
