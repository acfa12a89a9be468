"""
Formulas over the parts of a request.

In:    matchers of texts, by the part ("slot") of a request.
Out:   a tree; both bounds of something that is not exactly known.
Never: how a formula is decided.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trailbell.proof.matcher import Matcher


@dataclass(frozen=True)
class Match:
    """The slot has a value, and the matcher accepts it."""

    slot: str
    matcher: Matcher


@dataclass(frozen=True)
class Present:
    """The slot has a value."""

    slot: str


@dataclass(frozen=True)
class SomeValue:
    """A slot with several values has one that some matcher accepts; ``negated``: that none does."""

    slot: str
    matchers: tuple[Matcher, ...]
    negated: bool


@dataclass(frozen=True)
class Not:
    """The operand is false."""

    operand: "Formula"


@dataclass(frozen=True)
class And:
    """All operands are true."""

    operands: tuple["Formula", ...]


@dataclass(frozen=True)
class Or:
    """An operand is true."""

    operands: tuple["Formula", ...]


Formula = Match | Present | SomeValue | Not | And | Or
Leaf = Match | Present | SomeValue

TRUE = And(())
FALSE = Or(())


@dataclass(frozen=True)
class Bounds:
    """Something that is true where ``must`` is, and false where ``may`` is not.

    ``reasons`` say what is not known between the two.
    """

    must: Formula
    may: Formula
    reasons: frozenset[str] = frozenset()


def exactly(formula: Formula) -> Bounds:
    """What a formula says, and nothing else."""
    return Bounds(formula, formula)


def unknown(reason: str) -> Bounds:
    """What may be true or false."""
    return Bounds(FALSE, TRUE, frozenset({reason}))


def negate(bounds: Bounds) -> Bounds:
    """The opposite: what may be true must not be false."""
    return Bounds(Not(bounds.may), Not(bounds.must), bounds.reasons)


def every(all_bounds: Iterable[Bounds]) -> Bounds:
    """All of them."""
    found = tuple(all_bounds)
    return Bounds(
        And(tuple(b.must for b in found)),
        And(tuple(b.may for b in found)),
        frozenset[str]().union(*(b.reasons for b in found)),
    )


def some(all_bounds: Iterable[Bounds]) -> Bounds:
    """At least one of them."""
    return negate(every(negate(bounds) for bounds in all_bounds))


def leaves(formula: Formula) -> Iterator[Leaf]:
    """What a formula is made of, with repetitions."""
    match formula:
        case Not(operand):
            yield from leaves(operand)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from leaves(operand)
        case Match() | Present() | SomeValue():
            yield formula
