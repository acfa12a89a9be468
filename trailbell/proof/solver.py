"""
Decide formulas with z3.

In:    a formula over the slots of a request.
Out:   a request that makes it true, or None: there is none.
Never: texts for z3. Each slot is the number of its class, so what z3 decides is finite and exact.

https://microsoft.github.io/z3guide/
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import z3

from trailbell.proof.classes import TextClass, UndecidableError, text_classes
from trailbell.proof.formula import And, Formula, Match, Not, Or, Present, SomeValue, leaves
from trailbell.proof.matcher import Matcher
from trailbell.proof.request import Request, Value, from_slots
from trailbell.proof.slots import examples_of, facts, key_of

_ABSENT = 0
"""The number of a slot without a value. Its first class is 1."""


def find_request(formula: Formula) -> Request | None:
    """A request for which the formula is true; None if there is none.

    Raises `trailbell.proof.classes.UndecidableError`.
    """
    slots = {leaf.slot for leaf in leaves(formula)}
    whole = And((formula, facts(slots)))
    space = _space(whole)
    solver = z3.Solver()
    solver.add(*space.ranges, _translate(whole, space))
    if solver.check() != z3.sat:
        return None
    return from_slots(_values(solver.model(), space, slots))


@dataclass(frozen=True)
class _Space:
    """The variables of z3: a number for each slot, and for each class of a slot with several
    values whether it has one of it.
    """

    classes: Mapping[str, tuple[TextClass, ...]]
    numbers: Mapping[str, z3.ArithRef]
    members: Mapping[str, tuple[z3.BoolRef, ...]]
    ranges: list[z3.BoolRef] = field(default_factory=list)


def _space(formula: Formula) -> _Space:
    matchers: dict[str, set[Matcher]] = {}
    several: set[str] = set()
    single: set[str] = set()
    for leaf in leaves(formula):
        known = matchers.setdefault(leaf.slot, set())
        match leaf:
            case Match(_, matcher):
                known.add(matcher)
                single.add(leaf.slot)
            case SomeValue(_, found, _):
                known.update(found)
                several.add(leaf.slot)
            case Present():
                pass
    if single & several:
        key = key_of(min(single & several))
        raise UndecidableError(f"{key} is compared both as one value and as several")
    classes = {
        slot: text_classes(frozenset(found), examples_of(slot))
        or (TextClass("example", frozenset()),)
        for slot, found in matchers.items()
    }
    numbers = {slot: z3.Int(slot) for slot in classes}
    members = {
        slot: tuple(z3.Bool(f"{slot} {index}") for index in range(len(classes[slot])))
        for slot in several
    }
    ranges = [z3.And(n >= _ABSENT, n <= len(classes[slot])) for slot, n in numbers.items()]
    # A slot with several values is there if it has one.
    ranges += [z3.Or(*members[slot]) == (numbers[slot] != _ABSENT) for slot in several]
    return _Space(classes, numbers, members, ranges)


def _translate(formula: Formula, space: _Space) -> z3.BoolRef:
    match formula:
        case And(operands):
            return z3.And(*(_translate(operand, space) for operand in operands))
        case Or(operands):
            return z3.Or(*(_translate(operand, space) for operand in operands))
        case Not(operand):
            return z3.Not(_translate(operand, space))
        case Present(slot):
            return space.numbers[slot] != _ABSENT
        case Match(slot, matcher):
            return _one_of(
                space.numbers[slot],
                (i for i, c in enumerate(space.classes[slot], 1) if matcher in c.accepted_by),
            )
        case SomeValue(slot, matchers, negated):
            wanted = [
                member
                for member, text_class in zip(space.members[slot], space.classes[slot], strict=True)
                if bool(text_class.accepted_by & set(matchers)) is not negated
            ]
            return z3.Or(*wanted)


def _one_of(number: z3.ArithRef, indexes: Iterable[int]) -> z3.BoolRef:
    """That a number is in a set, as the ranges of it."""
    ranges: list[list[int]] = []
    for index in indexes:
        if ranges and ranges[-1][1] == index - 1:
            ranges[-1][1] = index
        else:
            ranges.append([index, index])
    return z3.Or(*(z3.And(number >= low, number <= high) for low, high in ranges))


def _values(
    model: z3.ModelRef, space: _Space, wanted: Iterable[str]
) -> Mapping[str, Value | None]:
    """The text of each slot in a model."""
    found: dict[str, Value | None] = {}
    for slot, number in space.numbers.items():
        index = model.eval(number, model_completion=True).as_long()
        if slot in space.members:
            pairs = zip(space.members[slot], space.classes[slot], strict=True)
            found[slot] = (
                tuple(c.text for member, c in pairs if z3.is_true(model.eval(member, model_completion=True)))
                if index
                else None
            )
        else:
            found[slot] = space.classes[slot][index - 1].text if index else None
    return found
