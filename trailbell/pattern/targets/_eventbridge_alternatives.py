"""
A condition as alternatives, each with a list of matchers for each field.

In:    a condition, and the types of fields.
Out:   alternatives that together match what the condition matches; the clauses for which they
       match more.
Never: two fields in an array at once. An event pattern requires that one element meets all that
       is said of an array, and a filter pattern does not.

Alternatives that differ in one field only are merged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.array_elements import (
    Path,
    Selected,
    array_members,
    has_arrays,
    select_all,
    selected,
)
from trailbell.pattern.ast import (
    And,
    AnyElement,
    Clause,
    Comparison,
    Condition,
    Index,
    IsLiteral,
    NotExists,
    Or,
    Text,
)
from trailbell.pattern.event_scope import ANY_EVENT, EventScope, scoped_clauses, scopes_of_parts
from trailbell.pattern.field_types import Field, FieldTypes
from trailbell.pattern.printer import condition_text
from trailbell.pattern.targets._eventbridge_clauses import matchers, member_path
from trailbell.pattern.targets._eventbridge_matchers import NAME, Matcher, intersect

Alternative = Mapping[Path, tuple[Matcher, ...]]
"""Field (``("userIdentity", "type")``) -> matchers, of which one must match. All fields must."""

MAX_COMBINATIONS = 1000
"""The maximum number of alternatives that ``$or`` may expand to."""


@dataclass(frozen=True, slots=True)
class _Context:
    """The types of fields, the arrays of which clauses mean different elements, and the events."""

    types: FieldTypes
    arrays: frozenset[Path]
    scope: EventScope = ANY_EVENT


def alternatives_of(condition: Condition, types: FieldTypes) -> list[Alternative]:
    """The alternatives of a condition. No alternative never matches; an empty one always does.

    If there are more than `MAX_COMBINATIONS`, not all are returned. Raises `UnsupportedError`.
    """
    return _alternatives(condition, _Context(types, _arrays(condition, types)))


def _arrays(condition: Condition, types: FieldTypes) -> frozenset[Path]:
    """All arrays, except for those of which all clauses mean one element, such as ``[0]``."""
    steps: dict[Path, set[tuple[Index | AnyElement, ...]]] = {}
    for clause, scope in scoped_clauses(condition):
        field = types.field(clause.selector, scope)
        if field is not None:
            for path, elements in array_members(clause.selector, field).items():
                steps.setdefault(path, set()).add(elements)
    return frozenset(
        path
        for path, spellings in steps.items()
        if len(spellings) > 1 or not all(isinstance(step, Index) for step in next(iter(spellings)))
    )


def _alternatives(tree: Condition, context: _Context) -> list[Alternative]:
    if not context.scope.events:
        return []  # what else must be true excludes every event
    match tree:
        case Or(parts=parts):
            return _merged([one for part in parts for one in _alternatives(part, context)])
        case And(parts=parts):
            alternatives: list[Alternative] = [{}]
            scopes = scopes_of_parts(parts, context.scope)
            for part, scope in zip(parts, scopes, strict=True):
                others = _alternatives(part, replace(context, scope=scope))
                alternatives = _merged(_conjunction(alternatives, others, tree, context.arrays))
                if len(alternatives) > MAX_COMBINATIONS:
                    return alternatives
            return alternatives
        case Comparison() | IsLiteral() | NotExists():
            return _of_clause(tree, context)
        case _:
            assert_never(tree)


def _of_clause(clause: Clause, context: _Context) -> list[Alternative]:
    field = context.types.field(clause.selector, context.scope)
    if field is None:
        reason = "the type of the field is not known, and EventBridge treats arrays differently"
        raise UnsupportedError(NAME, condition_text(clause), reason)
    alternatives = matchers(clause, field)
    return [{member_path(clause, field): alternatives}] if alternatives else []


def _conjunction(
    left: list[Alternative], right: list[Alternative], whole: Condition, arrays: frozenset[Path]
) -> list[Alternative]:
    pairs = (_combined(first, second, whole, arrays) for first in left for second in right)
    return [alternative for alternative in pairs if alternative is not None]


def _combined(
    left: Alternative, right: Alternative, whole: Condition, arrays: frozenset[Path]
) -> Alternative | None:
    """The alternative that meets both; `None` if they contradict each other."""
    merged = dict(left)
    for member, required in right.items():
        if member in merged and merged[member] != required:
            _check_elements([member, member], whole, arrays)
            required = intersect(merged[member], required, condition_text(whole))
            if not required:
                return None
        merged[member] = required
    _check_elements(sorted(merged), whole, arrays)
    if any(inner[: len(outer)] == outer for outer, inner in pairwise(sorted(merged))):
        reason = "an event pattern cannot match a field and a field inside it at once"
        raise UnsupportedError(NAME, condition_text(whole), reason)
    return merged


def _check_elements(members: list[Path], whole: Condition, arrays: frozenset[Path]) -> None:
    """Raise an error for two conditions that different elements of an array may meet."""
    if any(sum(member[: len(path)] == path for member in members) > 1 for path in arrays):
        reason = "an event pattern cannot require that one array element meets two conditions"
        raise UnsupportedError(NAME, condition_text(whole), reason)


def _merged(alternatives: list[Alternative]) -> list[Alternative]:
    """Merge alternatives that differ in the matchers of one field; remove implied ones."""
    kept: list[Alternative] = []
    for alternative in alternatives:
        for index, previous in enumerate(kept):
            merged = _as_one(previous, alternative)
            if merged is not None:
                kept[index] = merged
                break
        else:
            kept.append(alternative)
    return kept if len(kept) == len(alternatives) else _merged(kept)


def _as_one(left: Alternative, right: Alternative) -> Alternative | None:
    if left.items() <= right.items():
        return left
    if right.items() <= left.items():
        return right
    if left.keys() != right.keys():
        return None
    differing = [member for member, required in left.items() if right[member] != required]
    if len(differing) != 1:
        return None
    member = differing[0]
    return {**left, member: tuple(dict.fromkeys(left[member] + right[member]))}


# ----------------------------------------------------------------------------------- what is more


def broader_clauses(condition: Condition, types: FieldTypes) -> Iterator[Clause]:
    """The clauses about some elements of an array, for which alternatives match any element.

    The alternatives of ``||`` count together: ``$.a`` and ``$.a[*]`` may be all values of a field.
    """
    yield from _broader(condition, types, ANY_EVENT)


def _broader(condition: Condition, types: FieldTypes, scope: EventScope) -> Iterator[Clause]:
    match condition:
        case Or(parts=parts):
            clauses = [part for part in parts if not isinstance(part, And | Or)]
            yield from _broader_of(clauses, types, scope)
            for part in parts:
                if isinstance(part, And | Or):
                    yield from _broader(part, types, scope)
        case And(parts=parts):
            for part, inner in zip(parts, scopes_of_parts(parts, scope), strict=True):
                yield from _broader(part, types, inner)
        case _:
            yield from _broader_of([condition], types, scope)


def _broader_of(clauses: list[Clause], types: FieldTypes, scope: EventScope) -> Iterator[Clause]:
    """The clauses of those that do not select all values of their field together."""
    groups: dict[tuple[Field, object], list[Clause]] = {}
    for clause in clauses:
        field = types.field(clause.selector, scope)
        if field is None or isinstance(clause, NotExists) or not has_arrays(field):
            continue
        if selected(clause.selector, field) is Selected.VALUES:
            key = (field, _requirement(clause, member_path(clause, field)))
            groups.setdefault(key, []).append(clause)
    for (field, _), group in groups.items():
        selectors = [clause.selector for clause in group]
        if not select_all(selectors, field, first_is_enough=_is_presence(group[0])):
            yield from group


def _requirement(clause: Clause, path: Path) -> tuple[object, ...]:
    """What a clause requires, without its place in an array."""
    match clause:
        case Comparison(operator=operator, value=value):
            return (path, operator, value)
        case IsLiteral(literal=literal):
            return (path, literal)
        case NotExists():
            return (path,)
        case _:
            assert_never(clause)


def _is_presence(clause: Clause) -> bool:
    match clause:
        case Comparison(value=Text(text=text)):
            return bool(text) and not text.strip("*")
        case _:
            return False
