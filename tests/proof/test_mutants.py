"""Whatever is dropped from the policies in dist/, a promise is broken."""

from pathlib import Path

import pytest

from tests.proof.mutants import mutants
from trailbell.dist.built_templates import load_templates
from trailbell.proof.promise import Verdict
from trailbell.proof.promises import PROMISES
from trailbell.proof.prove import prove
from trailbell.proof.solver import find_request

_DIST = Path(__file__).resolve().parent.parent.parent / "dist"
_TEMPLATES = {built.stack: dict(built.document) for built in load_templates(_DIST, ())}

_EQUIVALENT = {
    (
        "stackset-roles",
        "ExecutionRole.AllowAdministrationRoleAssumeRole for everyone",
    ): "The condition names the role, which is in the account that was the principal.",
    (
        "hunt",
        "HunterPolicy.DecryptLogFiles without Null kms:EncryptionContext:aws:cloudtrail:arn",
    ): ("No promise is about the policy, as `prove` says."),
    ("hunt", "HunterPolicy.ListLogFiles without StringLike s3:prefix"): (
        "No promise is about the policy, as `prove` says."
    ),
}
"""Mutants that break no promise, with the reason."""


def _unbroken(stack: str) -> set[str]:
    exporting = list(_TEMPLATES.values())
    return {
        name
        for name, broken in mutants(_TEMPLATES[stack])
        if all(
            proof.verdict is Verdict.PROVEN
            for proof in prove({stack: broken}, PROMISES, find_request, exporting)
        )
    }


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param("alerts", id="topics and a key"),
        pytest.param("realtime-forward", id="a queue and roles"),
    ],
)
def test_each_mutant_breaks_a_promise(stack: str) -> None:
    assert _unbroken(stack) == {name for at, name in _EQUIVALENT if at == stack}


@pytest.mark.slow
@pytest.mark.parametrize("stack", sorted(_TEMPLATES.keys() - {"alerts", "realtime-forward"}))
def test_each_mutant_of_every_stack_breaks_a_promise(stack: str) -> None:
    assert _unbroken(stack) == {name for at, name in _EQUIVALENT if at == stack}


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(stack, marks=[pytest.mark.slow] if stack == "stackset-roles" else [])
        for stack in sorted(_TEMPLATES)
    ],
)
def test_every_promise_is_kept(stack: str) -> None:
    proofs = prove({stack: _TEMPLATES[stack]}, PROMISES, find_request, list(_TEMPLATES.values()))
    assert {p.promise.name: (p.verdict, p.request) for p in proofs} == {
        p.promise.name: (Verdict.PROVEN, None) for p in proofs
    }
