"""
Prove promises for templates.

In:    templates by stack, and promises.
Out:   a `Proof` for each promise and each policy that it is about; policies that none is about.
Never: "proven" for a policy with anything in it that is not known and matters, for one that was
       tried with no parameters, or with a condition that was never true or never false.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from trailbell.proof.combinations import constant_conditions, evaluators, exports_of
from trailbell.proof.decide import Decided, FindRequest, Result, decide
from trailbell.proof.formula import TRUE, Formula, Match, Or
from trailbell.proof.matcher import literal, wildcards
from trailbell.proof.policies import (
    PERMISSIONS,
    PolicyPlace,
    evaluated_statements,
    own_arn,
    places_without_policy,
    policy_places,
)
from trailbell.proof.promise import Promise, Proof, Verdict, Where
from trailbell.proof.slots import RESOURCE, is_kind
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator
from trailbell.template.resources import section


def prove(
    templates: Mapping[str, Template],
    promises: Sequence[Promise],
    find: FindRequest,
    exporting: Sequence[Template] = (),
) -> list[Proof]:
    """Prove promises for the policies of templates, by stack.

    ``exporting`` are further templates, of which only the exports are used. A bucket, topic or
    queue that can be without a policy is proven as one whose policy has no statements.
    """
    exports = exports_of([*templates.values(), *exporting])
    decided: Decided = {}
    found: list[Proof] = []
    for stack, template in templates.items():
        for place in (*policy_places(template), *places_without_policy(template)):
            about = promises_about(stack, place, promises)
            if about:
                proofs = list(_prove_place(template, stack, place, about, exports, find, decided))
                found += _of_nothing(proofs) if place.is_missing else proofs
    return found


def _of_nothing(proofs: Sequence[Proof]) -> Iterator[Proof]:
    """The proofs for what may be without a policy, if there is a combination in which it is."""
    for proof in proofs:
        if proof.verdict is Verdict.REFUTED:
            yield replace(proof, reasons=("it has no policy in this template",))
        elif proof.combinations:
            yield proof


def promises_about(
    stack: str, place: PolicyPlace, promises: Sequence[Promise]
) -> tuple[Promise, ...]:
    """The promises that are about a policy."""
    return tuple(p for p in promises if any(_is_at(where, stack, place) for where in p.where))


def policies_without_promise(
    templates: Mapping[str, Template], promises: Sequence[Promise]
) -> list[tuple[str, str, str]]:
    """Stack, logical id and property of policies that no promise is about."""
    return [
        (stack, place.logical_id, place.property)
        for stack, template in templates.items()
        for place in policy_places(template)
        if not promises_about(stack, place, promises)
    ]


def _is_at(where: Where, stack: str, place: PolicyPlace) -> bool:
    names = [place.logical_id, *([f"{place.logical_id}Policy"] if place.is_missing else [])]
    return (
        where.resource_type == place.resource_type
        and where.property == place.property
        and any(fnmatchcase(name, where.logical_id) for name in names)
        and fnmatchcase(stack, where.stack)
    )


def _prove_place(
    template: Template,
    stack: str,
    place: PolicyPlace,
    about: Sequence[Promise],
    exports: Mapping[str, str],
    find: FindRequest,
    decided: Decided,
) -> Iterator[Proof]:
    """Prove the promises on one policy; what was not tried is not proven."""
    parts = [*place.parts, *(request for promise in about for request in promise.requests)]
    try:
        rows = list(evaluators(template, parts, exports))
    except OverflowError as error:
        rows, reasons = [], [str(error)]
    else:
        reasons = list(_not_tried(template, parts, rows))
    for proof in prove_at(rows, stack, place, about, find, decided):
        if reasons and proof.verdict is not Verdict.REFUTED:
            told = tuple(sorted({*proof.reasons, *reasons}))
            yield replace(proof, verdict=Verdict.UNDECIDED, reasons=told)
        else:
            yield proof


def _not_tried(template: Template, parts: Sequence[Any], rows: list[Evaluator]) -> Iterator[str]:
    """Why the combinations are not all that a policy can be."""
    if section(template, "Transform") or "Transform" in template:
        yield "a macro changes the template"
    if not rows:
        yield "the rules of the template refuse all values of parameters that were tried"
    for name, holds in constant_conditions(template, parts, rows).items():
        opposite = "false" if holds else "true"
        yield f"no parameters were found with which the condition {name} is {opposite}"


def prove_at(
    rows: Sequence[Evaluator],
    stack: str,
    place: PolicyPlace,
    about: Sequence[Promise],
    find: FindRequest,
    decided: Decided,
) -> Iterator[Proof]:
    """Prove promises on one policy at these combinations; the first that fails counts."""
    results = {
        promise.name: Proof(
            promise=promise,
            stack=stack,
            logical_id=place.logical_id,
            verdict=Verdict.PROVEN,
            combinations=0,
        )
        for promise in about
    }
    for evaluator in rows:
        statements = evaluated_statements(evaluator, place)
        if statements is None:
            continue
        own = own_arn(evaluator, place)
        about_what = about_policy(place, own)
        for promise in about:
            requests = _requests(evaluator, promise, own)
            result = decide(promise.claim, statements, requests, about_what, find, decided)
            results[promise.name] = _worse(results[promise.name], result, evaluator)
    yield from results.values()


def _requests(evaluator: Evaluator, promise: Promise, own: str | None) -> list[Any]:
    pseudo = {**evaluator.scope.pseudo, **({"Own": own} if own else {})}
    scope = replace(evaluator.scope, pseudo=pseudo)
    found: list[Any] = replace(evaluator, scope=scope).value(list(promise.requests))
    return found


def _worse(proof: Proof, result: Result, evaluator: Evaluator) -> Proof:
    """Add the result of one combination. A refutation counts more than what is undecided."""
    verdict, request, reasons = result
    counted = replace(proof, combinations=proof.combinations + 1)
    order = (Verdict.PROVEN, Verdict.UNDECIDED, Verdict.REFUTED)
    if order.index(verdict) <= order.index(proof.verdict):
        return counted
    declared = evaluator.template.get("Parameters", {})
    changed = {
        name: str(value)
        for name, value in evaluator.scope.parameters.items()
        if str(value) != str(declared.get(name, {}).get("Default"))
    }
    return replace(counted, verdict=verdict, request=request, reasons=reasons, parameters=changed)


def about_policy(place: PolicyPlace, own: str | None) -> Formula:
    """What is true of requests for which a policy counts.

    That of a resource counts for the resource and for what is in it, such as objects in a bucket.
    """
    if place.property == PERMISSIONS or place.resource_type == "AWS::IAM::ManagedPolicy":
        return is_kind("AWS")
    if own is None:
        return TRUE
    itself = Match(RESOURCE, literal(own))
    if place.resource_type != "AWS::S3::BucketPolicy":
        return itself
    return Or((itself, Match(RESOURCE, wildcards(f"{own}/*"))))
