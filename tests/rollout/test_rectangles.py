"""Pairs become the fewest calls, and no call holds a pair that was not asked for."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.rectangles import Rectangle, rectangles

ACCOUNTS = [f"{n:012d}" for n in range(1, 7)]
REGIONS = ["eu-central-1", "us-east-1", "ap-southeast-2", "sa-east-1"]
EVERY = [AccountRegion(a, r) for a in ACCOUNTS for r in REGIONS]

A, B, C, *_ = ACCOUNTS
EU, US, AP, SA = REGIONS


def held(shapes: tuple[Rectangle, ...]) -> list[AccountRegion]:
    return sorted(
        AccountRegion(*pair)
        for each in shapes
        for pair in itertools.product(each.accounts, each.regions)
    )


@given(st.lists(st.sampled_from(EVERY), unique=True))
def test_rectangles_hold_exactly_the_pairs_each_once(pairs: list[AccountRegion]) -> None:
    assert held(rectangles(pairs, REGIONS)) == sorted(pairs)


@given(st.lists(st.sampled_from(EVERY), unique=True))
def test_there_are_never_more_than_kinds_of_accounts_or_of_regions(
    pairs: list[AccountRegion],
) -> None:
    by_account = {frozenset(p.region for p in pairs if p.account == a) for a in ACCOUNTS}
    by_region = {frozenset(p.account for p in pairs if p.region == r) for r in REGIONS}
    most = min(len(by_account - {frozenset()}), len(by_region - {frozenset()}))
    assert len(rectangles(pairs, REGIONS)) <= most


@given(st.lists(st.sampled_from(EVERY), unique=True), st.permutations(REGIONS))
def test_regions_keep_their_order(pairs: list[AccountRegion], order: list[str]) -> None:
    for each in rectangles(pairs, order):
        assert list(each.regions) == [region for region in order if region in each.regions]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        pytest.param([], (), id="nothing needs no call"),
        pytest.param(
            [AccountRegion(A, EU), AccountRegion(B, US)],
            (Rectangle((A,), (EU,)), Rectangle((B,), (US,))),
            id="a diagonal is not the square around it",
        ),
        pytest.param(
            [AccountRegion(a, r) for a in (A, B) for r in (EU, US)],
            (Rectangle((A, B), (EU, US)),),
            id="a full square is one call",
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
            id="an account that wants one Region more has a call of its own",
        ),
        pytest.param(
            [AccountRegion(a, r) for a in ACCOUNTS for r in REGIONS if (a, r) != (C, SA)],
            (
                Rectangle(tuple(a for a in ACCOUNTS if a != C), (EU, US, AP, SA)),
                Rectangle((C,), (EU, US, AP)),
            ),
            id="a hole costs one call",
        ),
    ],
)
def test_what_is_asked(pairs: list[AccountRegion], expected: tuple[Rectangle, ...]) -> None:
    assert rectangles(pairs, REGIONS) == expected
