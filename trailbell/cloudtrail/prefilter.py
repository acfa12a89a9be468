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
from typing import Protocol, assert_never

import msgspec

from trailbell.cloudtrail.decode import DECODE_ERRORS
from trailbell.cloudtrail.key_fields import ALWAYS, Key, KeyFields, TopLevelFields
from trailbell.cloudtrail.other_formats import is_lambda_event_source
from trailbell.pattern import FilterPattern, Outcome, predicate
from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    MatchAll,
    Member,
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
    predicate: "TopLevelPredicate | None"

    def outcome(self, text: bytes, *, decided: bool = False) -> Outcome:
        """
        Evaluate the pattern on a record. ``decided``: it matches unless a field occurs twice.

        If the predicate does not decide, the reference implementation evaluates the text.
        """
        pattern = self.detection.filter_pattern
        if (
            self.predicate is not None
            and not pattern.ambiguities
            and self.predicate.has_unique_fields(text)
        ):
            outcome = Outcome.MATCH if decided else self.predicate.outcome(text)
            if outcome.name != "UNCERTAIN":  # faster than comparing outcomes
                return outcome
        return pattern.test(text.decode(errors="replace"))


class TopLevelPredicate:
    """A predicate that decodes only the fields it uses, a tenth of the work of decoding all."""

    def __init__(self, tree: JsonPattern) -> None:
        steps = {clause.selector.steps[0] for clause in clauses(tree.condition)}
        self._fields = TopLevelFields(step.name for step in steps if isinstance(step, Member))
        self._evaluate = predicate.compile(tree)

    def has_unique_fields(self, text: bytes) -> bool:
        """Whether no field occurs twice. Of two, a decoded record would keep only one."""
        return all(text.count(name) < 2 for name in self._fields.quoted)

    def outcome(self, text: bytes) -> Outcome:
        """Evaluate the predicate; `Outcome.UNCERTAIN` if the fields cannot be decoded."""
        try:
            return self._evaluate(self._fields.record(text))
        except (*DECODE_ERRORS, RecursionError):
            return Outcome.UNCERTAIN


_Partial = Callable[[object], bool | None]
"""Evaluates a condition on the key fields alone: true, false, or `None` if they do not decide."""

Candidates = tuple[tuple[Candidate, bool], ...]
"""Each candidate, and whether it is decided: the key fields alone make it match."""


class Prefilter(dict[Key, Candidates]):
    """The cache of candidates: ``prefilter[key]`` evaluates a key that is not cached yet."""

    def __init__(self, detections: Sequence[Detection], *, silent: bool = False) -> None:
        """With ``silent``, every detection is a candidate for every record."""
        super().__init__()
        conditions = [_condition(detection) for detection in detections]
        self.key_fields = KeyFields(
            clause.selector
            for condition in conditions
            if condition
            for clause in clauses(condition)
        )
        selectors = frozenset(self.key_fields.selectors)
        self._rows = [
            (
                _candidate(detection),
                _partial(condition, selectors) if condition and not silent else _undecided,
            )
            for detection, condition in zip(detections, conditions, strict=True)
        ]
        self.all_candidates: Candidates = tuple((candidate, False) for candidate, _ in self._rows)
        self._always = [self.key_fields.selectors.index(selector) for selector in ALWAYS]

    def __missing__(self, key: Key) -> Candidates:
        if len(self) >= MAX_CACHED_KEYS:
            self.clear()
        names = [key[index] for index in self._always]
        if all(name is msgspec.UNSET for name in names) or is_lambda_event_source(str(names[0])):
            self[key] = self.all_candidates  # an Insights event, or not a CloudTrail record
            return self.all_candidates
        record = self.key_fields.record(key)
        results = ((candidate, evaluate(record)) for candidate, evaluate in self._rows)
        self[key] = candidates = tuple(
            (candidate, bool(result)) for candidate, result in results if result is not False
        )
        return candidates


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
