"""
Which detections a record can possibly fire, by a few of its members.

In:    detections; the values of those members.
Out:   the detections that the other members could still let fire.
Never: a detection left out in doubt. A clause about another member, or one whose outcome is
       uncertain, counts as open.

The answer is remembered for each combination of values, so that most records cost one look-up
and a detection on other event names costs nothing a record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

import msgspec

from trailbell.cloudtrail.decode import UNREADABLE
from trailbell.cloudtrail.key_fields import ALWAYS, Key, KeyFields, TopLevelFields
from trailbell.cloudtrail.other_formats import is_of_lambda
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

MOST_REMEMBERED = 1 << 16


class Detection(Protocol):
    """What is scanned for."""

    @property
    def id(self) -> str: ...

    @property
    def filter_pattern(self) -> FilterPattern: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A detection that a record may fire.

    `top` decodes the members at the top of a record that its pattern asks for, and holds its
    predicate over them; it is `None` for a pattern about text.
    """

    detection: Detection
    top: "TopLevelPredicate | None"

    def outcome(self, text: bytes, *, decided: bool = False) -> Outcome:
        """
        What the pattern says of a record. ``decided``: it is known to match, if it is sound.

        The reference decides, on the text, where the predicate does not.
        """
        pattern = self.detection.filter_pattern
        if self.top is not None and not pattern.ambiguities and self.top.is_sound(text):
            outcome = Outcome.MATCH if decided else self.top.outcome(text)
            if outcome.name != "UNCERTAIN":  # comparing outcomes calls back into Python
                return outcome
        return pattern.test(text.decode(errors="replace"))


class TopLevelPredicate:
    """A predicate, and as much of a record as it looks at: a tenth of the time of all of it."""

    def __init__(self, tree: JsonPattern) -> None:
        asked = {clause.selector.steps[0] for clause in clauses(tree.condition)}
        self._members = TopLevelFields(step.name for step in asked if isinstance(step, Member))
        self._holds = predicate.compile(tree)

    def is_sound(self, text: bytes) -> bool:
        """No member is written twice; a decoded record would have lost one."""
        return all(text.count(name) < 2 for name in self._members.quoted)

    def outcome(self, text: bytes) -> Outcome:
        try:
            return self._holds(self._members.record(text))
        except (*UNREADABLE, RecursionError):
            return Outcome.UNCERTAIN


_Open = Callable[[object], bool | None]
"""True or false where these members alone decide; `None` where they do not."""


Candidates = tuple[tuple[Candidate, bool], ...]
"""Each with whether it is decided already: the members that were looked at let it fire."""


class Prefilter(dict[Key, Candidates]):
    """``dispatch[key]``: the candidates. Forgets everything when it remembers too much."""

    def __init__(self, detections: Sequence[Detection], *, silent: bool = False) -> None:
        """With ``silent``, every detection is a candidate for every record."""
        super().__init__()
        conditions = [_condition(detection) for detection in detections]
        self.members = KeyFields(
            clause.selector
            for condition in conditions
            if condition
            for clause in clauses(condition)
        )
        known = frozenset(self.members.selectors)
        self._rows = [
            (
                _candidate(detection),
                _open(condition, known) if condition and not silent else _always_open,
            )
            for detection, condition in zip(detections, conditions, strict=True)
        ]
        self.everything: Candidates = tuple((candidate, False) for candidate, _ in self._rows)
        self._names = [self.members.selectors.index(selector) for selector in ALWAYS]

    def __missing__(self, key: Key) -> Candidates:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        names = [key[place] for place in self._names]
        if all(name is msgspec.UNSET for name in names) or is_of_lambda(str(names[0])):
            self[key] = self.everything  # an Insights event, or no CloudTrail record at all
            return self.everything
        record = self.members.record(key)
        held = ((candidate, is_open(record)) for candidate, is_open in self._rows)
        self[key] = found = tuple((one, bool(fires)) for one, fires in held if fires is not False)
        return found


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


def _always_open(_: object) -> None:
    return None


def _open(condition: Condition, known: frozenset[Selector]) -> _Open:
    match condition:
        case And(parts=parts):
            return _joined([_open(part, known) for part in parts], decisive=False)
        case Or(parts=parts):
            return _joined([_open(part, known) for part in parts], decisive=True)
        case Comparison() | IsLiteral() | NotExists():
            return _clause(condition) if condition.selector in known else _always_open
        case _:
            assert_never(condition)


def _clause(clause: Clause) -> _Open:
    holds = predicate.compile(JsonPattern(clause))

    def is_open(record: object) -> bool | None:
        outcome = holds(record)
        return None if outcome == Outcome.UNCERTAIN else outcome == Outcome.MATCH

    return is_open


def _joined(parts: Sequence[_Open], *, decisive: bool) -> _Open:
    def is_open(record: object) -> bool | None:
        some_open = False
        for part in parts:
            held = part(record)
            if held is decisive:
                return decisive
            some_open = some_open or held is None
        return None if some_open else not decisive

    return is_open
