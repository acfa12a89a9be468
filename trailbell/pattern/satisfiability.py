"""
Proofs that a condition can never hold, or can never fail.

In:    a condition on JSON.
Out:   `Satisfiability`, which assumes or denies conditions and returns what remains possible.
Never: a false proof. What candidates cannot decide (a regular expression, a star inside of a text)
       counts as possible either way.

The values of a member are infinite, but a condition distinguishes only a few of them. Therefore
each selector has a list of candidates that together represent every value: nothing, null, an
object or array, true, false, each text and number that the condition contains, a text for each
combination of the prefixes, suffixes and parts that it contains, and numbers between and beyond
its numbers. A candidate record takes one candidate for each selector. If a condition is false for
all candidate records, it is false for all records.

There are too many candidate records to try each of them. `Possibilities` holds the remaining
candidates of each selector instead. A clause removes those of its selector for which it is
certainly false. ``&&`` applies its parts one after the other, and ``||`` unites what its
alternatives leave. If a selector has no candidates left, no record satisfies the condition.

>>> from trailbell.pattern import parse
>>> condition = parse('{ ($.a = "x*") && (($.a = "x1") || ($.a = "y")) }').tree.condition
>>> satisfiability = Satisfiability(condition)
>>> remaining = satisfiability.assume({}, condition)
>>> [satisfiability.texts(remaining, selector) for selector in remaining]
[{'x1'}]
>>> starts_with_x, x1_or_y = condition.parts
>>> print(satisfiability.assume(remaining, x1_or_y.parts[1]))  # $.a = "y"
None
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
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    NotExists,
    Number,
    Operator,
    Or,
    Regex,
    Selector,
    Text,
    clauses,
    has_wildcard,
)
from trailbell.pattern.evaluate import clause_outcome
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.record import NumberText, SelectedValues

Possibilities = Mapping[Selector, frozenset[int]]
"""The remaining candidates of selectors, as indexes. A selector that is absent has all of its own.

``{}`` therefore means that nothing is known about the record yet.
"""

_UNNAMED = "\ue000"
"""A character that no pattern contains. It makes a text differ from all that a condition names."""

_MAX_PARTS = 4
"""More parts (``*part*``) would make too many candidates: these make 2 ** 4 for each prefix."""


class Represents(Enum):
    ITSELF = auto()
    TEXTS = auto()
    """Every text with the same prefix, suffix and parts, of those that the condition contains."""
    SPELLINGS = auto()
    """Every spelling of the same number, or every number between the same two numbers."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a selector can select, and the values that it represents."""

    selected: SelectedValues
    represents: Represents = Represents.ITSELF

    @property
    def text(self) -> str | None:
        """`None` if the value is not a text."""
        node = self.selected.nodes[0] if self.selected.nodes else None
        return node if isinstance(node, str) and not isinstance(node, NumberText) else None

    @property
    def is_scalar(self) -> bool:
        """Whether the value is a text or a number."""
        return bool(self.selected.nodes) and isinstance(self.selected.nodes[0], str)


MISSING, _NULL, _CONTAINER = 0, 1, 2
"""Every selector's list of candidates starts with `_BASIC`, so these indexes are always right."""

_BASIC = (
    SelectedValues((), some_missing=True),
    SelectedValues((None,), some_missing=False),
    SelectedValues(({},), some_missing=False),
    SelectedValues((True,), some_missing=False),
    SelectedValues((False,), some_missing=False),
)


