"""
A tree as a function over decoded records, fast where the answer is plain.

In:    a tree of a JSON pattern.
Out:   a function from a decoded record to an `Outcome`.
Never: an answer of its own where the reference has to think. Text meets text here; a value of any
       other kind that is compared, and every text that two readings of a star would judge
       differently, goes to `trailbell.pattern.evaluate`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern import evaluate
from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    Literal,
    MatchAll,
    Member,
    NotExists,
    Number,
    Operator,
    Or,
    Pattern,
    Regex,
    Selector,
    SpaceDelimited,
    Terms,
    Text,
)
from trailbell.pattern.compare import compare
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.printer import pattern_text
from trailbell.pattern.regex import translate

Predicate = Callable[[object], Outcome]
"""From a record as `json.loads` (or any decoder that makes the same of it) returns it."""

_Test = Callable[[object], bool]


class _NeedsReferenceError(Exception):
    """A value was met that only the reference can judge."""


@dataclass(frozen=True, slots=True)
class _Missing:
    """Nothing is there, not even null."""


_MISSING = _Missing()


def compile(tree: Pattern) -> Predicate:
    """
    A predicate that is certain when the reference is, and then says the same.

    A decoder has lost how a number was spelled and which members were written twice; what the
    reference finds uncertain for that reason alone may be certain here. Raises `UnsupportedError`
    for patterns over text.
    """
    match tree:
        case JsonPattern(condition=condition):
            return _predicate(tree, _test(condition))
        case MatchAll():
            return lambda _: Outcome.MATCH
        case Terms() | SpaceDelimited():
            raise UnsupportedError(
                "a predicate",
                pattern_text(tree),
                "a predicate matches fields, not the text of an event",
            )
        case _:
            assert_never(tree)


def _predicate(tree: JsonPattern, test: _Test) -> Predicate:
    def predicate(record: object) -> Outcome:
        try:
            return Outcome.MATCH if test(record) else Outcome.NO_MATCH
        except _NeedsReferenceError:
            return evaluate.test_record(tree, record)

    return predicate


def _test(condition: Condition) -> _Test:
    match condition:
        case And(parts=parts):
            return _all_of(tuple(map(_test, parts)))
        case Or(parts=parts):
            return _any_of(tuple(map(_test, parts)))
        case Comparison() | IsLiteral() | NotExists():
            return _clause(condition)
        case _:
            assert_never(condition)


def _all_of(tests: tuple[_Test, ...]) -> _Test:
    def test(record: object) -> bool:
        for one in tests:  # noqa: SIM110 # all() over a generator takes twice as long
            if not one(record):
                return False
        return True

    return test


def _any_of(tests: tuple[_Test, ...]) -> _Test:
    def test(record: object) -> bool:
        for one in tests:  # noqa: SIM110
            if one(record):
                return True
        return False

    return test


# ---------------------------------------------------------------- clauses


def _clause(clause: Clause) -> _Test:
    reach = _reach(clause.selector)
    if reach is None:
        return _referred(clause)
    match clause:
        case NotExists():
            return lambda record: reach(record) is _MISSING
        case IsLiteral(literal=literal):
            sought = {Literal.NULL: None, Literal.TRUE: True, Literal.FALSE: False}[literal]
            return lambda record: reach(record) is sought
        case Comparison():
            return _comparison(clause, reach)
        case _:
            assert_never(clause)


def _reach(selector: Selector) -> Callable[[object], object] | None:
    """The node at a path of names; `None` for any other selector."""
    names = tuple(step.name for step in selector.steps if isinstance(step, Member))
    if len(names) < len(selector.steps):
        return None
    if len(names) == 1:
        (name,) = names
        return lambda record: record.get(name, _MISSING) if isinstance(record, dict) else _MISSING

    def reach(node: object) -> object:
        for name in names:
            if not isinstance(node, dict):
                return _MISSING
            node = node.get(name, _MISSING)
        return node

    return reach


def _referred(clause: Clause) -> _Test:
    """Indexes and wildcards are rare: the reference walks them."""
    tree = JsonPattern(clause)
    return lambda record: _sure(evaluate.test_record(tree, record))


def _sure(outcome: Outcome) -> bool:
    if outcome == Outcome.UNCERTAIN:
        raise _NeedsReferenceError
    return outcome == Outcome.MATCH


def _comparison(clause: Comparison, reach: Callable[[object], object]) -> _Test:
    operator, value = clause.operator, clause.value
    of_text = _text_test(clause)

    def test(record: object) -> bool:
        node = reach(record)
        if node.__class__ is str:
            return of_text(node)
        if node is _MISSING or node is None:
            return False
        return _sure(compare(node, operator, value))

    return test


def _text_test(clause: Comparison) -> Callable[[object], bool]:
    """A comparison with a node that is text."""
    operator = clause.operator

    def referred(node: object) -> bool:
        return _sure(compare(node, operator, clause.value))

    match clause.value, operator:
        case Text(text=text), Operator.EQUAL | Operator.NOT_EQUAL:
            return _starred(text, referred, equal=operator is Operator.EQUAL)
        case Regex(source=source), Operator.EQUAL | Operator.NOT_EQUAL:
            return _expression(source, referred, equal=operator is Operator.EQUAL)
        case ((Text() | Regex() | Number()), _):
            return referred
        case _:
            assert_never(clause.value)


def _starred(
    text: str, referred: Callable[[object], bool], *, equal: bool
) -> Callable[[object], bool]:
    """Text without a star, or with stars at its ends only, unless readings of it could differ."""
    middle = text.strip("*")
    if "*" in middle:
        return referred
    if middle == text:
        return lambda node: (node == text) is equal
    if not middle:
        return lambda _: equal
    if not text.endswith("*"):
        return lambda node: (
            not equal if not isinstance(node, str) or not node.endswith(middle) else referred(node)
        )
    if text.startswith("*"):
        return lambda node: (isinstance(node, str) and middle in node) is equal
    return lambda node: (isinstance(node, str) and node.startswith(middle)) is equal


def _expression(
    source: str, referred: Callable[[object], bool], *, equal: bool
) -> Callable[[object], bool]:
    """A regular expression on one line of ASCII, where all readings of it agree."""
    search = re.compile(translate(source), re.ASCII).search

    def test(node: object) -> bool:
        if not isinstance(node, str) or not node.isascii() or "\n" in node or "\r" in node:
            return referred(node)
        return (search(node) is not None) is equal

    return test
