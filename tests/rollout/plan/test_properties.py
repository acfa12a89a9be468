"""From every state of a StackSet, operations match the plan and reach the desired state."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rollout.fake_organizations import ROOT
from tests.rollout.fake_stack_sets import Cloud, Stack
from tests.rollout.scenario import (
    DEEP,
    PROD,
    REGIONS,
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
    make_plan,
    new_cloud,
    operations,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.model.stage import InstanceAction, PlannedOperation, StackSetApi

PAIRS = [AccountRegion(account, region) for account in (A, B, C, D, E) for region in REGIONS]
UNIT = {A: PROD, B: PROD, C: PROD, D: TEST, E: TEST}
STATES = {
    "current": ("CURRENT", "SUCCEEDED"),
    "failed": ("OUTDATED", "FAILED"),
    "pending": ("OUTDATED", "PENDING"),
    "canceled": ("OUTDATED", "CANCELLED"),
    "inoperable": ("INOPERABLE", "INOPERABLE"),
}
_CANARY = f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n'

stack_statuses = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from(sorted(STATES)))
texts = st.builds(
    lambda *parts: (
        SERVICE.replace(f', "{TEST}"', "" if parts[0] else f', "{TEST}"') + "".join(parts[1:])
    ),
    st.booleans(),
    st.sampled_from(["", _CANARY]),
)
versions = st.sampled_from([1, 2])
STEPS = {
    f'"{ROOT}"': (A, B, C, D, E),
    f'"{PROD}"': (A, B, C),
    f'"{DEEP}"': (C,),
    f'"{TEST}"': (D, E),
    f'"{DEEP}", "{TEST}"': (C, D, E),
}


def with_stacks(statuses: dict[AccountRegion, str]) -> Cloud:
    """A StackSet with some stack instances, in any status."""
    cloud = new_cloud(page=100, speed=100)
    assert apply_rollout(cloud).succeeded
    cloud.stack_set("baseline").instances = {
        pair: Stack(*STATES[state], "", UNIT[pair.account], version=cloud.version)
        for pair, state in statuses.items()
    }
    return cloud


def locations(planned: list[PlannedOperation]) -> list[AccountRegion]:
    return sorted(
        AccountRegion(a, r) for call in planned for a in call.accounts for r in call.regions
    )


def reached(cloud: Cloud, call: PlannedOperation) -> set[str]:
    """The accounts that AWS selects for the targets of an operation."""
    return set(cloud.stack_set("baseline")._reached(call.targets.request()))


@settings(max_examples=60)
@given(stack_statuses, texts, versions)
def test_operations_cover_each_planned_instance_once_and_no_other(
    statuses: dict[AccountRegion, str], text: str, version: int
) -> None:
    cloud = with_stacks(statuses)
    plan = make_plan(cloud, text, built_template(version))
    kinds = {
        StackSetApi.CREATE_INSTANCES: {InstanceAction.CREATE},
        StackSetApi.UPDATE_INSTANCES: {InstanceAction.UPDATE, InstanceAction.OUTDATED},
        StackSetApi.DELETE_INSTANCES: {InstanceAction.DELETE},
    }
    all_calls = operations(plan)
    carrier = [c for c in all_calls if c.api is StackSetApi.UPDATE_STACK_SET]
    for api, desired in kinds.items():
        own = [c for c in all_calls if c.api is api]
        instances = sorted(
            instance.location for instance in plan.instances if instance.action in desired
        )
        done = locations(own)
        if api is StackSetApi.UPDATE_INSTANCES:
            # The update of the StackSet has the first rectangle. A first wave without stacks
            # creates them before that, with the template that the StackSet has.
            created = locations([c for c in all_calls if c.api is StackSetApi.CREATE_INSTANCES])
            assert set(done) <= {*instances, *created}
            assert set(instances) <= {*done, *locations(carrier)}
        else:
            assert done == instances
        assert len(done) == len(set(done))
    for call in all_calls:
        targeted = (
            {AccountRegion(a, r) for a in reached(cloud, call) for r in call.regions}
            if call.instance_count
            else set()
        )
        # A removed unit is targeted as a whole; where it has no stack, nothing is deleted.
        targeted = (
            targeted & set(cloud.instances)
            if call.api is StackSetApi.DELETE_INSTANCES
            else targeted
        )
        assert sorted(targeted) == locations([call])


@settings(max_examples=40)
@given(stack_statuses, texts, versions)
def test_applying_reaches_the_desired_state_and_again_changes_nothing(
    statuses: dict[AccountRegion, str], text: str, version: int
) -> None:
    cloud = with_stacks(statuses)
    stuck = {pair for pair, state in statuses.items() if state == "inoperable"}
    assert apply_rollout(cloud, text, built_template(version)).succeeded
    accounts = [a for a in UNIT if TEST in text or UNIT[a] != TEST]
    desired = {AccountRegion(a, r) for a in accounts for r in REGIONS}
    assert set(cloud.instances) == desired
    outdated = {p for p, s in cloud.instances.items() if s.version != cloud.version}
    assert outdated <= stuck
    assert make_plan(cloud, text, built_template(version)).empty


@settings(max_examples=25)
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=2, max_size=5))
def test_widening_and_narrowing_in_any_order_leaves_the_accounts_of_the_last_step(
    steps: list[str],
) -> None:
    """AWS records the unit that created a stack, so each order leaves other records."""
    cloud = new_cloud(page=100, speed=100)
    for units in steps:
        text = SERVICE.replace(f'"{PROD}", "{TEST}"', units)
        assert apply_rollout(cloud, text).succeeded
        assert set(cloud.instances) == set(all_current(*STEPS[units]))
