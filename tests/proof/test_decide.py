"""The parts of a claim decide the same as the claim."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.proof.decide import decide, violation
from trailbell.proof.formula import TRUE
from trailbell.proof.promise import Claim, Verdict
from trailbell.proof.solver import find_request

_ACTIONS = st.sampled_from(
    [
        {"Action": "s3:Get*"},
        {"Action": "s*:GetObject"},
        {"Action": ["sns:Publish", "s3:GetObject"]},
        {"Action": "SNS:*"},
        {"Action": "*"},
        {"NotAction": "s3:*"},
        {},
    ]
)
_RESOURCES = st.sampled_from([{}, {"Resource": "a*"}, {"NotResource": "ab"}])
_requests = st.lists(st.builds(lambda a, r: {**a, **r}, _ACTIONS, _RESOURCES), max_size=2)
_statements = st.lists(
    st.one_of(
        st.builds(
            lambda effect, action, target: {"Effect": effect, **action, **target},
            st.sampled_from(["Allow", "Deny"]),
            _ACTIONS,
            _RESOURCES,
        ),
        st.just(None),
    ),
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(Claim)), _statements, _requests)
def test_parts_decide_the_same_as_the_whole(
    claim: Claim, statements: list[Any], requests: list[Any]
) -> None:
    whole = violation(claim, statements, requests)
    if find_request(whole.may) is None:
        expected = Verdict.PROVEN
    elif find_request(whole.must) is None:
        expected = Verdict.UNDECIDED
    else:
        expected = Verdict.REFUTED
    verdict, request, reasons = decide(claim, statements, requests, TRUE, find_request, {})
    assert (verdict, request is not None, bool(reasons)) == (
        expected,
        expected is Verdict.REFUTED,
        expected is Verdict.UNDECIDED,
    )
