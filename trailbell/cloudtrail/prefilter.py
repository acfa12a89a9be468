"""
The detections that can match a record, judged by its key fields.

In:    detections; the values of the key fields of a record.
Out:   the detections that match, or that can match depending on the other fields.
Never: a detection that is excluded in doubt. A clause about another field, or one whose outcome is
       uncertain, counts as undecided.

The result is cached for each combination of values. Most records therefore cost one lookup, and a
detection on other event names costs no time per record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, assert_never

import msgspec

from trailbell.cloudtrail.key_fields import ALWAYS, Fields, Key, KeyFields, TopLevelFields
from trailbell.cloudtrail.other_formats import is_lambda_event_source
from trailbell.cloudtrail.required_members import (
    RequiredMembers,
    compile_test,
    required_members,
)
from trailbell.cloudtrail.required_text import RequiredText, required_text
from trailbell.cloudtrail.top_level_record import TopLevelPredicate
from trailbell.pattern import FilterPattern, Outcome, predicate
from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    MatchAll,
    NotExists,
    Or,
    Selector,
    SpaceDelimited,
    Terms,
    clauses,
)

MAX_CACHED_KEYS = 1 << 16
"""When the cache exceeds this number of keys, it is emptied."""


class Detection(Protocol):
    """What a scan evaluates."""

    @property
    def id(self) -> str: ...

    @property
    def filter_pattern(self) -> FilterPattern: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A detection that can match a record.

    ``predicate`` is its pattern as a predicate over the top-level fields of a record; `None` for a
    pattern about text.
    """

    detection: Detection
    predicate: TopLevelPredicate | None


_Partial = Callable[[object], bool | None]
"""Evaluates a condition on some fields alone: true, false, or `None` if they do not decide."""

NOTHING = RequiredText(())


@dataclass(frozen=True, slots=True)
class Possible:
    """A candidate for the records with some key fields.

    ``decided``: the key fields alone make it match. Otherwise, only records with ``required`` and
    ``members`` can match.
    """

    candidate: Candidate
    decided: bool = False
    required: RequiredText = NOTHING
    members: RequiredMembers = ()


class Candidates(tuple[Possible, ...]):
    """The candidates for the records with some key fields."""

    @cached_property
    def fields(self) -> TopLevelFields:
        """The decoder of the fields that any of them uses."""
        predicates = (possible.candidate.predicate for possible in self if not possible.decided)
        return TopLevelFields(name for each in predicates if each for name in each.names)

    @cached_property
    def test(self) -> Callable[[Fields], bool] | None:
        """Whether the decoded fields of a record do not exclude all; `None` if they never do."""
        return compile_test([possible.members for possible in self])


@dataclass(frozen=True, slots=True)
class _Row:
    """A detection, and its condition on the source of an event, on its name as well, on all key
    fields. Without ``condition``, no text is required.
    """

    candidate: Candidate
    condition: Condition | None
    by_source: _Partial
    by_event: _Partial
    by_key: _Partial


