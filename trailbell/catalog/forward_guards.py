"""
Guards: what a rule on the default bus excludes because another rule sends it.

In:    conditions of detections, and the calls that a rule is for.
Out:   the guard of a condition, that is, values that each event has which meets it; a condition
       without the events of guards.
Never: a guard that an event does not meet though it meets the condition: it would be lost.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress

from trailbell.catalog.event_calls import ANY, Call, calls_of, intersection
from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import (
    And,
    Comparison,
    Condition,
    IsLiteral,
    Literal,
    Member,
    NotExists,
    Operator,
    Or,
    Selector,
    Text,
)
from trailbell.pattern.printer import condition_text
from trailbell.pattern.record_schema import EVENT_SOURCE, REQUIRED_FIELDS, FieldType, field_schema

_READ_ONLY = Selector((Member("readOnly"),))
_READ = IsLiteral(_READ_ONLY, Literal.TRUE)
_NO_READ = Or((IsLiteral(_READ_ONLY, Literal.FALSE), NotExists(_READ_ONLY)))


def guard_of_changes(condition: Condition) -> Condition:
    """What each event meets that the condition matches and that is no read.

    Raises `UnsupportedError` if there is nothing that other rules can exclude.
    """
    return And((*_conjuncts(_guard(condition)), _NO_READ))


def without_events_of(condition: Condition, guards: Sequence[Condition]) -> Condition:
    """The condition, for events that match none of the guards."""
    excluded = [_negated(guard) for guard in guards]
    return And((condition, *excluded)) if excluded else condition


def guards_about(guards: Sequence[Condition], calls: Sequence[Call]) -> list[Condition]:
    """The guards without those for sources that none of the calls has, or that all of them have."""
    return [guard for guard in guards if _excludes_events_of(guard, calls)]


def _excludes_events_of(guard: Condition, calls: Collection[Call]) -> bool:
    """Whether a guard is about events of these calls."""
    match guard:
        case Comparison(selector, _, Text(own)) if selector == EVENT_SOURCE:
            sources = {source for source, _ in calls}
            return any(s != own and intersection((s, ANY), (own, ANY)) for s in sources)
        case And((Comparison(selector), *_)) if selector == EVENT_SOURCE:
            return any(intersection(own, call) for own in calls_of(guard) for call in calls)
        case _:
            return True


def without_reads(guard: Condition) -> Condition:
    """The guard, for rules that receive no reads: what is said of reads only makes them longer."""
    clauses = tuple(clause for clause in _conjuncts(guard) if clause != _NO_READ)
    return clauses[0] if len(clauses) == 1 else And(clauses)


def _guard(condition: Condition) -> Condition:
    """The values that every event must have which the condition matches, or one of several.

    Fields that every event has are enough: that another rule excludes them makes it a little longer
    only. Raises `UnsupportedError` if there are none that other rules can exclude.
    """
    parts = condition.parts if isinstance(condition, And) else (condition,)
    required = tuple(p for p in parts if isinstance(p, Comparison) and _requires_text(p))
    for part in parts:
        if not required and isinstance(part, Or):
            with suppress(UnsupportedError):
                return Or(tuple(map(_guard, part.parts)))
    if not required:
        reason = "no other rule can exclude the events of a detection that requires no text"
        raise UnsupportedError("EventBridge", condition_text(condition), reason)
    always = tuple(part for part in required if part.selector in REQUIRED_FIELDS)
    chosen = always or required
    return chosen[0] if len(chosen) == 1 else And(chosen)


def _requires_text(clause: Comparison) -> bool:
    schema = field_schema(clause.selector)
    is_text = schema is not None and schema.type is FieldType.TEXT and not schema.nullable
    match clause.operator, clause.value:
        case Operator.EQUAL, Text(text):
            return is_text and text != ANY
        case _:
            return False


def _conjuncts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, And) else (condition,)


def _negated(guard: Condition) -> Condition:
    """What the events of no guard meet. Events that services report have no type of identity."""
    alternatives: list[Condition] = []
    for clause in _conjuncts(guard):
        if clause == _NO_READ:
            alternatives.append(_READ)
            continue
        if isinstance(clause, Or):
            alternatives.append(And(tuple(map(_negated, clause.parts))))
            continue
        if not isinstance(clause, Comparison):
            raise AssertionError(clause)
        alternatives.append(Comparison(clause.selector, Operator.NOT_EQUAL, clause.value))
        if clause.selector != EVENT_SOURCE:
            alternatives.append(NotExists(clause.selector))
    return alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))
