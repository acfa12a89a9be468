"""
Decide whether statements keep a claim.

In:    statements, requests and a claim, without intrinsic functions.
Out:   a verdict, the request that breaks the claim, and why it is not decided.
Never: "proven" for anything that is not known and matters.

A claim is broken if one of its parts is. A part has one statement, one request, or both, and of the
others only those that can be about the same actions. It is decided once, wherever it occurs.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from trailbell.proof.classes import UndecidableError
from trailbell.proof.encoding import allowed, denied, effect, statement_bounds
from trailbell.proof.formula import Bounds, Formula, every, exactly, negate, some
from trailbell.proof.promise import Claim, Verdict
from trailbell.proof.request import Request

Result = tuple[Verdict, Request | None, tuple[str, ...]]
"""A verdict, the request that breaks a claim, and why it is not decided."""

FindRequest = Callable[[Formula], Request | None]
"""Decides a formula: `trailbell.proof.solver.find_request`."""

Decided = dict[tuple[str, Formula], Result]
"""The results of parts of claims."""

Part = tuple[Claim, list[Any], list[Any]]
"""A smaller claim: some statements and some requests."""


def decide(
    claim: Claim,
    statements: Sequence[Any],
    requests: Sequence[Any],
    about: Formula,
    find: FindRequest,
    decided: Decided,
) -> Result:
    """Whether statements keep a claim, the request that breaks it, and why that is not known.

    ``about`` is what is true of all requests that count. ``decided`` is used and added to.
    """
    reasons: set[str] = set()
    for part in parts_of(claim, statements, requests):
        verdict, request, why = _decide_part(part, about, find, decided)
        if verdict is Verdict.REFUTED:
            return verdict, request, ()
        reasons.update(why)
    return (Verdict.UNDECIDED if reasons else Verdict.PROVEN), None, tuple(sorted(reasons))


def parts_of(claim: Claim, statements: Sequence[Any], requests: Sequence[Any]) -> Iterator[Part]:
    """The parts of a claim: it is broken by the requests that break one of them, and no others."""
    listed = [(each, _services(each)) for each in requests]
    given = [(each, _services(each)) for each in statements]
    allowing = [(s, services) for s, services in given if effect(s) != "Deny"]
    denying = [(s, services) for s, services in given if effect(s) != "Allow"]
    if claim in (Claim.ALLOWS_ONLY, Claim.NEVER_ALLOWS):
        for s, services in allowing:
            near = _near(services, listed)
            for some_requests in [near] if claim is Claim.ALLOWS_ONLY else [[r] for r in near]:
                yield claim, _with(s, _near(services, denying)), some_requests
        return
    for request, services in listed:
        match claim:
            case Claim.DENIES:
                yield claim, _near(services, denying), [request]
            case Claim.DOES_NOT_DENY:
                yield from ((claim, [s], [request]) for s in _near(services, denying))
            case Claim.ALLOWS:
                yield claim, _near(services, given), [request]


_Services = frozenset[str] | None
"""The prefixes of the actions of a statement; None if they can be any."""


def _with(statement: Any, denying: Sequence[Any]) -> list[Any]:
    return [statement, *(each for each in denying if each is not statement)]


def _near(own: _Services, others: Sequence[tuple[Any, _Services]]) -> list[Any]:
    """Those that can be about an action of a statement."""
    return [each for each, its in others if own is None or its is None or own & its]


def _services(statement: Any) -> _Services:
    actions = statement.get("Action") if isinstance(statement, Mapping) else None
    texts = actions if isinstance(actions, list) else [actions]
    known = [text for text in texts if isinstance(text, str) and ":" in text]
    prefixes = frozenset(text.split(":", 1)[0].lower() for text in known)
    if len(known) < len(texts):
        return None
    return None if any(set("*?$") & set(prefix) for prefix in prefixes) else prefixes


def _decide_part(part: Part, about: Formula, find: FindRequest, decided: Decided) -> Result:
    key = json.dumps(part, default=str), about
    if key not in decided:
        claim, statements, requests = part
        first: Result = (Verdict.UNDECIDED, None, ())
        if claim in (Claim.ALLOWS_ONLY, Claim.NEVER_ALLOWS) and len(statements) > 1:
            # What a statement allows without the Deny statements is more, and said in less.
            first = _decide_part((claim, statements[:1], requests), about, find, decided)
        proven = first[0] is Verdict.PROVEN
        decided[key] = first if proven else _find(violation(*part), about, find)
    return decided[key]


def _find(broken: Bounds, about: Formula, find: FindRequest) -> Result:
    wanted = every((broken, exactly(about)))
    try:
        if find(wanted.may) is None:
            return Verdict.PROVEN, None, ()
        request = find(wanted.must) if wanted.reasons else find(wanted.may)
    except UndecidableError as error:
        return Verdict.UNDECIDED, None, (str(error),)
    if request is not None:
        return Verdict.REFUTED, request, ()
    return Verdict.UNDECIDED, None, tuple(sorted(wanted.reasons))


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
