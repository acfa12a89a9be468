"""
Prove promises for templates.

In:    templates by stack, and promises.
Out:   a `Proof` for each promise and each policy that it is about; policies that none is about.
Never: "proven" for a policy with anything in it that is not known and matters.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from trailbell.proof.classes import UndecidableError
from trailbell.proof.combinations import evaluators, exports_of
from trailbell.proof.encoding import allowed, denied, effect, statement_bounds
from trailbell.proof.formula import TRUE, Bounds, Formula, Match, Or, every, exactly, negate, some
from trailbell.proof.matcher import literal, wildcards
from trailbell.proof.policies import (
    PERMISSIONS,
    PolicyPlace,
    evaluated_statements,
    own_arn,
    policy_places,
)
from trailbell.proof.promise import Claim, Promise, Proof, Verdict, Where
from trailbell.proof.request import Request
from trailbell.proof.slots import RESOURCE, is_kind
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator

Proven = dict[tuple[str, Formula], bool]
"""Which parts of claims are proven."""

Result = tuple[Verdict, Request | None, tuple[str, ...]]
"""A verdict, the request that breaks a claim, and why it is not decided."""

FindRequest = Callable[[Formula], Request | None]
"""Decides a formula: `trailbell.proof.solver.find_request`."""


def prove(
    templates: Mapping[str, Template],
    promises: Sequence[Promise],
    find: FindRequest,
    exporting: Sequence[Template] = (),
) -> list[Proof]:
    """Prove promises for the policies of templates, by stack.

    ``exporting`` are further templates, of which only the exports are used.
    """
    exports = exports_of([*templates.values(), *exporting])
    proven: Proven = {}
    found: list[Proof] = []
    for stack, template in templates.items():
        for place in policy_places(template):
            about = [p for p in promises if any(_is_at(w, stack, place) for w in p.where)]
            if about:
                found += _prove_place(template, stack, place, about, exports, find, proven)
    return found


def policies_without_promise(
    templates: Mapping[str, Template], promises: Sequence[Promise]
) -> list[tuple[str, str, str]]:
    """Stack, logical id and property of policies that no promise is about."""
    return [
        (stack, place.logical_id, place.property)
        for stack, template in templates.items()
        for place in policy_places(template)
        if not any(_is_at(w, stack, place) for p in promises for w in p.where)
    ]


def _is_at(where: Where, stack: str, place: PolicyPlace) -> bool:
    return (
        where.resource_type == place.resource_type
        and where.property == place.property
        and fnmatchcase(place.logical_id, where.logical_id)
        and fnmatchcase(stack, where.stack)
    )


def _prove_place(
    template: Template,
    stack: str,
    place: PolicyPlace,
    about: Sequence[Promise],
    exports: Mapping[str, str],
    find: FindRequest,
    proven: Proven,
) -> Iterator[Proof]:
    """Prove the promises on one policy at every combination; the first that fails counts."""
    parts = [*place.parts, *(request for promise in about for request in promise.requests)]
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
    try:
        rows = list(evaluators(template, parts, exports))
    except OverflowError as error:
        for proof in results.values():
            yield replace(proof, verdict=Verdict.UNDECIDED, reasons=(str(error),))
        return
    for evaluator in rows:
        statements = evaluated_statements(evaluator, place)
        if statements is None:
            continue
        own = own_arn(evaluator, place)
        about_what = about_policy(place, own)
        for promise in about:
            proof = results[promise.name]
            requests = _requests(evaluator, promise, own)
            result = decide(promise.claim, statements, requests, about_what, find, proven)
            results[promise.name] = _worse(proof, result, evaluator)
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


def decide(
    claim: Claim,
    statements: Sequence[Any],
    requests: Sequence[Any],
    about: Formula,
    find: FindRequest,
    proven: Proven,
) -> Result:
    """Whether a policy keeps a claim, the request that breaks it, and why that is not known.

    The claim is divided into parts that are proven one by one, each once: ``proven`` holds them.
    Only if one fails, the policy as a whole is decided.
    """
    parts = parts_of(claim, statements, requests)
    if all(_is_proven(part, about, find, proven) for part in parts):
        return Verdict.PROVEN, None, ()
    broken = every((violation(claim, statements, requests), exactly(about)))
    try:
        if find(broken.may) is None:
            return Verdict.PROVEN, None, ()
        request = find(broken.must)
    except UndecidableError as error:
        return Verdict.UNDECIDED, None, (str(error),)
    if request is not None:
        return Verdict.REFUTED, request, ()
    return Verdict.UNDECIDED, None, tuple(sorted(broken.reasons))


Part = tuple[Claim, list[Any], list[Any]]
"""A smaller claim: some statements and some requests."""


def parts_of(claim: Claim, statements: Sequence[Any], requests: Sequence[Any]) -> Iterator[Part]:
    """Claims that together imply a claim.

    What each Allow statement allows without the Deny statements is more than what is allowed.
    """
    allowing = [s for s in statements if effect(s) != "Deny"]
    denying = [s for s in statements if effect(s) != "Allow"]
    match claim:
        case Claim.ALLOWS_ONLY:
            yield from ((claim, [statement], list(requests)) for statement in allowing)
        case Claim.NEVER_ALLOWS:
            yield from ((claim, [s], [request]) for s in allowing for request in requests)
        case Claim.DENIES:
            yield from ((claim, denying, [request]) for request in requests)
        case Claim.ALLOWS | Claim.DOES_NOT_DENY:
            not_denied = Claim.DOES_NOT_DENY
            yield from ((not_denied, [s], [request]) for s in denying for request in requests)
            if claim is Claim.ALLOWS:
                yield from ((claim, allowing, [request]) for request in requests)


def _is_proven(part: Part, about: Formula, find: FindRequest, proven: Proven) -> bool:
    key = json.dumps(part, default=str), about
    if key not in proven:
        broken = every((violation(*part), exactly(about)))
        try:
            proven[key] = find(broken.may) is None
        except UndecidableError:
            proven[key] = False
    return proven[key]


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


def violation(claim: Claim, statements: Sequence[Any], requests: Sequence[Any]) -> Bounds:
    """When a request breaks a claim."""
    named = some(statement_bounds(request) for request in requests)
    match claim:
        case Claim.ALLOWS_ONLY:
            return every((allowed(statements), negate(named)))
        case Claim.NEVER_ALLOWS:
            return every((allowed(statements), named))
        case Claim.DENIES:
            return every((negate(denied(statements)), named))
        case Claim.ALLOWS:
            return every((negate(allowed(statements)), named))
        case Claim.DOES_NOT_DENY:
            return every((denied(statements), named))
