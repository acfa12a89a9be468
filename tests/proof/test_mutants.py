"""Whatever is broken in the policies in dist/, a promise is refuted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.proof.mutants import Mutant, mutants
from trailbell.dist.built_templates import load_templates
from trailbell.proof.combinations import evaluators, exports_of
from trailbell.proof.decide import Decided
from trailbell.proof.policies import (
    PERMISSIONS,
    PolicyPlace,
    places_without_policy,
    policy_places,
)
from trailbell.proof.promise import Promise, Verdict
from trailbell.proof.promises import PROMISES
from trailbell.proof.prove import policies_without_promise, promises_about, prove, prove_at
from trailbell.proof.solver import find_request
from trailbell.template.evaluate import Evaluator

_DIST = Path(__file__).resolve().parent.parent.parent / "dist"
_TEMPLATES = {built.stack: dict(built.document) for built in load_templates(_DIST, ())}
_EXPORTS = exports_of(list(_TEMPLATES.values()))
_WITH_POLICIES = sorted(
    stack for stack, template in _TEMPLATES.items() if any(policy_places(template))
)
_LARGE = ("log-archive", "stackset-roles", "trail")
"""Stacks that take longer; what they have in common with security-alerts is proven there."""
_DECIDED: Decided = {}
"""What is decided for one mutant holds for all others: most of their statements are the same."""

_EQUIVALENT: Mapping[tuple[str, str], str] = {
    (
        "stackset-roles",
        "ExecutionRole.AllowAdministrationRoleAssumeRole for everyone",
    ): "The condition names the role, which is in the account that was the principal.",
    **{
        (
            stack,
            "LogBucketPolicy.AllowReaderAccounts on everything",
        ): "The statement names the bucket and its objects, which is all that the policy is for."
        for stack in ("log-archive", "security-alerts", "trail")
    },
}
"""Mutants that break no promise, with the reason."""

Place = tuple[PolicyPlace, tuple[Promise, ...], list[Evaluator]]


def _places(stack: str) -> Iterator[Place]:
    """The policies with promises, and the combinations at which they are proven."""
    template = _TEMPLATES[stack]
    for place in (*policy_places(template), *places_without_policy(template)):
        about = promises_about(stack, place, PROMISES)
        parts = [*place.parts, *(request for promise in about for request in promise.requests)]
        if about:
            yield place, about, list(evaluators(template, parts, _EXPORTS))


def _is_refuted(stack: str, mutant: Mutant, places: list[Place]) -> bool:
    """Whether a promise is refuted at some combination. What the mutant cannot touch is left."""
    for place, about, rows in places:
        touched = place.logical_id == mutant.logical_id or place.property == PERMISSIONS
        if not touched and not place.is_missing:
            continue
        if place.logical_id not in mutant.template["Resources"]:
            continue
        for row in rows:
            broken = [replace(row, template=mutant.template)]
            proofs = prove_at(broken, stack, place, about, find_request, _DECIDED)
            if any(proof.verdict is Verdict.REFUTED for proof in proofs):
                return True
    return False


def _unbroken(stack: str) -> set[str]:
    places = list(_places(stack))
    return {
        mutant.name
        for mutant in mutants(_TEMPLATES[stack])
        if not _is_refuted(stack, mutant, places)
    }


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param("alerts", id="topics and a key"),
        pytest.param("realtime-forward", id="a queue and roles"),
        pytest.param("hunt", id="a policy for people"),
    ],
)
def test_each_mutant_breaks_a_promise(stack: str) -> None:
    assert _unbroken(stack) == {name for at, name in _EQUIVALENT if at == stack}


@pytest.mark.slow
@pytest.mark.parametrize(
    "stack", sorted({*_WITH_POLICIES} - {"alerts", "realtime-forward", "hunt"})
)
def test_each_mutant_of_every_stack_breaks_a_promise(stack: str) -> None:
    assert _unbroken(stack) == {name for at, name in _EQUIVALENT if at == stack}


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(stack, marks=[pytest.mark.slow] if stack in _LARGE else [])
        for stack in _WITH_POLICIES
    ],
)
def test_every_promise_is_kept(stack: str) -> None:
    proofs = prove({stack: _TEMPLATES[stack]}, PROMISES, find_request, list(_TEMPLATES.values()))
    assert {(p.promise.name, p.logical_id): (p.verdict, p.request, p.reasons) for p in proofs} == {
        (p.promise.name, p.logical_id): (Verdict.PROVEN, None, ()) for p in proofs
    }


def test_each_policy_has_a_promise() -> None:
    assert policies_without_promise(_TEMPLATES, PROMISES) == []


def test_each_promise_is_about_a_policy() -> None:
    found = {
        promise.name
        for stack, template in _TEMPLATES.items()
        for place in policy_places(template)
        for promise in promises_about(stack, place, PROMISES)
    }
    assert {promise.name for promise in PROMISES} == found
