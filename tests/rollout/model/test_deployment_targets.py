"""Operations name whole units where these are exactly the accounts, else units and accounts."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rollout.scenario import A, B, C, D, E
from trailbell.rollout.configuration.config import AccountFilter
from trailbell.rollout.model.deployment_targets import (
    MAX_UNITS,
    DeploymentTargets,
    by_account,
    by_unit,
)

ONE, TWO = "ou-ab12-00000001", "ou-ab12-00000002"
INSIDE = {ONE: frozenset({A, B, C}), TWO: frozenset({D, E})}
UNITS_OF = {A: (ONE,), B: (ONE,), C: (ONE,), D: (TWO,), E: (TWO,)}


def reached(targets: DeploymentTargets) -> frozenset[str]:
    """The accounts that AWS selects for these targets."""
    inside = frozenset[str]().union(*(INSIDE[unit] for unit in targets.units))
    match targets.filter:
        case AccountFilter.INTERSECTION:
            return inside & frozenset(targets.accounts)
        case AccountFilter.DIFFERENCE:
            return inside - frozenset(targets.accounts)
        case _:
            return inside


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        pytest.param(
            (A, B), DeploymentTargets((A, B), (ONE,), AccountFilter.INTERSECTION), id="all but one"
        ),
        pytest.param(
            (A,), DeploymentTargets((A,), (ONE,), AccountFilter.INTERSECTION), id="one of three"
        ),
        pytest.param(
            (A, B, C), DeploymentTargets((), (ONE,), AccountFilter.NONE), id="a whole unit"
        ),
        pytest.param(
            (A, B, C, D, E),
            DeploymentTargets((), (ONE, TWO), AccountFilter.NONE),
            id="two whole units",
        ),
        pytest.param(
            (A, D),
            DeploymentTargets((A, D), (ONE, TWO), AccountFilter.INTERSECTION),
            id="one of each",
        ),
    ],
)
def test_a_whole_unit_is_named_only_for_all_of_its_accounts(
    accounts: tuple[str, ...], expected: DeploymentTargets
) -> None:
    assert list(by_unit(accounts, UNITS_OF, INSIDE)) == [(accounts, expected)]


@given(st.lists(st.sampled_from(sorted(UNITS_OF)), unique=True))
def test_no_other_account_is_targeted(accounts: list[str]) -> None:
    for meant, targets in by_unit(accounts, UNITS_OF, INSIDE):
        assert reached(targets) == frozenset(meant)


def test_accounts_of_an_unknown_unit_are_always_listed() -> None:
    found = list(by_unit((A,), {A: ("ou-ab12-99999999",)}, INSIDE))
    assert found == [
        ((A,), DeploymentTargets((A,), ("ou-ab12-99999999",), AccountFilter.INTERSECTION))
    ]


@pytest.mark.parametrize(
    ("units", "calls"),
    [
        pytest.param(50, [50], id="fifty units are one operation"),
        pytest.param(51, [50, 1], id="one more unit needs another operation"),
        pytest.param(120, [50, 50, 20], id="three operations"),
    ],
)
def test_fifty_units_in_an_operation(units: int, calls: list[int]) -> None:
    accounts = [f"{n:012d}" for n in range(units)]
    units_of = {account: (f"ou-ab12-{n:08d}",) for n, account in enumerate(accounts)}
    inside = {unit: frozenset({account}) for account, (unit,) in units_of.items()}
    found = list(by_unit(accounts, units_of, inside))
    assert [len(targets.units) for _, targets in found] == calls
    assert list(chain.from_iterable(meant for meant, _ in found)) == accounts
    assert MAX_UNITS == 50


def test_self_managed_targets_are_accounts() -> None:
    assert [targets.request() for _, targets in by_account((A, B))] == [{"Accounts": [A, B]}]


def test_units_that_are_not_known_whole_are_never_named_whole() -> None:
    """An account can be below a unit that AWS recorded and that the rollout no longer names."""
    assert list(by_unit((A, B, C), UNITS_OF, {})) == [
        ((A, B, C), DeploymentTargets((A, B, C), (ONE,), AccountFilter.INTERSECTION))
    ]


def test_an_account_can_be_recorded_under_two_units() -> None:
    """Its stack in one Region was created through the parent, the one in another by the child."""
    assert list(by_unit((A,), {A: (ONE, TWO)}, {})) == [
        ((A,), DeploymentTargets((A,), (ONE, TWO), AccountFilter.INTERSECTION))
    ]


@pytest.mark.parametrize(
    ("accounts", "calls"),
    [
        pytest.param(1_000, [1_000], id="a thousand accounts are one request"),
        pytest.param(2_001, [1_000, 1_000, 1], id="more are several"),
    ],
)
@pytest.mark.parametrize("self_managed", [True, False])
def test_accounts_in_an_operation(accounts: int, calls: list[int], *, self_managed: bool) -> None:
    names = [f"{n:012d}" for n in range(accounts)]
    batches = (
        by_account(names) if self_managed else by_unit(names, dict.fromkeys(names, (ONE,)), {})
    )
    listed = [targets.accounts for _, targets in batches]
    assert [len(some) for some in listed] == calls
    assert list(chain.from_iterable(listed)) == names


def test_a_whole_unit_lists_no_accounts_however_many_it_has() -> None:
    names = [f"{n:012d}" for n in range(5_000)]
    assert [
        targets
        for _, targets in by_unit(names, dict.fromkeys(names, (ONE,)), {ONE: frozenset(names)})
    ] == [DeploymentTargets((), (ONE,), AccountFilter.NONE)]


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        pytest.param(
            DeploymentTargets((), (ONE,), AccountFilter.NONE),
            {"OrganizationalUnitIds": [ONE], "AccountFilterType": "NONE"},
            id="whole units",
        ),
        pytest.param(
            DeploymentTargets((A,), (ONE,), AccountFilter.INTERSECTION),
            {
                "OrganizationalUnitIds": [ONE],
                "Accounts": [A],
                "AccountFilterType": "INTERSECTION",
            },
            id="units with accounts",
        ),
    ],
)
def test_the_members_of_a_request(targets: DeploymentTargets, expected: dict[str, object]) -> None:
    assert targets.request() == {"DeploymentTargets": expected}
