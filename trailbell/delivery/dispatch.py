"""
Which detections a record can possibly fire, by a few of its members.

In:    detections; the values of those members.
Out:   the detections that the other members could still let fire.
Never: a detection left out in doubt. A clause about another member, or one whose outcome is
       uncertain, counts as open.

The answer is remembered for each combination of values, so that most records cost one look-up
and a detection on other event names costs nothing a record.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

import msgspec

from trailbell.delivery.members import ALWAYS, Key, Members
from trailbell.pattern import FilterPattern, Outcome, predicate
from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    Everything,
    Is,
    Json,
    Member,
    NotExists,
    Or,
    Selector,
    Space,
    Terms,
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
    A detection, its predicate over decoded records (`None` if it is about text), and the members
    at the top of a record that it asks for, in quotes.
    """

    detection: Detection
    predicate: predicate.Predicate | None
    names: tuple[bytes, ...] = ()

    def outcome(self, record: object, text: bytes) -> Outcome:
        """
        The reference decides, on the text, where the predicate does not: also when a member
        may be written twice, of which a decoded record has lost one.
        """
        pattern = self.detection.filter_pattern
        if self.predicate is not None and not pattern.doubts:
            outcome = self.predicate(record)
            if outcome != Outcome.UNCERTAIN and all(text.count(name) < 2 for name in self.names):
                return outcome
        return pattern.test(text.decode(errors="replace"))


_Open = Callable[[object], bool | None]
"""True or false where these members alone decide; `None` where they do not."""


class Dispatch(dict[Key, tuple[Candidate, ...]]):
    """``dispatch[key]``: the candidates. Forgets everything when it remembers too much."""

    def __init__(self, detections: Sequence[Detection], *, silent: bool = False) -> None:
        """With ``silent``, every detection is a candidate for every record."""
        super().__init__()
        conditions = [_condition(detection) for detection in detections]
        self.members = Members(
            selector for condition in conditions if condition for selector in _selectors(condition)
        )
        known = frozenset(self.members.selectors)
        self._rows = [
            (
                _candidate(detection),
                _open(condition, known) if condition and not silent else _always_open,
            )
            for detection, condition in zip(detections, conditions, strict=True)
        ]
        self.everything = tuple(candidate for candidate, _ in self._rows)
        self._names = [self.members.selectors.index(selector) for selector in ALWAYS]

    def __missing__(self, key: Key) -> tuple[Candidate, ...]:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        if all(key[place] is msgspec.UNSET for place in self._names):
            self[key] = self.everything  # an Insights event, or no CloudTrail record at all
            return self.everything
        record = self.members.record(key)
        self[key] = found = tuple(
            candidate for candidate, is_open in self._rows if is_open(record) is not False
        )
        return found


def _condition(detection: Detection) -> Condition | None:
    match detection.filter_pattern.tree:
        case Json(condition=condition):
            return condition
        case Everything() | Terms() | Space():
            return None
        case tree:
            assert_never(tree)


def _candidate(detection: Detection) -> Candidate:
    match detection.filter_pattern.tree:
        case Json(condition=condition) as tree:
            asked = {selector.steps[0] for selector in _selectors(condition)}
            names = sorted(f'"{step.name}"' for step in asked if isinstance(step, Member))
            return Candidate(detection, predicate.compile(tree), tuple(map(str.encode, names)))
        case Everything() as tree:
            return Candidate(detection, predicate.compile(tree))
        case Terms() | Space():
            return Candidate(detection, None)
        case tree:
            assert_never(tree)


def _selectors(condition: Condition) -> Iterator[Selector]:
    match condition:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _selectors(part)
        case Comparison() | Is() | NotExists():
            yield condition.selector
        case _:
            assert_never(condition)


def _always_open(_: object) -> None:
    return None


def _open(condition: Condition, known: frozenset[Selector]) -> _Open:
    match condition:
        case And(parts=parts):
            return _joined([_open(part, known) for part in parts], decisive=False)
        case Or(parts=parts):
            return _joined([_open(part, known) for part in parts], decisive=True)
        case Comparison() | Is() | NotExists():
            return _clause(condition) if condition.selector in known else _always_open
        case _:
            assert_never(condition)


def _clause(clause: Clause) -> _Open:
    holds = predicate.compile(Json(clause))

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
