"""
What a member could hold: enough possibilities to prove that a condition never or always holds.

In:    a condition on JSON.
Out:   `Worlds`, which narrows possibilities by assuming or denying parts of the condition.
Never: a false proof. For every selector the possibilities stand for all values there are: the
       values the condition names, one between and beyond them, and one of every other kind. What
       cannot be told for such a representative (expressions, a star in mid-text) is left open.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from enum import Enum, auto
from itertools import pairwise, product
from typing import assert_never

from trailbell.pattern.ast import (
    And,
    AnyElement,
    AnyMember,
    Clause,
    Comparison,
    Condition,
    Is,
    NotExists,
    Number,
    Operator,
    Or,
    Regex,
    Selector,
    Text,
)
from trailbell.pattern.evaluate import reached_outcome
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.record import Reached, WrittenNumber

Possible = Mapping[Selector, frozenset[int]]
"""For some selectors, which of their states are still possible; for others all are."""

_OTHER = "\ue000"  # a character that no pattern holds
_MOST_PARTS = 4


class Likeness(Enum):
    EXACT = auto()
    TEXT = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class State:
    """
    One possibility: a value that is meant itself (`Likeness.EXACT`), one that stands for all texts
    with its prefix, suffix and parts (`TEXT`), or one for every spelling of a number (`NUMBER`).
    """

    reached: Reached
    likeness: Likeness = Likeness.EXACT

    @property
    def text(self) -> str | None:
        node = self.reached.nodes[0] if self.reached.nodes else None
        return node if isinstance(node, str) and not isinstance(node, WrittenNumber) else None

    @property
    def is_scalar(self) -> bool:
        return bool(self.reached.nodes) and isinstance(self.reached.nodes[0], str)


MISSING, NULL, CONTAINER = 0, 1, 2
_BASIC = (
    Reached((), some_missing=True),
    Reached((None,), some_missing=False),
    Reached(({},), some_missing=False),
    Reached((True,), some_missing=False),
    Reached((False,), some_missing=False),
)


def leaves(condition: Condition) -> Iterator[Clause]:
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Comparison() | Is() | NotExists():
            yield condition
        case _:
            assert_never(condition)


def is_wild(selector: Selector) -> bool:
    return any(isinstance(step, AnyElement | AnyMember) for step in selector.steps)


class Worlds:
    def __init__(self, condition: Condition) -> None:
        clauses: dict[Selector, set[Clause]] = {}
        for clause in leaves(condition):
            if not is_wild(clause.selector):
                clauses.setdefault(clause.selector, set()).add(clause)
        self.states = {selector: _states(named) for selector, named in clauses.items()}
        self._all = {name: frozenset(range(len(held))) for name, held in self.states.items()}
        self._may_hold: dict[Clause, frozenset[int]] = {}
        self._may_fail: dict[Clause, frozenset[int]] = {}
        for selector, named in clauses.items():
            all_parts = _has_all_parts(named)
            for clause in named:
                outcomes = [
                    _outcome(clause, state, all_parts=all_parts) for state in self.states[selector]
                ]
                self._may_hold[clause] = _where(outcomes, unlike=Outcome.NO_MATCH)
                self._may_fail[clause] = _where(outcomes, unlike=Outcome.MATCH)
        self._nested = [
            (outer, inner)
            for outer, inner in product(self.states, repeat=2)
            if len(outer.steps) < len(inner.steps)
            and inner.steps[: len(outer.steps)] == outer.steps
        ]

    def scalars(self, selector: Selector) -> frozenset[int]:
        states = enumerate(self.states[selector])
        return frozenset(number for number, state in states if state.is_scalar)

    def texts(self, possible: Possible, selector: Selector) -> set[str] | None:
        """The texts the member can hold, if it can hold nothing but certain ones."""
        if selector not in possible:
            return None
        found: set[str] = set()
        for number in possible[selector]:
            state = self.states[selector][number]
            if state.likeness is not Likeness.EXACT or state.text is None:
                return None
            found.add(state.text)
        return found

    def assume(
        self, possible: Possible, condition: Condition, *, unmissed: Selector | None = None
    ) -> Possible | None:
        """
        What is possible where ``condition`` may hold too; `None` if it cannot.

        For the selector ``unmissed`` a missing member is taken to satisfy every ``!=``.
        """
        match condition:
            case And(parts):
                return self._in_turn(parts, possible, unmissed)
            case Or(parts):
                held = (self.assume(possible, part, unmissed=unmissed) for part in parts)
                return _united(held)
            case Comparison(selector, Operator.NOT_EQUAL) if selector == unmissed:
                return self._narrowed(possible, condition, self._may_hold[condition] | {MISSING})
            case Comparison() | Is() | NotExists():
                return self._narrowed(possible, condition, self._may_hold.get(condition))
            case _:
                assert_never(condition)

    def deny(self, possible: Possible, condition: Condition) -> Possible | None:
        """What is possible where ``condition`` may fail; `None` if it cannot."""
        match condition:
            case And(parts):
                return _united(self.deny(possible, part) for part in parts)
            case Or(parts):
                current: Possible | None = possible
                for part in parts:
                    current = None if current is None else self.deny(current, part)
                return current
            case Comparison() | Is() | NotExists():
                return self._narrowed(possible, condition, self._may_fail.get(condition))
            case _:
                assert_never(condition)

    def _in_turn(
        self, parts: tuple[Condition, ...], possible: Possible, unmissed: Selector | None
    ) -> Possible | None:
        """Alternatives last: what the other parts leave possible rules some of them out."""
        current: Possible | None = possible
        for part in sorted(parts, key=lambda part: isinstance(part, Or)):
            current = None if current is None else self.assume(current, part, unmissed=unmissed)
        return current

    def _narrowed(
        self, possible: Possible, clause: Clause, allowed: frozenset[int] | None
    ) -> Possible | None:
        if allowed is None:  # a wildcard: nothing is proven about it
            return possible
        selector = clause.selector
        left = possible.get(selector, self._all[selector]) & allowed
        return self._linked({**possible, selector: left}) if left else None

    def _linked(self, possible: dict[Selector, frozenset[int]]) -> Possible | None:
        """A member of something needs an object or array to be in."""
        for outer, inner in self._nested:
            if inner in possible and MISSING not in possible[inner]:
                left = possible.get(outer, self._all[outer]) & {CONTAINER}
                possible[outer] = left
            elif outer in possible and CONTAINER not in possible[outer]:
                possible[inner] = possible.get(inner, self._all[inner]) & {MISSING}
        return possible if all(possible.values()) else None


def _united(alternatives: Iterable[Possible | None]) -> Possible | None:
    live = [possible for possible in alternatives if possible is not None]
    if not live:
        return None
    shared = set(live[0]).intersection(*live[1:])
    return {
        selector: frozenset().union(*(possible[selector] for possible in live))
        for selector in shared
    }


def _where(outcomes: list[Outcome], *, unlike: Outcome) -> frozenset[int]:
    return frozenset(number for number, outcome in enumerate(outcomes) if outcome != unlike)


def _outcome(clause: Clause, state: State, *, all_parts: bool) -> Outcome:
    if not isinstance(clause, Comparison) or not state.is_scalar:
        return reached_outcome(clause, state.reached)
    match state.likeness, clause.value:
        case Likeness.TEXT, Regex():
            return Outcome.UNCERTAIN
        case Likeness.TEXT, Text(text) if "*" in text.strip("*"):
            return Outcome.UNCERTAIN
        case Likeness.TEXT, Text(text) if text[:1] == text[-1:] == "*" and not all_parts:
            return Outcome.UNCERTAIN
        case Likeness.NUMBER, Text(text) if _LIKE_A_NUMBER.fullmatch(text):
            return Outcome.UNCERTAIN
        case Likeness.NUMBER, Regex():
            return Outcome.UNCERTAIN
        case _, Text(text) if "*" not in text and state.text is not None:
            equal = state.text == text
            return Outcome.agreed([equal is (clause.operator is Operator.EQUAL)], "")
        case _:
            return reached_outcome(clause, state.reached)


_LIKE_A_NUMBER = re.compile(r"[0-9.eE+*-]*[0-9.eE+-][0-9.eE+*-]*")  # perhaps with stars


def _states(clauses: set[Clause]) -> list[State]:
    values = [clause.value for clause in clauses if isinstance(clause, Comparison)]
    texts = {value.text for value in values if isinstance(value, Text)}
    numbers = {value.literal for value in values if isinstance(value, Number)}
    exact = {text for text in texts if "*" not in text} | numbers
    named = [
        *(State(_reached(text)) for text in sorted(exact)),
        *(State(_reached(text), Likeness.TEXT) for text in _other_texts(texts)),
    ]
    for number in _other_numbers(numbers):
        named.append(State(_reached(WrittenNumber(number)), Likeness.NUMBER))
        named.append(State(_reached(number), Likeness.NUMBER))
    return [*map(State, _BASIC), *named]


def _reached(node: str) -> Reached:
    return Reached((node,), some_missing=False)


def _parts(texts: Iterable[str]) -> set[str]:
    return {text.strip("*") for text in texts if text[:1] == text[-1:] == "*"} - {""}


def _has_all_parts(clauses: set[Clause]) -> bool:
    values = (clause.value for clause in clauses if isinstance(clause, Comparison))
    return len(_parts(value.text for value in values if isinstance(value, Text))) <= _MOST_PARTS


def _other_texts(texts: set[str]) -> Iterator[str]:
    """For every set of prefixes, suffixes and parts that a text can have, a text that has them."""
    starred = {text for text in texts if "*" in text and "*" not in text.strip("*")}
    prefixes = {text.rstrip("*") for text in starred if text[0] != "*"} | {""}
    suffixes = {text.lstrip("*") for text in starred if text[-1] != "*"} | {""}
    parts = sorted(_parts(starred))[:_MOST_PARTS]
    for prefix, suffix in product(sorted(prefixes), sorted(suffixes)):
        for chosen in product((False, True), repeat=len(parts)):
            middle = (part for part, wanted in zip(parts, chosen, strict=True) if wanted)
            yield _OTHER.join((prefix, *middle, suffix))


def _other_numbers(literals: set[str]) -> Iterator[str]:
    """Every number that is named, one between each two, and one beyond either end."""
    with localcontext(Context(prec=1_000, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        values = sorted({Decimal(literal) for literal in literals} or {Decimal(7)})
        between = [(low + high) / 2 for low, high in pairwise(values)]
        below, above = values[0] - abs(values[0]) - 1, values[-1] + abs(values[-1]) + 1
        for value in sorted({*values, *between, below, above}):
            yield str(value)
