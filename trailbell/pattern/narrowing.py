"""
What one pattern matches that others no longer match: the comparison of two versions by meaning.

In:    a pattern, and the patterns that replace it (an event needs to match one of them).
Out:   a `Narrowing`: events that only the old pattern matches, proven with both. Also, records that
       one condition matches.
Never: a claim without proof. What the search cannot decide is `Narrowing.undecided`.

The search takes one way after the other in which the old pattern can match and the new ones fail
(one alternative of each ``||``, one failing part of each ``&&``). What remains possible for each
field then (see `trailbell.pattern.satisfiability`) makes an event, on which both are tested.

Fields have the types of CloudTrail records: an event without eventName is never an example.

>>> from trailbell.pattern import parse
>>> before = parse('{ ($.eventName = "A") || ($.eventName = "B") }')
>>> [event.record for event in find_lost_events(before, [parse('{ $.eventName = "A" }')]).events]
[{'eventName': 'B'}]
>>> find_lost_events(before, [parse('{ $.eventName = * }')])
Narrowing(events=(), undecided='')
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import assert_never

from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    MatchAll,
    NotExists,
    Number,
    Operator,
    Or,
    Selector,
    clauses,
)
from trailbell.pattern.candidates import MISSING, Candidate, Represents
from trailbell.pattern.example_record import Value, build_record, readable
from trailbell.pattern.filter_pattern import FilterPattern
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.printer import selector_text
from trailbell.pattern.record_schema import (
    EVENT_NAME,
    EVENT_SOURCE,
    REQUIRED_FIELDS,
    FieldSchema,
    FieldType,
    field_schema,
)
from trailbell.pattern.satisfiability import Possibilities, Satisfiability

MAX_STEPS = 20_000
"""Clauses that a search tries. A pattern of CloudWatch Logs needs at most some thousands."""

_MAX_WAYS = 40
"""Ways to fail for which an example is sought, for each way to match."""


@dataclass(frozen=True, slots=True)
class LostEvent:
    """An event that only the old pattern matches.

    ``values`` are what makes the difference: the fields, and their values as a pattern (`None`:
    the field is missing). ``record`` is None if no example could be proven.
    """

    values: tuple[tuple[str, str | None], ...]
    record: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is lost. Without events and ``undecided``, everything is proven to match still."""

    events: tuple[LostEvent, ...] = ()
    undecided: str = ""


def find_lost_events(before: FilterPattern, after: Sequence[FilterPattern]) -> Narrowing:
    """Find events that ``before`` matches and none of ``after``."""
    if before in after or any(isinstance(pattern.tree, MatchAll) for pattern in after):
        return Narrowing()
    if isinstance(before.tree, MatchAll):
        return Narrowing(events=(LostEvent((), None),))
    trees = [pattern.tree for pattern in after]
    old = before.tree.condition if isinstance(before.tree, JsonPattern) else None
    new = [tree.condition for tree in trees if isinstance(tree, JsonPattern)]
    if old is None or len(new) < len(trees):
        return Narrowing(undecided="only patterns for JSON events can be compared")
    if any(pattern.ambiguities for pattern in (before, *after)):
        return Narrowing(undecided="AWS does not document the meaning of the spelling")
    search = _Search(before, after, Satisfiability(Or((old, *new))))
    try:
        events = tuple(search.lost_events(old, new))
    except _TooManyStepsError:
        return Narrowing(undecided="the patterns have too many alternatives")
    return Narrowing(events=events)


def find_matching_records(condition: Condition) -> Iterator[dict[str, object]]:
    """
    Find records that a condition matches: one for each of its alternatives, proven.

    >>> from trailbell.pattern import parse
    >>> condition = parse('{ ($.a = "x*") && (($.b IS TRUE) || ($.c = "y")) }').tree.condition
    >>> [*find_matching_records(condition)]
    [{'a': 'xExample', 'b': True}, {'a': 'xExample', 'c': 'y'}]
    """
    tree = JsonPattern(condition)
    search = _Search(FilterPattern(tree, ""), (), Satisfiability(condition))
    start = _Way(_documented_types(search.satisfiability, condition))
    try:
        yield from search.matching_records(start, condition)
    except _TooManyStepsError:
        return


class _TooManyStepsError(Exception):
    """The search takes too long."""


@dataclass(frozen=True, slots=True)
class _Way:
    """What remains possible on one way, the clauses that hold, and those that fail."""

    possibilities: Possibilities
    holding: frozenset[Clause] = frozenset()
    failing: tuple[Clause, ...] = ()


