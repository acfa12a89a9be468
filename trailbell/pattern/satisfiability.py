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

from collections.abc import Iterable, Mapping
from itertools import product
from typing import assert_never

from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    NotExists,
    Operator,
    Or,
    Selector,
    clauses,
    has_wildcard,
)
from trailbell.pattern.candidates import (
    CONTAINER,
    MISSING,
    Candidate,
    Represents,
    candidate_outcome,
    candidates,
    has_all_parts,
)
from trailbell.pattern.outcome import Outcome

Possibilities = Mapping[Selector, frozenset[int]]
"""The remaining candidates of selectors, as indexes. A selector that is absent has all of its own.

``{}`` therefore means that nothing is known about the record yet.
"""


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
        self.candidates = {selector: candidates(named) for selector, named in by_selector.items()}
        self._all = {
            selector: frozenset(range(len(values))) for selector, values in self.candidates.items()
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

    def _evaluate(self, values: list[Candidate], named: set[Clause]) -> None:
        """Evaluate the clauses on one selector for each of its candidates."""
        all_parts = has_all_parts(named)
        for clause in named:
            outcomes = [
                candidate_outcome(clause, candidate, all_parts=all_parts) for candidate in values
            ]
            self._may_hold[clause] = _indexes_except(outcomes, Outcome.NO_MATCH)
            self._may_fail[clause] = _indexes_except(outcomes, Outcome.MATCH)

    def scalars(self, selector: Selector) -> frozenset[int]:
        """The candidates of ``selector`` that are texts or numbers."""
        values = enumerate(self.candidates[selector])
        return frozenset(index for index, candidate in values if candidate.is_scalar)

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
                containers = possibilities.get(outer, self._all[outer]) & {CONTAINER}
                possibilities[outer] = containers
            elif outer in possibilities and CONTAINER not in possibilities[outer]:
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
