"""
Conditions joined by and, or by or, in a form that is as short as possible.

In:    conditions.
Out:   one condition for the same records.
Never: two guards or two regular expressions for one field where one is enough: a filter pattern
       has 1,024 characters, and two regular expressions.

A guard is an alternative for records that do not have the field, because ``!=`` is false for them:
https://github.com/DataBiosphere/azul/issues/5884
"""

from collections.abc import Iterable

from trailbell.pattern import all_of, any_of
from trailbell.pattern.ast import (
    And,
    Comparison,
    Condition,
    IsLiteral,
    Literal,
    NotExists,
    Operator,
    Or,
    Regex,
    Selector,
)


def any_without_copies(conditions: Iterable[Condition]) -> Condition:
    """Any of one or more conditions."""
    flat = [
        part for each in conditions for part in (each.parts if isinstance(each, Or) else [each])
    ]
    return any_of(*dict.fromkeys(_merged(flat, Operator.EQUAL)))


def all_without_copies(conditions: Iterable[Condition]) -> Condition:
    """All of one or more conditions."""
    flat = [
        part for each in conditions for part in (each.parts if isinstance(each, And) else [each])
    ]
    return all_of(*dict.fromkeys(_merged(_joined(flat), Operator.NOT_EQUAL)))


def absent_or(selector: Selector, *conditions: Condition) -> Condition:
    """There is no value, or it is null, or one of the conditions is met."""
    return any_of(NotExists(selector), IsLiteral(selector, Literal.NULL), *conditions)


def _merged(conditions: Iterable[Condition], operator: Operator) -> list[Condition]:
    """The conditions with one regular expression for each field."""
    merged: list[Condition] = []
    positions: dict[Selector, int] = {}
    for condition in conditions:
        match condition:
            case Comparison(selector, compared, Regex(source)) if compared is operator:
                position = positions.setdefault(selector, len(merged))
                match merged[position:]:
                    case [Comparison(_, _, Regex(earlier)), *_] if earlier != source:
                        regex = Regex(f"{earlier}|{source}")
                        merged[position] = Comparison(selector, operator, regex)
                    case []:
                        merged.append(condition)
                    case _:
                        pass
            case _:
                merged.append(condition)
    return merged


def _joined(conditions: Iterable[Condition]) -> list[Condition]:
    """The conditions with one guard for each field: ``absent || (a && b)``."""
    joined: list[Condition] = []
    positions: dict[Selector, int] = {}
    for condition in conditions:
        guarded = _guarded(condition)
        if not guarded:
            joined.append(condition)
            continue
        selector, inner = guarded
        position = positions.setdefault(selector, len(joined))
        earlier = _guarded(joined[position]) if position < len(joined) else None
        if earlier:
            joined[position] = absent_or(selector, all_without_copies((earlier[1], inner)))
        else:
            joined.append(condition)
    return joined


def _guarded(condition: Condition) -> tuple[Selector, Condition] | None:
    """The field and the rest of a condition with a guard."""
    match condition:
        case Or((NotExists(selector), IsLiteral(other, Literal.NULL), first, *rest)) if (
            selector == other
        ):
            return selector, any_of(first, *rest)
        case _:
            return None
