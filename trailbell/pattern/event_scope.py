"""
The events that a part of a condition is about: their services and names.

In:    a condition, and the conditions that must be true together with a part.
Out:   `EventScope`: the pairs of eventSource and eventName that an event can have there.
Never: too few pairs. What does not compare one of the two fields with a text does not restrict
       the scope. A scope without a pair is one that no event can have.

>>> from trailbell.pattern import parse
>>> condition = parse('{ ($.eventSource = "a") && (($.eventName = "B*") || ($.eventName = "C")) }')
>>> ANY_EVENT.narrowed(condition.tree.condition).events
(('a', 'B*'), ('a', 'C'))
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from trailbell.pattern.ast import And, Clause, Comparison, Condition, Operator, Or, Text
from trailbell.pattern.record_schema import EVENT_NAME, EVENT_SOURCE

EventNames = tuple[str | None, str | None]
"""An eventSource and an eventName, which can contain stars. `None`: any."""

_ANY: EventNames = (None, None)
_MAX_EVENTS = 500
"""Pairs of a scope. A pattern of CloudWatch Logs has less than a hundred."""


@dataclass(frozen=True, slots=True)
class EventScope:
    """
    An event of the scope has the source and name of one pair of ``events``.

    ``excluded`` are pairs of which an event has neither the source nor the name.
    """

    events: tuple[EventNames, ...] = (_ANY,)
    excluded: tuple[EventNames, ...] = ()

    def narrowed(self, *conditions: Condition) -> "EventScope":
        """The scope of events that also meet the conditions."""
        parts = [part for condition in conditions for part in _parts(condition)]
        events = self.events
        for part in parts:
            events = _conjunction(events, _events(part))
        excluded = tuple(dict.fromkeys((*self.excluded, *(e for p in parts for e in _unequal(p)))))
        possible = (pair for pair in events if not any(_is_in(pair, e) for e in excluded))
        return EventScope(tuple(possible), excluded)


ANY_EVENT = EventScope()


def scoped_clauses(
    condition: Condition, scope: EventScope = ANY_EVENT
) -> Iterator[tuple[Clause, EventScope]]:
    """Every clause of a condition, each with the events for which it matters."""
    match condition:
        case Or(parts):
            for part in parts:
                yield from scoped_clauses(part, scope)
        case And(parts):
            for part, inner in zip(parts, scopes_of_parts(parts, scope), strict=True):
                yield from scoped_clauses(part, inner)
        case _:
            yield condition, scope


def scopes_of_parts(parts: tuple[Condition, ...], scope: EventScope) -> Iterator[EventScope]:
    """The scope of each part of ``&&``, which all the others narrow."""
    for index in range(len(parts)):
        yield scope.narrowed(*parts[:index], *parts[index + 1 :])


def _parts(condition: Condition) -> Iterator[Condition]:
    """The conditions of ``&&`` in ``&&``."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _unequal(condition: Condition) -> Iterator[EventNames]:
    """The source or name that a condition with ``!=`` excludes."""
    match condition:
        case Comparison(selector, Operator.NOT_EQUAL, Text(text)) if selector == EVENT_SOURCE:
            yield text, None
        case Comparison(selector, Operator.NOT_EQUAL, Text(text)) if selector == EVENT_NAME:
            yield None, text
        case _:
            pass


def _is_in(event: EventNames, excluded: EventNames) -> bool:
    """Whether each event of a pair has the excluded source or name."""
    return any(
        pattern is not None and text is not None and matches_stars(pattern, text)
        for text, pattern in zip(event, excluded, strict=True)
    )


@cache
def _events(condition: Condition) -> tuple[EventNames, ...]:
    match condition:
        case Comparison(selector, Operator.EQUAL, Text(text)) if selector == EVENT_SOURCE:
            return ((text, None),)
        case Comparison(selector, Operator.EQUAL, Text(text)) if selector == EVENT_NAME:
            return ((None, text),)
        case Or(parts):
            return _distinct(pair for part in parts for pair in _events(part))
        case And():
            return ANY_EVENT.narrowed(*condition.parts).events
        case _:
            return (_ANY,)


def _conjunction(
    left: tuple[EventNames, ...], right: tuple[EventNames, ...]
) -> tuple[EventNames, ...]:
    if len(left) * len(right) > _MAX_EVENTS:
        return left
    return _distinct(
        (source, name)
        for first in left
        for second in right
        for source in _common(first[0], second[0])
        for name in _common(first[1], second[1])
    )


def _distinct(pairs: Iterable[EventNames]) -> tuple[EventNames, ...]:
    distinct = tuple(dict.fromkeys(pairs))
    return (_ANY,) if _ANY in distinct else distinct


def _common(left: str | None, right: str | None) -> Iterator[str | None]:
    """A text for what both match; none if they exclude each other."""
    if left is None or right is None:
        yield right if left is None else left
    elif matches_stars(right, left):
        yield left
    elif matches_stars(left, right):
        yield right
    elif "*" in left and "*" in right:
        yield left


def matches_stars(pattern: str, text: str) -> bool:
    """Whether a text with stars matches another one.

    >>> matches_stars("Delete*", "DeleteTrail"), matches_stars("Delete*", "*")
    (True, False)
    """
    if "*" not in pattern:  # almost always
        return pattern == text
    expression = ".*".join(map(re.escape, pattern.split("*")))
    return re.fullmatch(expression, text, re.DOTALL) is not None
