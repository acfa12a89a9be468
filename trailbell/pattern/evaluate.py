"""
The meaning of a tree: the reference that every target is tested against.

In:    a tree and a log event.
Out:   an `Outcome`, or an `Explanation` of it.
Never: a shortcut for speed. If a target differs, the target is wrong, or it must raise
       ``UnsupportedError``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    Literal,
    MatchAll,
    NotExists,
    Operator,
    Or,
    Pattern,
    SpaceDelimited,
    Term,
    Terms,
    has_wildcard,
)
from trailbell.pattern.compare import compare
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.printer import condition_text, field_condition_text, pattern_text, term_text
from trailbell.pattern.record import Record, SelectedValues, decode, select, summarize
from trailbell.pattern.text_matching import (
    align_fields,
    apply_role,
    field_outcome,
    occurs,
    space_outcome,
    terms_outcome,
    words,
)

SEVERAL = "AWS does not document what '!=' means if a wildcard selects several values"
LACKING = "AWS does not document NOT EXISTS for a wildcard of which some branches have the field"
REPEATED = "AWS does not document which value counts if an object has a field twice"
TEXT_FOLLOWS = "AWS does not document how text after the JSON object is treated"
TOO_DEEP = "the event is nested too deep to be decoded"
ONLY_TEXT = "the pattern matches the text of an event, but only the decoded event is available"


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    The outcome of one part of a pattern, with the values that it was compared with.

    `parts` are the parts of ``&&``, ``||``, terms or fields. A part without parts has `found`: the
    values that its selector selects, as JSON (an array or object by its size).
    """

    outcome: Outcome
    text: str
    found: tuple[str, ...] = ()
    parts: tuple["Explanation", ...] = ()

    def __str__(self) -> str:
        return "\n".join(_rendered(self, 0))


def _rendered(part: Explanation, depth: int) -> Iterator[str]:
    line = f"{'  ' * depth}{part.outcome.name:9} {part.text}"
    if not part.parts:
        line += f"   found {', '.join(part.found) or 'nothing'}"
        line += f"   ({part.outcome.reason})" if part.outcome.reason else ""
    yield line
    for inner in part.parts:
        yield from _rendered(inner, depth + 1)


def test(pattern: Pattern, message: str) -> Outcome:
    match pattern:
        case JsonPattern(condition):
            record = _record(message)
            return record if isinstance(record, Outcome) else _message_outcome(condition, record)
        case Terms():
            return terms_outcome(pattern, message)
        case SpaceDelimited():
            return space_outcome(pattern, message)
        case MatchAll():
            return Outcome.MATCH
        case _:
            assert_never(pattern)


def test_record(pattern: Pattern, value: object) -> Outcome:
    """Test a decoded event. Only `JsonPattern` and `MatchAll` do not need the text."""
    match pattern:
        case JsonPattern(condition):
            return _outcome(condition, Record((value,)))
        case MatchAll():
            return Outcome.MATCH
        case Terms() | SpaceDelimited():
            return Outcome.uncertain(ONLY_TEXT)
        case _:
            assert_never(pattern)


def explain(pattern: Pattern, message: str) -> Explanation:
    """Explain every part, even if the outcome of the whole is clear before."""
    text = pattern_text(pattern)
    match pattern:
        case JsonPattern(condition):
            record = _record(message)
            if isinstance(record, Outcome):
                return Explanation(record, text, ("not a JSON object",))
            explained = _explained(condition, record)
            return replace(explained, outcome=_message_outcome(condition, record))
        case Terms(terms):
            parts = tuple(_explained_term(term, message) for term in terms)
            return Explanation(terms_outcome(pattern, message), text, (), parts)
        case SpaceDelimited():
            outcome = space_outcome(pattern, message)
            return Explanation(outcome, text, (), _explained_fields(pattern, message))
        case MatchAll():
            return Explanation(Outcome.MATCH, text, ("everything",))
        case _:
            assert_never(pattern)


# ---------------------------------------------------------------- conditions on JSON