class _Search:
    def __init__(
        self,
        before: FilterPattern,
        after: Sequence[FilterPattern],
        satisfiability: Satisfiability,
    ) -> None:
        self.before = before
        self.after = after
        self.satisfiability = satisfiability
        self.steps = 0

    def lost_events(self, old: Condition, new: list[Condition]) -> Iterator[LostEvent]:
        """One event for each difference; proven ones replace those that are not."""
        events: dict[tuple[tuple[str, str | None], ...], LostEvent] = {}
        start = _Way(_documented_types(self.satisfiability, Or((old, *new))))
        for matching in self._ways_to_hold(start, old):
            event = self._lost_event(self._ways_to_fail_all(matching, new))
            if event is not None and (
                event.values not in events or events[event.values].record is None
            ):
                events[event.values] = event
        yield from events.values()

    def matching_records(self, start: _Way, condition: Condition) -> Iterator[dict[str, object]]:
        """A record for each way to hold."""
        for way in self._ways_to_hold(start, condition):
            record = build_record(self._choose(way), way.holding)
            if self.before.test_record(record) == Outcome.MATCH:
                yield record

    def _lost_event(self, ways: Iterator[_Way]) -> LostEvent | None:
        """The first way for which an event is proven; else the first one, without an event."""
        unproven = None
        for way in islice(ways, _MAX_WAYS):
            chosen = self._choose(way)
            record = build_record(chosen, way.holding)
            proven = self._only_before_matches(record)
            event = LostEvent(_differences(way, chosen), record if proven else None)
            if proven:
                return event
            unproven = unproven or event
        return unproven

    def _only_before_matches(self, record: dict[str, object]) -> bool:
        return self.before.test_record(record) == Outcome.MATCH and all(
            pattern.test_record(record) == Outcome.NO_MATCH for pattern in self.after
        )

    # ------------------------------------------------------------ the ways

    def _ways_to_hold(self, way: _Way, condition: Condition) -> Iterator[_Way]:
        match condition:
            case Or(parts):
                for part in parts:
                    yield from self._ways_to_hold(way, part)
            case And(parts):
                yield from self._ways_to_hold_all(way, parts)
            case Comparison() | IsLiteral() | NotExists():
                self._count()
                remaining = self.satisfiability.assume(way.possibilities, condition)
                if remaining is not None:
                    yield replace(way, possibilities=remaining, holding=way.holding | {condition})
            case _:
                assert_never(condition)

    def _ways_to_hold_all(self, way: _Way, parts: Sequence[Condition]) -> Iterator[_Way]:
        if not parts:
            yield way
            return
        for inner in self._ways_to_hold(way, parts[0]):
            yield from self._ways_to_hold_all(inner, parts[1:])

    def _ways_to_fail(self, way: _Way, condition: Condition) -> Iterator[_Way]:
        match condition:
            case And(parts):
                for part in parts:
                    yield from self._ways_to_fail(way, part)
            case Or(parts):
                yield from self._ways_to_fail_all(way, parts)
            case Comparison() | IsLiteral() | NotExists():
                self._count()
                if condition in way.holding:  # also decides a regular expression
                    return
                remaining = self.satisfiability.deny(way.possibilities, condition)
                if remaining is not None:
                    yield replace(way, possibilities=remaining, failing=(*way.failing, condition))
            case _:
                assert_never(condition)

    def _ways_to_fail_all(self, way: _Way, parts: Sequence[Condition]) -> Iterator[_Way]:
        if not parts:
            yield way
            return
        for inner in self._ways_to_fail(way, parts[0]):
            yield from self._ways_to_fail_all(inner, parts[1:])

    def _count(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise _TooManyStepsError

    # ------------------------------------------------------------ the event of a way

    def _choose(self, way: _Way) -> dict[Selector, Candidate]:
        """The most ordinary of the remaining candidates of each selector."""
        excluded = {
            clause.selector
            for clause in way.failing
            if isinstance(clause, Comparison) and clause.operator is Operator.NOT_EQUAL
        }
        chosen = {}
        for selector, indexes in way.possibilities.items():
            candidates = self.satisfiability.candidates[selector]
            ranks = {
                index: _rank(candidates[index], is_excluded=selector in excluded)
                for index in indexes
            }
            chosen[selector] = candidates[min(ranks, key=lambda index: (ranks[index], index))]
        return chosen


def _rank(candidate: Candidate, *, is_excluded: bool) -> int:
    """Missing first (last if a value is excluded), then texts of a pattern, texts like those, true
    and false, anything else.
    """
    if not candidate.selected.nodes:
        return 5 if is_excluded else 0
    if candidate.text is not None:
        return 1 if candidate.represents is Represents.ITSELF else 2
    return 3 if candidate.selected.nodes in ((True,), (False,)) else 4


def _documented_types(satisfiability: Satisfiability, condition: Condition) -> Possibilities:
    """The candidates that CloudTrail's records can have, for fields whose type is documented.

    A field that is compared with a number is one: for text, AWS does not document the outcome.
    """
    numbers = {
        clause.selector
        for clause in clauses(condition)
        if isinstance(clause, Comparison) and isinstance(clause.value, Number)
    }
    possibilities = {}
    for selector, values in satisfiability.candidates.items():
        schema = field_schema(selector)
        required = selector in REQUIRED_FIELDS
        if selector in numbers or (schema and schema.type in (FieldType.TEXT, FieldType.BOOLEAN)):
            possibilities[selector] = frozenset(
                index
                for index, candidate in enumerate(values)
                if _is_documented(candidate, schema) and not (required and index == MISSING)
            )
    return possibilities


def _is_documented(candidate: Candidate, schema: FieldSchema | None) -> bool:
    if not candidate.selected.nodes:
        return True
    node = candidate.selected.nodes[0]
    if schema is None or schema.type is FieldType.NUMBER:
        return candidate.text is None
    if node is None:
        return schema.nullable
    return (
        isinstance(node, bool) if schema.type is FieldType.BOOLEAN else candidate.text is not None
    )


def _differences(
    way: _Way, chosen: Mapping[Selector, Candidate]
) -> tuple[tuple[str, str | None], ...]:
    """The fields that fail, with their values; the name of the event if nothing else fails."""
    failing = dict.fromkeys(clause.selector for clause in way.failing)
    others = [selector for selector in failing if selector not in (EVENT_NAME, EVENT_SOURCE)]
    named = EVENT_NAME in chosen and _text(chosen[EVENT_NAME]) != "*"
    fields = others or ([EVENT_NAME] if named else list(failing))
    return tuple(
        (
            selector_text(selector).removeprefix("$."),
            _text(chosen[selector]) if selector in chosen else "*",
        )
        for selector in fields
    )


def _text(candidate: Candidate) -> str | None:
    """The value as a pattern: ``Get*`` for any text that starts so; None if it is missing."""
    if not candidate.selected.nodes:
        return None
    value: Value = candidate.selected.nodes[0]
    return readable(value, "*") if isinstance(value, str) else str(value).lower()
