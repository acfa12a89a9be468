"""Whatever state a set is in: the calls are the plan, the plan ends where it should."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rollout.fake_stack_sets import Cloud, Stack
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
    applied,
    calls,
    cloud,
    planned,
    source,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.plan import InstanceAction, PlannedOperation, StackSetApi

PAIRS = [AccountRegion(account, region) for account in (A, B, C, D, E) for region in REGIONS]
UNIT = {A: PROD, B: PROD, C: PROD, D: TEST, E: TEST}
STATES = {
    "current": ("CURRENT", "SUCCEEDED"),
    "failed": ("OUTDATED", "FAILED"),
    "pending": ("OUTDATED", "PENDING"),
    "given up": ("OUTDATED", "CANCELLED"),
    "inoperable": ("INOPERABLE", "INOPERABLE"),
}
_CANARY = f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n'

standing = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from(sorted(STATES)))
texts = st.builds(
    lambda *parts: (
        SERVICE.replace(f', "{TEST}"', "" if parts[0] else f', "{TEST}"') + "".join(parts[1:])
    ),
    st.booleans(),
    st.sampled_from(["", _CANARY]),
)
versions = st.sampled_from([1, 2])


def with_stacks(found: dict[AccountRegion, str]) -> Cloud:
    """A set in which some stacks stand, well or not."""
    here = cloud(page=100, speed=100)
    assert applied(here).succeeded
    here.instances = {
        pair: Stack(*STATES[state], "", UNIT[pair.account], made_of=here.version)
        for pair, state in found.items()
    }
    return here


def pairs(found: list[PlannedOperation]) -> list[AccountRegion]:
    return sorted(
        AccountRegion(a, r) for call in found for a in call.accounts for r in call.regions
    )


def reached(here: Cloud, call: PlannedOperation) -> set[str]:
    """Whom AWS takes the targets of a call for."""
    return set(here._reached(call.targets.request()))


@settings(max_examples=60)
@given(standing, texts, versions)
def test_the_calls_are_the_cells_each_once_and_reach_nobody_else(
    found: dict[AccountRegion, str], text: str, version: int
) -> None:
    here = with_stacks(found)
    plan = planned(here, text, source(version))
    kinds = {
        StackSetApi.CREATE: {InstanceAction.CREATE},
        StackSetApi.UPDATE: {InstanceAction.UPDATE, InstanceAction.OUTDATED},
        StackSetApi.DELETE: {InstanceAction.DELETE},
    }
    all_calls = calls(plan)
    carrier = [c for c in all_calls if c.do is StackSetApi.UPDATE_SET]
    for do, wanted in kinds.items():
        own = [c for c in all_calls if c.do is do]
        cells = sorted(cell.location for cell in plan.cells if cell.kind in wanted)
        done = pairs(own)
        if do is StackSetApi.UPDATE:
            # The first rectangle is the update of the set itself, or one other stack carries it.
            assert set(done) <= set(cells) <= set(done) | set(pairs(carrier))
        else:
            assert done == cells
        assert len(done) == len(set(done))
    for call in all_calls:
        hit = (
            {AccountRegion(a, r) for a in reached(here, call) for r in call.regions}
            if call.pairs
            else set()
        )
        # A unit that leaves is named as a whole; where it has no stack, nothing is deleted.
        hit = hit & set(here.instances) if call.do is StackSetApi.DELETE else hit
        assert sorted(hit) == pairs([call])


@settings(max_examples=40)
@given(standing, texts, versions)
def test_applying_ends_where_it_should_and_a_second_time_does_nothing(
    found: dict[AccountRegion, str], text: str, version: int
) -> None:
    here = with_stacks(found)
    stuck = {pair for pair, state in found.items() if state == "inoperable"}
    assert applied(here, text, source(version)).succeeded
    accounts = [a for a in UNIT if TEST in text or UNIT[a] != TEST]
    wanted = {AccountRegion(a, r) for a in accounts for r in REGIONS}
    assert set(here.instances) == wanted
    behind = {p for p, s in here.instances.items() if s.made_of != here.version}
    assert behind <= stuck
    assert planned(here, text, source(version)).empty
