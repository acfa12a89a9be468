"""
Decide formulas with z3.

In:    a formula over the slots of a request.
Out:   a request that makes it true, or None: there is none.
Never: texts for z3. Each slot is the number of its class, so what z3 decides is finite and exact.

https://microsoft.github.io/z3guide/
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import z3

from trailbell.proof.classes import TextClass, UndecidableError, text_classes
from trailbell.proof.formula import And, Formula, Match, Not, Or, Present, SomeValue, leaves
from trailbell.proof.matcher import Matcher
from trailbell.proof.request import Request, Value, from_slots
from trailbell.proof.slots import examples_of, facts, key_of

MOST_MILLISECONDS = 5_000
"""How long z3 may take for one formula. It takes a few milliseconds for policies of people."""

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
    solver.set("timeout", MOST_MILLISECONDS)
    solver.from_string(_program(whole, space))
    outcome = solver.check()
    if outcome == z3.unsat:
        return None
    if outcome != z3.sat:
        raise UndecidableError("z3 gave up")
    return from_slots(_values(solver.model(), space))


@dataclass(frozen=True)
class _Space:
    """The slots and their classes. ``several`` are slots with several values.

    For z3, each slot is a number; one with several values has a truth value for each class, too.
    """

    names: Mapping[str, str]
    classes: Mapping[str, tuple[TextClass, ...]]
    several: frozenset[str]


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
    return _Space(
        names={slot: f"s{index}" for index, slot in enumerate(matchers)},
        classes={
            slot: text_classes(frozenset(found), examples_of(slot))
            or (TextClass("example", frozenset()),)
            for slot, found in matchers.items()
        },
        several=frozenset(several),
    )


def _program(formula: Formula, space: _Space) -> str:
    """The formula in SMT-LIB, which z3 reads faster than it takes expressions of Python.

    https://smt-lib.org/language.shtml
    """
    lines: list[str] = []
    for slot, name in space.names.items():
        count = len(space.classes[slot])
        lines.append(f"(declare-const {name} Int)")
        lines.append(f"(assert (and (>= {name} {_ABSENT}) (<= {name} {count})))")
        if slot in space.several:
            members = [f"{name}m{index}" for index in range(count)]
            lines += [f"(declare-const {member} Bool)" for member in members]
            # A slot with several values is there if it has one.
            lines.append(f"(assert (= {_joined('or', members)} (distinct {name} {_ABSENT})))")
    return "\n".join([*lines, f"(assert {_term(formula, space)})"])


def _joined(operator: str, terms: Sequence[str]) -> str:
    if len(terms) > 1:
        return f"({operator} {' '.join(terms)})"
    return terms[0] if terms else "true" if operator == "and" else "false"


def _term(formula: Formula, space: _Space) -> str:
    match formula:
        case And(operands):
            return _joined("and", [_term(operand, space) for operand in operands])
        case Or(operands):
            return _joined("or", [_term(operand, space) for operand in operands])
        case Not(operand):
            return f"(not {_term(operand, space)})"
        case Present(slot):
            return f"(distinct {space.names[slot]} {_ABSENT})"
        case Match(slot, matcher):
            numbered = enumerate(space.classes[slot], 1)
            return _one_of(
                space.names[slot], (i for i, found in numbered if matcher in found.accepted_by)
            )
        case SomeValue(slot, matchers, negated):
            wanted = [
                f"{space.names[slot]}m{index}"
                for index, found in enumerate(space.classes[slot])
                if bool(found.accepted_by & set(matchers)) is not negated
            ]
            return _joined("or", wanted)


def _one_of(name: str, indexes: Iterable[int]) -> str:
    """That a number is in a set, as the ranges of it."""
    ranges: list[list[int]] = []
    for index in indexes:
        if ranges and ranges[-1][1] == index - 1:
            ranges[-1][1] = index
        else:
            ranges.append([index, index])
    return _joined("or", [f"(<= {low} {name} {high})" for low, high in ranges])


def _values(model: z3.ModelRef, space: _Space) -> dict[str, Value | None]:
    """The text of each slot in a model."""
    found: dict[str, Value | None] = {}
    for slot, name in space.names.items():
        classes = space.classes[slot]
        index = model.eval(z3.Int(name), model_completion=True).as_long()
        if index == _ABSENT:
            found[slot] = None
        elif slot in space.several:
            found[slot] = tuple(
                text_class.text
                for position, text_class in enumerate(classes)
                if z3.is_true(model.eval(z3.Bool(f"{name}m{position}"), model_completion=True))
            )
        else:
            found[slot] = classes[index - 1].text
    return found