def _record(message: str) -> Record | Outcome:
    try:
        record = decode(message)
    except RecursionError:
        return Outcome.uncertain(TOO_DEEP)
    return Outcome.NO_MATCH if record is None else record


def _message_outcome(condition: Condition, record: Record) -> Outcome:
    outcome = _outcome(condition, record)
    if record.text_follows and outcome != Outcome.NO_MATCH:
        return Outcome.uncertain(TEXT_FOLLOWS)
    return outcome


def _outcome(condition: Condition, record: Record) -> Outcome:
    match condition:
        case And(parts):
            return Outcome.all_of(_outcome(part, record) for part in parts)
        case Or(parts):
            return Outcome.any_of(_outcome(part, record) for part in parts)
        case Comparison() | IsLiteral() | NotExists():
            return _record_outcome(condition, record)
        case _:
            assert_never(condition)


def _record_outcome(clause: Clause, record: Record) -> Outcome:
    first, *others = (
        clause_outcome(clause, select(value, clause.selector)) for value in record.interpretations
    )
    return first if all(outcome == first for outcome in others) else Outcome.uncertain(REPEATED)


def clause_outcome(clause: Clause, selected: SelectedValues) -> Outcome:
    match clause:
        case Comparison(selector, Operator.NOT_EQUAL) if has_wildcard(selector):
            return _some_differ(clause, selected)
        case Comparison(_, operator, value):
            return Outcome.any_of(compare(node, operator, value) for node in selected.nodes)
        case IsLiteral(_, literal):
            expected = _LITERALS[literal]
            return Outcome.unanimous([any(node is expected for node in selected.nodes)], "")
        case NotExists():
            if selected.nodes and selected.some_missing:
                return Outcome.uncertain(LACKING)
            return Outcome.unanimous([not selected.nodes], "")
        case _:
            assert_never(clause)


_LITERALS = {Literal.NULL: None, Literal.TRUE: True, Literal.FALSE: False}


def _some_differ(clause: Comparison, selected: SelectedValues) -> Outcome:
    """The outcome if one value must differ and if every value must differ, or uncertain."""
    outcomes = [compare(node, clause.operator, clause.value) for node in selected.nodes]
    some = Outcome.any_of(outcomes)
    every = Outcome.all_of(outcomes) if outcomes else Outcome.NO_MATCH
    return some if some == every else Outcome.uncertain(SEVERAL)


def _explained(condition: Condition, record: Record) -> Explanation:
    match condition:
        case And(parts):
            explained = tuple(_explained(part, record) for part in parts)
            outcome = Outcome.all_of(part.outcome for part in explained)
            return Explanation(outcome, "all of", (), explained)
        case Or(parts):
            explained = tuple(_explained(part, record) for part in parts)
            outcome = Outcome.any_of(part.outcome for part in explained)
            return Explanation(outcome, "any of", (), explained)
        case Comparison() | IsLiteral() | NotExists():
            nodes = [
                node
                for value in record.interpretations
                for node in select(value, condition.selector).nodes
            ]
            outcome = _record_outcome(condition, record)
            return Explanation(outcome, condition_text(condition), summarize(nodes))
        case _:
            assert_never(condition)


# ---------------------------------------------------------------- terms and fields


def _explained_term(term: Term, message: str) -> Explanation:
    occurrence = occurs(term.sought, message)
    found = () if occurrence == Outcome.NO_MATCH else ("it",)
    return Explanation(apply_role(term, occurrence), term_text(term), found)


def _explained_fields(pattern: SpaceDelimited, message: str) -> tuple[Explanation, ...]:
    pairs = align_fields(pattern, words(message))
    if pairs is None:
        return (Explanation(Outcome.NO_MATCH, "as many fields as the pattern names"),)
    return tuple(
        Explanation(
            field_outcome(field.condition, word.text),
            field_condition_text(field.name, field.condition),
            (word.text,),
        )
        for field, word in pairs
        if field.condition is not None
    )
