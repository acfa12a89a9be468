"""Locations become the fewest rectangles, without any other location."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.plan.rectangles import Rectangle, rectangles

ACCOUNTS = [f"{n:012d}" for n in range(1, 7)]
REGIONS = ["eu-central-1", "us-east-1", "ap-southeast-2", "sa-east-1"]
EVERY = [AccountRegion(a, r) for a in ACCOUNTS for r in REGIONS]

A, B, C, *_ = ACCOUNTS
EU, US, AP, SA = REGIONS


def contents(shapes: tuple[Rectangle, ...]) -> list[AccountRegion]:
    return sorted(
        AccountRegion(*pair)
        for shape in shapes
        for pair in itertools.product(shape.accounts, shape.regions)
    )


@given(st.lists(st.sampled_from(EVERY), unique=True))
def test_rectangles_contain_each_location_once_and_no_other(locations: list[AccountRegion]) -> None:
    assert contents(rectangles(locations, REGIONS)) == sorted(locations)


@given(st.lists(st.sampled_from(EVERY), unique=True))
def test_there_are_never_more_than_groups_of_accounts_or_of_regions(
    locations: list[AccountRegion],
) -> None:
    by_account = {frozenset(p.region for p in locations if p.account == a) for a in ACCOUNTS}
    by_region = {frozenset(p.account for p in locations if p.region == r) for r in REGIONS}
    most = min(len(by_account - {frozenset()}), len(by_region - {frozenset()}))
    assert len(rectangles(locations, REGIONS)) <= most


@given(st.lists(st.sampled_from(EVERY), unique=True), st.permutations(REGIONS))
def test_regions_keep_their_order(locations: list[AccountRegion], order: list[str]) -> None:
    for shape in rectangles(locations, order):
        assert list(shape.regions) == [region for region in order if region in shape.regions]


@pytest.mark.parametrize(
    ("locations", "expected"),
    [
        pytest.param([], (), id="no locations"),
        pytest.param(
            [AccountRegion(A, EU), AccountRegion(B, US)],
            (Rectangle((A,), (EU,)), Rectangle((B,), (US,))),
            id="a diagonal is not the square around it",
        ),
        pytest.param(
            [AccountRegion(a, r) for a in (A, B) for r in (EU, US)],
            (Rectangle((A, B), (EU, US)),),
            id="a full square is one rectangle",
        ),
        pytest.param(
            [
                AccountRegion(A, EU),
                AccountRegion(A, US),
                AccountRegion(B, EU),
                AccountRegion(B, US),
                AccountRegion(C, EU),
                AccountRegion(C, US),
                AccountRegion(C, AP),
            ],
            (Rectangle((A, B), (EU, US)), Rectangle((C,), (EU, US, AP))),
            id="an account with one more Region is a separate rectangle",
        ),
        pytest.param(
            [AccountRegion(a, r) for a in ACCOUNTS for r in REGIONS if (a, r) != (C, SA)],
            (
                Rectangle(tuple(a for a in ACCOUNTS if a != C), (EU, US, AP, SA)),
                Rectangle((C,), (EU, US, AP)),
            ),
            id="a hole needs one more rectangle",
        ),
    ],
)
def test_the_fewest_rectangles(
    locations: list[AccountRegion], expected: tuple[Rectangle, ...]
) -> None:
    assert rectangles(locations, REGIONS) == expected
