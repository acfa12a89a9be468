"""
A tree as a fast function of decoded records.

In:    a tree of a JSON pattern.
Out:   a function from a decoded record to an `Outcome`.
Never: a decision of its own in difficult cases. It compares text with text; comparisons with any
       other value, and texts for which interpretations of a star differ, are left to
       `trailbell.pattern.evaluate`, the reference.
"""

import re
from collections.abc import Callable
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern import evaluate, selection
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
    SpaceDelimited,
    Terms,
    Text,
    has_wildcard,
)
from trailbell.pattern.compare import compare
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.printer import pattern_text
from trailbell.pattern.regex import translate
from trailbell.pattern.selection import MISSING

Predicate = Callable[[object], Outcome]
"""A function of a record as `json.loads`, or a decoder with the same results, returns it."""

_Test = Callable[[object], bool]


_PLAIN_NUMBERS = 10**15
"""Integers below have one spelling only, see `trailbell.pattern.compare`."""


class _NeedsReferenceError(Exception):
    """Only the reference can compare this value."""


def compile(tree: Pattern) -> Predicate:
    """
    Compile a predicate that has the same outcome as the reference whenever that is certain.

    A decoded record does not show how a number was written, or which fields were written twice.
    What is uncertain for the reference for that reason only may be certain here. Raises
    `UnsupportedError` for patterns that match text.
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
        for part in tests:  # noqa: SIM110 # all() over a generator takes twice as long
            if not part(record):
                return False
        return True

    return test


def _any_of(tests: tuple[_Test, ...]) -> _Test:
    def test(record: object) -> bool:
        for part in tests:  # noqa: SIM110 # see _all_of
            if part(record):
                return True
        return False

    return test


# ---------------------------------------------------------------- clauses


_LITERALS = {Literal.NULL: None, Literal.TRUE: True, Literal.FALSE: False}


def _clause(clause: Clause) -> _Test:
    names = tuple(step.name for step in clause.selector.steps if isinstance(step, Member))
    if len(names) < len(clause.selector.steps):
        return _clause_of_several(clause)
    select = selection.of_one(names)
    match clause:
        case NotExists():
            return lambda record: select(record) is MISSING
        case IsLiteral(literal=literal):
            expected = _LITERALS[literal]
            return lambda record: select(record) is expected
        case Comparison():
            compare_node = _comparison(clause)
            return lambda record: compare_node(select(record))
        case _:
            assert_never(clause)


def _clause_of_several(clause: Clause) -> _Test:
    """A clause with indexes or wildcards, which select any number of nodes."""
    select = selection.of_several(clause.selector.steps)
    match clause:
        case NotExists():
            return lambda record: _is_absent(*select(record))
        case IsLiteral(literal=literal):
            expected = _LITERALS[literal]
            return lambda record: any(node is expected for node in select(record)[0])
        case Comparison():
            compare_node = _comparison(clause)
            if clause.operator is Operator.NOT_EQUAL and has_wildcard(clause.selector):
                return lambda record: _all_or_none(compare_node, select(record)[0])
            return lambda record: any(map(compare_node, select(record)[0]))
        case _:
            assert_never(clause)


def _is_absent(nodes: list[object], some_missing: bool) -> bool:  # noqa: FBT001 # from a pair
    if nodes and some_missing:
        raise _NeedsReferenceError
    return not nodes


def _all_or_none(compare_node: _Test, nodes: list[object]) -> bool:
    """Whether nodes differ, if all of them do or none."""
    results = {compare_node(node) for node in nodes}
    if len(results) > 1:
        raise _NeedsReferenceError
    return True in results


def _require_certain(outcome: Outcome) -> bool:
    if outcome == Outcome.UNCERTAIN:
        raise _NeedsReferenceError
    return outcome == Outcome.MATCH


def _comparison(clause: Comparison) -> _Test:
    """The comparison of a node, which may be missing."""
    operator, value = clause.operator, clause.value
    of_text = _text_test(clause)
    is_about_text = not isinstance(value, Number)

    def test(node: object) -> bool:
        kind = node.__class__
        if kind is str:
            return of_text(node)
        if is_about_text and isinstance(node, int) and kind is int and abs(node) < _PLAIN_NUMBERS:
            return of_text(str(node))
        # Null, an object and a list are neither equal to anything nor different from it.
        if node is MISSING or node is None or kind is dict or kind is list:
            return False
        return _require_certain(compare(node, operator, value))

    return test


def _text_test(clause: Comparison) -> Callable[[object], bool]:
    """The comparison of a node that is text."""
    operator = clause.operator

    def by_reference(node: object) -> bool:
        return _require_certain(compare(node, operator, clause.value))

    match clause.value, operator:
        case Text(text=text), Operator.EQUAL | Operator.NOT_EQUAL:
            return _starred(text, by_reference, equal=operator is Operator.EQUAL)
        case Regex(source=source), Operator.EQUAL | Operator.NOT_EQUAL:
            return _expression(source, by_reference, equal=operator is Operator.EQUAL)
        case ((Text() | Regex() | Number()), _):
            return by_reference
        case _:
            assert_never(clause.value)


def _starred(
    text: str, by_reference: Callable[[object], bool], *, equal: bool
) -> Callable[[object], bool]:
    """Compare with text without a star, or with stars at its ends if all interpretations agree."""
    middle = text.strip("*")
    if "*" in middle:
        return by_reference
    if middle == text:
        return lambda node: (node == text) is equal
    if not middle:
        return lambda _: equal
    if not text.endswith("*"):
        return lambda node: (
            not equal
            if not isinstance(node, str) or not node.endswith(middle)
            else by_reference(node)
        )
    if text.startswith("*"):
        return lambda node: (isinstance(node, str) and middle in node) is equal
    return lambda node: (isinstance(node, str) and node.startswith(middle)) is equal


def _expression(
    source: str, by_reference: Callable[[object], bool], *, equal: bool
) -> Callable[[object], bool]:
    """Search in one line of ASCII, for which all interpretations agree."""
    search = re.compile(translate(source), re.ASCII).search

    def test(node: object) -> bool:
        if not isinstance(node, str) or not node.isascii() or "\n" in node or "\r" in node:
            return by_reference(node)
        return (search(node) is not None) is equal

    return test