class Prefilter(dict[Key, Candidates]):
    """The cache of candidates: ``prefilter[key]`` evaluates a key that is not cached yet."""

    def __init__(
        self, detections: Sequence[Detection], *, silent: bool = False, times: bool = False
    ) -> None:
        """With ``silent``, every detection is a candidate for every record.

        With ``times``, the key fields are decoded with the times of events.
        """
        super().__init__()
        conditions = [_condition(detection) for detection in detections]
        self.key_fields = KeyFields(
            (
                clause.selector
                for condition in conditions
                if condition
                for clause in clauses(condition)
            ),
            times=times,
        )
        selectors = frozenset(self.key_fields.selectors)
        self._selectors = selectors
        self._parts: dict[int, _Partial] = {}
        self._rows = [
            _Row(
                _candidate(detection),
                None if silent or detection.filter_pattern.ambiguities else condition,
                *(
                    _partial(condition, fields) if condition and not silent else _undecided
                    for fields in (frozenset(ALWAYS[:1]), frozenset(ALWAYS), selectors)
                ),
            )
            for detection, condition in zip(detections, conditions, strict=True)
        ]
        self._rows_by_name: dict[object, list[_Row]] = {}
        self.all_candidates = Candidates(Possible(row.candidate) for row in self._rows)
        self._always = [self.key_fields.selectors.index(selector) for selector in ALWAYS]

    def __missing__(self, key: Key) -> Candidates:
        if len(self) >= MAX_CACHED_KEYS:
            self.clear()
        names = [key[index] for index in self._always]
        if all(name is msgspec.UNSET for name in names) or is_lambda_event_source(str(names[0])):
            self[key] = self.all_candidates  # an Insights event, or not a CloudTrail record
            return self.all_candidates
        record = self.key_fields.record(key)
        results = ((row, row.by_key(record)) for row in self._rows_of(names, record))
        self[key] = candidates = Candidates(
            Possible(
                row.candidate,
                bool(result),
                *self._required(row.condition, record, decided=bool(result)),
            )
            for row, result in results
            if result is not False
        )
        return candidates

    def _rows_of(self, names: Sequence[object], record: object) -> "list[_Row]":
        """The rows that the source and the name of an event do not exclude.

        They are kept, because few of the many keys differ in both.
        """
        source, event = names[0], tuple(names)
        if event not in self._rows_by_name:
            if source not in self._rows_by_name:
                self._rows_by_name[source] = [
                    row for row in self._rows if row.by_source(record) is not False
                ]
            self._rows_by_name[event] = [
                row for row in self._rows_by_name[source] if row.by_event(record) is not False
            ]
        return self._rows_by_name[event]

    def _required(
        self, condition: Condition | None, record: object, *, decided: bool
    ) -> tuple[RequiredText, RequiredMembers]:
        """What a record with these key fields must also contain."""
        if decided or condition is None:
            return NOTHING, ()
        remaining = self._undecided_part(condition, record)
        return (
            required_text(remaining, self._selectors),
            required_members(remaining, self._selectors),
        )

    def _undecided_part(self, condition: Condition, record: object) -> Condition:
        """The condition without alternatives that the key fields exclude."""
        match condition:
            case And(parts):
                return And(tuple(self._undecided_part(part, record) for part in parts))
            case Or(parts):
                possible = [p for p in parts if self._compiled(p)(record) is not False]
                return Or(tuple(self._undecided_part(part, record) for part in possible))
            case _:
                return condition

    def _compiled(self, part: Condition) -> _Partial:
        """A part of a condition by the key fields. Conditions live as long as this."""
        if id(part) not in self._parts:
            self._parts[id(part)] = _partial(part, self._selectors)
        return self._parts[id(part)]


def _condition(detection: Detection) -> Condition | None:
    match detection.filter_pattern.tree:
        case JsonPattern(condition=condition):
            return condition
        case MatchAll() | Terms() | SpaceDelimited():
            return None
        case tree:
            assert_never(tree)


def _candidate(detection: Detection) -> Candidate:
    match detection.filter_pattern.tree:
        case JsonPattern() as tree:
            return Candidate(detection, TopLevelPredicate(tree))
        case MatchAll() | Terms() | SpaceDelimited():
            return Candidate(detection, None)
        case tree:
            assert_never(tree)


def _undecided(_: object) -> None:
    return None


def _partial(condition: Condition, selectors: frozenset[Selector]) -> _Partial:
    """Compile a condition for records that have only the fields of ``selectors``."""
    match condition:
        case And(parts=parts):
            return _combine([_partial(part, selectors) for part in parts], decisive=False)
        case Or(parts=parts):
            return _combine([_partial(part, selectors) for part in parts], decisive=True)
        case Comparison() | IsLiteral() | NotExists():
            return _partial_clause(condition) if condition.selector in selectors else _undecided
        case _:
            assert_never(condition)


def _partial_clause(clause: Clause) -> _Partial:
    compiled = predicate.compile(JsonPattern(clause))

    def evaluate(record: object) -> bool | None:
        outcome = compiled(record)
        return None if outcome == Outcome.UNCERTAIN else outcome == Outcome.MATCH

    return evaluate


def _combine(parts: Sequence[_Partial], *, decisive: bool) -> _Partial:
    """Combine parts; one with the value ``decisive`` decides (false for AND, true for OR)."""

    def evaluate(record: object) -> bool | None:
        has_undecided = False
        for part in parts:
            result = part(record)
            if result is decisive:
                return decisive
            has_undecided = has_undecided or result is None
        return None if has_undecided else not decisive

    return evaluate
