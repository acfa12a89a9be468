"""``trailbell prove``: prove what the policies in templates promise."""

import json
from collections.abc import Iterator, Sequence
from types import ModuleType

import click

from trailbell import settings
from trailbell.command.dist_folder import dist_folder
from trailbell.command.option import examples, json_option
from trailbell.command.output import print_lines
from trailbell.command.progress import progress
from trailbell.dist.built_templates import load_templates
from trailbell.errors import PreconditionError
from trailbell.lazy_import import lazy_import
from trailbell.proof.promise import Proof, Verdict, proof_to_json
from trailbell.proof.promises import PROMISES
from trailbell.proof.prove import policies_without_promise, prove
from trailbell.proof.request import to_json
from trailbell.styled_text import Line, Span, Style, line
from trailbell.wording import pluralize


@click.command("prove", epilog=examples("prove", "prove trail stackset-roles", "prove --json"))
@click.argument("stacks", nargs=-1)
@json_option("the results")
def command(stacks: tuple[str, ...], *, as_json: bool) -> int:
    """Prove what the policies of STACKS (default: all in dist/) promise.

    Each promise, such as "Queues deny requests without TLS", is decided as logic for all requests
    at every combination of the conditions of the template: it is proven, or refuted with a request
    that breaks it, or undecided with the reason. This needs the extra "prove". Exit codes: 0 all
    are proven, 1 one is refuted or undecided, 2 invalid input.
    """
    solver = _solver()
    settings.load(None)
    with progress("reading templates") as shown:
        everything = {t.stack: t.document for t in load_templates(dist_folder(), ())}
        wanted = {t.stack for t in load_templates(dist_folder(), stacks)}
        shown.update("proving promises")
        chosen = {stack: body for stack, body in everything.items() if stack in wanted}
        proofs = prove(chosen, PROMISES, solver.find_request, list(everything.values()))
    others = policies_without_promise(chosen, PROMISES)
    if as_json:
        result = {
            "proofs": [proof_to_json(proof) for proof in proofs],
            "policies_without_promise": [
                {"stack": stack, "resource": logical_id, "property": name}
                for stack, logical_id, name in others
            ],
        }
        click.echo(json.dumps(result, indent=2))
    else:
        print_lines([*_lines(proofs), *_summary(proofs, others)])
    return 0 if all(proof.verdict is Verdict.PROVEN for proof in proofs) else 1


def _solver() -> ModuleType:
    """What decides formulas. Raises `PreconditionError` without z3."""
    try:
        return lazy_import("trailbell.proof.solver")
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "z3":
            raise
        raise PreconditionError(
            "prove",
            "z3, which decides what policies allow, is not installed.",
            'Install it: pip install "trailbell[prove]"',
        ) from error


_STYLES = {
    Verdict.PROVEN: Style.ADDED,
    Verdict.REFUTED: Style.REMOVED,
    Verdict.UNDECIDED: Style.REMOVED,
}


def _lines(proofs: Sequence[Proof]) -> Iterator[Line]:
    """One line for each promise that is kept everywhere, and more for each that is not."""
    for name in dict.fromkeys(proof.promise.name for proof in proofs):
        found = [proof for proof in proofs if proof.promise.name == name]
        sentence = found[0].promise.sentence
        kept = [proof for proof in found if proof.verdict is Verdict.PROVEN]
        if kept:
            count = pluralize(len(kept), "policy", "policies")
            times = pluralize(sum(proof.combinations for proof in kept), "combination")
            verdict = Span("proven", _STYLES[Verdict.PROVEN])
            yield line(verdict, f"     {name}: {sentence} ({count}, {times})")
        for proof in found:
            if proof.verdict is not Verdict.PROVEN:
                yield from _failure(proof)


def _failure(proof: Proof) -> Iterator[Line]:
    word = proof.verdict.upper() if proof.verdict is Verdict.REFUTED else str(proof.verdict)
    verdict = Span(word, _STYLES[proof.verdict])
    yield line(
        verdict,
        f"{' ' * (11 - len(word))}{proof.promise.name}: {proof.promise.sentence} "
        f"({proof.stack}, {proof.logical_id})",
    )
    if proof.request is not None:
        yield line(f"           {json.dumps(to_json(proof.request))}")
    if proof.parameters:
        yield line(f"           with the parameters {json.dumps(dict(proof.parameters))}")
    yield from (line(f"           {reason}") for reason in proof.reasons)


def _summary(proofs: Sequence[Proof], others: Sequence[tuple[str, str, str]]) -> Iterator[Line]:
    kept = sum(proof.verdict is Verdict.PROVEN for proof in proofs)
    refuted = sum(proof.verdict is Verdict.REFUTED for proof in proofs)
    yield line()
    yield line(f"{kept} proven, {refuted} refuted, {len(proofs) - kept - refuted} undecided.")
    if others:
        names = ", ".join(f"{stack}.{logical_id}" for stack, logical_id, _ in others)
        yield line(f"No promise is about {pluralize(len(others), 'policy', 'policies')}: {names}")
