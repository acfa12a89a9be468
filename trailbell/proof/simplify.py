"""
Leave out of an example what does not matter.

In:    a request that makes a formula true.
Out:   the request without the condition keys that can have any value, or none, all else the same.
Never: a request that makes the formula false for some value of a key that is left out.
"""

from dataclasses import replace

from trailbell.proof.classes import UndecidableError
from trailbell.proof.decide import FindRequest
from trailbell.proof.formula import And, Formula, Match, Not, Present
from trailbell.proof.matcher import literal
from trailbell.proof.request import Request, Value
from trailbell.proof.slots import ACTION, KIND, RESOURCE, key_slot, principal_slot

MOST_KEYS = 12
"""Condition keys that are tried. People do not read more."""


def without_needless_keys(request: Request, formula: Formula, find: FindRequest) -> Request:
    """The request without keys that do not matter; one that cannot be decided stays."""
    for key in sorted(request.context)[:MOST_KEYS]:
        fewer = {name: value for name, value in request.context.items() if name != key}
        shorter = replace(request, context=fewer)
        try:
            other = find(And((Not(formula), *_exactly(shorter))))
        except UndecidableError:
            continue
        if other is None:
            request = shorter
    return request


def _exactly(request: Request) -> list[Formula]:
    """That a request has all that this one says."""
    kind, _, name = request.principal.partition(":")
    given = {ACTION: request.action, RESOURCE: request.resource, KIND: kind}
    if name:
        given[principal_slot(kind)] = name
    same = [Match(slot, literal(text)) for slot, text in given.items() if text]
    return [*same, *(_same(key_slot(key), value) for key, value in request.context.items())]


def _same(slot: str, value: Value | None) -> Formula:
    if value is None:
        return Not(Present(slot))
    if isinstance(value, tuple):
        raise UndecidableError("a key with several values is not compared with one")
    return Match(slot, literal(value))