class Satisfiability:
    """
    The candidates for one condition, and for which of them each of its clauses may hold or fail.

    A clause with a wildcard has no candidates; nothing is proven about it.
    """

    def __init__(self, condition: Condition) -> None:
        by_selector: dict[Selector, set[Clause]] = {}
        for clause in clauses(condition):
            if not has_wildcard(clause.selector):
                by_selector.setdefault(clause.selector, set()).add(clause)
        self.candidates = {selector: _candidates(named) for selector, named in by_selector.items()}
        self._all = {
            selector: frozenset(range(len(candidates)))
            for selector, candidates in self.candidates.items()
        }
        self._may_hold: dict[Clause, frozenset[int]] = {}
        self._may_fail: dict[Clause, frozenset[int]] = {}
        for selector, named in by_selector.items():
            self._evaluate(self.candidates[selector], named)
        self._nested = [
            (outer, inner)
            for outer, inner in product(self.candidates, repeat=2)
            if len(outer.steps) < len(inner.steps)
            and inner.steps[: len(outer.steps)] == outer.steps
        ]

    def _evaluate(self, candidates: list[Candidate], named: set[Clause]) -> None:
        """Evaluate the clauses on one selector for each of its candidates."""
        all_parts = _has_all_parts(named)
        for clause in named:
            outcomes = [
                _candidate_outcome(clause, candidate, all_parts=all_parts)
                for candidate in candidates
            ]
            self._may_hold[clause] = _indexes_except(outcomes, Outcome.NO_MATCH)
            self._may_fail[clause] = _indexes_except(outcomes, Outcome.MATCH)

    def scalars(self, selector: Selector) -> frozenset[int]:
        """The candidates of ``selector`` that are texts or numbers."""
        candidates = enumerate(self.candidates[selector])
        return frozenset(index for index, candidate in candidates if candidate.is_scalar)

    def texts(self, possibilities: Possibilities, selector: Selector) -> set[str] | None:
        """The texts that the member can have; `None` if it can have any other value."""
        if selector not in possibilities:
            return None
        texts: set[str] = set()
        for index in possibilities[selector]:
            candidate = self.candidates[selector][index]
            if candidate.represents is not Represents.ITSELF or candidate.text is None:
                return None
            texts.add(candidate.text)
        return texts

    def assume(
        self,
        possibilities: Possibilities,
        condition: Condition,
        *,
        not_required: Selector | None = None,
    ) -> Possibilities | None:
        """
        What remains possible if ``condition`` holds; `None` if it cannot hold.

        On the selector ``not_required``, a missing member satisfies every ``!=``.
        """
        match condition:
            case And(parts):
                return self._assume_all(possibilities, parts, not_required)
            case Or(parts):
                return _united(
                    self.assume(possibilities, part, not_required=not_required) for part in parts
                )
            case Comparison(selector, Operator.NOT_EQUAL) if selector == not_required:
                return self._restrict(
                    possibilities, selector, self._may_hold[condition] | {MISSING}
                )
            case Comparison() | IsLiteral() | NotExists():
                return self._restrict(
                    possibilities, condition.selector, self._may_hold.get(condition)
                )
            case _:
                assert_never(condition)

    def deny(self, possibilities: Possibilities, condition: Condition) -> Possibilities | None:
        """What remains possible if ``condition`` fails; `None` if it cannot fail."""
        match condition:
            case And(parts):
                return _united(self.deny(possibilities, part) for part in parts)
            case Or(parts):
                remaining: Possibilities | None = possibilities
                for part in parts:
                    remaining = None if remaining is None else self.deny(remaining, part)
                return remaining
            case Comparison() | IsLiteral() | NotExists():
                return self._restrict(
                    possibilities, condition.selector, self._may_fail.get(condition)
                )
            case _:
                assert_never(condition)

    def _assume_all(
        self,
        possibilities: Possibilities,
        parts: tuple[Condition, ...],
        not_required: Selector | None,
    ) -> Possibilities | None:
        """Assume every part, those with ``||`` last: the others may exclude alternatives."""
        remaining: Possibilities | None = possibilities
        for part in sorted(parts, key=lambda part: isinstance(part, Or)):
            if remaining is None:
                return None
            remaining = self.assume(remaining, part, not_required=not_required)
        return remaining

    def _restrict(
        self, possibilities: Possibilities, selector: Selector, allowed: frozenset[int] | None
    ) -> Possibilities | None:
        """Keep the ``allowed`` candidates of ``selector``; all of them if it has a wildcard."""
        if allowed is None:
            return possibilities
        remaining = possibilities.get(selector, self._all[selector]) & allowed
        return self._restrict_nested({**possibilities, selector: remaining}) if remaining else None

    def _restrict_nested(
        self, possibilities: dict[Selector, frozenset[int]]
    ) -> Possibilities | None:
        """Make ``$.a`` an object or array if ``$.a.b`` exists; remove ``$.a.b`` if it cannot be."""
        for outer, inner in self._nested:
            if inner in possibilities and MISSING not in possibilities[inner]:
                containers = possibilities.get(outer, self._all[outer]) & {_CONTAINER}
                possibilities[outer] = containers
            elif outer in possibilities and _CONTAINER not in possibilities[outer]:
                missing = possibilities.get(inner, self._all[inner]) & {MISSING}
                possibilities[inner] = missing
        return possibilities if all(possibilities.values()) else None


def _united(alternatives: Iterable[Possibilities | None]) -> Possibilities | None:
    """What is possible in any alternative; unrestricted is what any of them leaves unrestricted."""
    possible = [alternative for alternative in alternatives if alternative is not None]
    if not possible:
        return None
    restricted = set(possible[0]).intersection(*possible[1:])
    return {
        selector: frozenset().union(*(alternative[selector] for alternative in possible))
        for selector in restricted
    }


