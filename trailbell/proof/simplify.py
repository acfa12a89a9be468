"""
Leave out of an example what does not matter.

In:    a request that makes a formula true.
Out:   the request without the condition keys that can have any value, or none, all else the same,
       and without those that every request of such a caller has.
Never: a request that makes the formula false for some value of a key that is left out.

The formula is evaluated with an unknown value for a key. If it is true then, the key does not
matter. This takes no solver, and leaves a key that matters only together with itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from trailbell.proof.formula import And, Formula, Match, Not, Or, Present, SomeValue
from trailbell.proof.request import Request, Value
from trailbell.proof.slots import ACTION, KIND, PRINCIPAL_ARN, RESOURCE, key_slot, principal_slot

_Values = Mapping[str, Value | None]
"""By slot: the value, or None if it is absent. A slot that is missing is not known."""


def without_needless_keys(request: Request, formula: Formula) -> Request:
    """The request without the keys that do not matter."""
    known = _known(request)
    for key in sorted(request.context):
        fewer = {slot: value for slot, value in known.items() if slot != key_slot(key)}
        if _holds(formula, fewer):
            known = fewer
    told = {} if request.principal.startswith("AWS") else _IMPLIED
    kept = {
        key: value
        for key, value in request.context.items()
        if key_slot(key) in known and not _is_implied(key, value, told)
    }
    return replace(request, context=kept)


_IMPLIED: Mapping[str, Value] = {"aws:principalisawsservice": "true"}


def _is_implied(key: str, value: Value | None, told: Mapping[str, Value]) -> bool:
    """Whether every request that no user or role makes has this."""
    if not told:
        return False
    return value == told.get(key) if key in told else key.startswith("aws:principal")


def _known(request: Request) -> dict[str, Value | None]:
    kind, _, name = request.principal.partition(":")
    given = {ACTION: request.action, RESOURCE: request.resource, KIND: kind}
    if name:
        given[principal_slot(kind)] = name
    found: dict[str, Value | None] = {slot: text for slot, text in given.items() if text}
    if kind and kind != "AWS":
        found[PRINCIPAL_ARN] = None
    return found | {key_slot(key): value for key, value in request.context.items()}


def _holds(formula: Formula, known: _Values) -> bool | None:
    """Whether a formula is true; None if that depends on what is not known."""
    match formula:
        case And(operands):
            return _all(_holds(operand, known) for operand in operands)
        case Or(operands):
            return _not(_all(_not(_holds(operand, known)) for operand in operands))
        case Not(operand):
            return _not(_holds(operand, known))
        case Present(slot):
            return known[slot] is not None if slot in known else None
        case Match(slot, matcher):
            value = known.get(slot)
            if slot not in known or isinstance(value, tuple):
                return None
            return value is not None and matcher.accepts(value)
        case SomeValue(slot, matchers, negated):
            values = known.get(slot) or ()
            if slot not in known or isinstance(values, str):
                return None
            return any(any(m.accepts(v) for m in matchers) is not negated for v in values)


def _all(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return False if False in found else None if None in found else True


def _not(value: bool | None) -> bool | None:  # noqa: FBT001 - a truth value
    return None if value is None else not value