def _indexes_except(outcomes: list[Outcome], excluded: Outcome) -> frozenset[int]:
    return frozenset(index for index, outcome in enumerate(outcomes) if outcome != excluded)


# ---------------------------------------------------------------- a clause and a candidate


def _candidate_outcome(clause: Clause, candidate: Candidate, *, all_parts: bool) -> Outcome:
    """The outcome for all values that a candidate represents, or uncertain if they differ.

    ``all_parts`` is false if the condition has more than `_MAX_PARTS` texts such as ``*part*``.
    """
    if not isinstance(clause, Comparison) or not candidate.is_scalar:
        return clause_outcome(clause, candidate.selected)
    if not _is_decided(clause, candidate, all_parts=all_parts):
        return Outcome.UNCERTAIN
    match clause.value:
        case Text(text) if "*" not in text and candidate.text is not None:
            equal = candidate.text == text
            return Outcome.unanimous([equal is (clause.operator is Operator.EQUAL)], "")
        case _:
            return clause_outcome(clause, candidate.selected)


def _is_decided(clause: Comparison, candidate: Candidate, *, all_parts: bool) -> bool:
    """Whether the comparison has the same outcome for all values that the candidate represents."""
    match candidate.represents, clause.value:
        case ((Represents.TEXTS | Represents.SPELLINGS), Regex()):
            return False
        case Represents.TEXTS, Text(text) if "*" in text.strip("*"):
            return False
        case Represents.TEXTS, Text(text) if text[:1] == text[-1:] == "*" and not all_parts:
            return False
        case Represents.SPELLINGS, Text(text) if _NUMBER_WITH_STARS.fullmatch(text):
            return False
        case _:
            return True


_NUMBER_WITH_STARS = re.compile(r"[0-9.eE+*-]*[0-9.eE+-][0-9.eE+*-]*")


# ---------------------------------------------------------------- the candidates of a selector


def _candidates(named: set[Clause]) -> list[Candidate]:
    """Candidates that together represent every value, as far as these clauses distinguish it."""
    values = [clause.value for clause in named if isinstance(clause, Comparison)]
    texts = {value.text for value in values if isinstance(value, Text)}
    numbers = {value.literal for value in values if isinstance(value, Number)}
    exact = {text for text in texts if "*" not in text} | numbers
    scalars = [
        *(Candidate(_one(text)) for text in sorted(exact)),
        *(Candidate(_one(text), Represents.TEXTS) for text in _representative_texts(texts)),
    ]
    for number in _representative_numbers(numbers):
        scalars.append(Candidate(_one(NumberText(number)), Represents.SPELLINGS))
        scalars.append(Candidate(_one(number), Represents.SPELLINGS))
    return [*map(Candidate, _BASIC), *scalars]


def _one(node: str) -> SelectedValues:
    return SelectedValues((node,), some_missing=False)


def _parts(texts: Iterable[str]) -> set[str]:
    """``part`` of each text ``*part*``."""
    return {text.strip("*") for text in texts if text[:1] == text[-1:] == "*"} - {""}


def _has_all_parts(named: set[Clause]) -> bool:
    """Whether the representative texts cover all parts that the clauses contain."""
    values = (clause.value for clause in named if isinstance(clause, Comparison))
    return len(_parts(value.text for value in values if isinstance(value, Text))) <= _MAX_PARTS


def _representative_texts(texts: set[str]) -> Iterator[str]:
    """A text for each prefix, each suffix and each set of parts that a text can have at once."""
    starred = {text for text in texts if "*" in text and "*" not in text.strip("*")}
    prefixes = {text.rstrip("*") for text in starred if text[0] != "*"} | {""}
    suffixes = {text.lstrip("*") for text in starred if text[-1] != "*"} | {""}
    parts = sorted(_parts(starred))[:_MAX_PARTS]
    for prefix, suffix in product(sorted(prefixes), sorted(suffixes)):
        for included in product((False, True), repeat=len(parts)):
            middle = (part for part, is_in in zip(parts, included, strict=True) if is_in)
            yield _UNNAMED.join((prefix, *middle, suffix))


def _representative_numbers(literals: set[str]) -> Iterator[str]:
    """Each number that the condition contains, one between each two, and one beyond either end."""
    with localcontext(Context(prec=1_000, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        values = sorted({Decimal(literal) for literal in literals} or {Decimal(7)})
        between = [(low + high) / 2 for low, high in pairwise(values)]
        below, above = values[0] - abs(values[0]) - 1, values[-1] + abs(values[-1]) + 1
        for value in sorted({*values, *between, below, above}):
            yield str(value)
