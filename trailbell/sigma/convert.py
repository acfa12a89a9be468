"""
The condition of a rule as the condition of a filter pattern.

In:    the condition of a rule as pySigma reads it: fields that equal values, and, or, not.
Out:   a condition for the same records, and a sentence for each difference that remains.
Never: ``not`` around a condition, which filter patterns do not have. Each ``not`` is moved to the
       values, where it also matches records without the field.

Sigma compares everything as text, and without case. Where CloudTrail has one spelling, the pattern
has that. The types of fields are only known when it is known which events a part is about.
Therefore, a rule is converted twice: without types, to find the events, and with them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
)
from sigma.types import SigmaType

from trailbell.cloudtrail.field_types import BotocoreFieldTypes
from trailbell.pattern.ast import (
    Condition,
    Selector,
)
from trailbell.pattern.event_scope import ANY_EVENT, EventScope, scoped_clauses
from trailbell.pattern.field_types import Field
from trailbell.pattern.record_schema import EVENT_NAME, EVENT_SOURCE
from trailbell.sigma.comparison import comparison_of
from trailbell.sigma.glob import AS_WRITTEN, Style
from trailbell.sigma.joining import all_without_copies, any_without_copies
from trailbell.sigma.names import selector_of
from trailbell.sigma.places import Context
from trailbell.sigma.refused import LeftOutError, RefusedError

FieldTest = ConditionFieldEqualsValueExpression


@dataclass(frozen=True)
class Conversion:
    """
    A condition, and what it does differently from the rule.

    ``notes`` are sentences. ``case`` are the fields that the rule compares without case, and the
    condition with it, ``members`` the objects whose members are compared. ``left_out`` are the
    fields whose exclusion no filter pattern can express, with the reason as a clause.
    """

    condition: Condition
    notes: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


def convert(roots: Sequence[Any], style: Style = AS_WRITTEN) -> Conversion:
    """Convert the conditions of a rule, of which one is enough. Raises `RefusedError`."""
    untyped = _Converter(style, {})
    typed = _Converter(style, _contexts(untyped.convert_all(roots)))
    condition = typed.convert_all(roots)
    return Conversion(
        condition,
        tuple(typed.notes),
        tuple(typed.case),
        tuple(typed.members),
        tuple(typed.left_out.items()),
    )


def _contexts(condition: Condition) -> Mapping[Selector, Context]:
    """What is known of each field in the events in which the condition compares it."""
    scopes: dict[Selector, list[EventScope]] = {}
    for clause, scope in scoped_clauses(condition):
        scopes.setdefault(clause.selector, []).append(scope)
    known = BotocoreFieldTypes()
    contexts = {}
    for selector, several in scopes.items():
        types: set[Field | None] = {known.field(selector, scope) for scope in several}
        events = dict.fromkeys(event for scope in several for event in scope.events)
        if selector in (EVENT_NAME, EVENT_SOURCE):
            events = dict.fromkeys(event for s in scopes.values() for x in s for event in x.events)
        type_ = types.pop() if len(types) == 1 else None
        contexts[selector] = Context(EventScope(tuple(events)), type_)
    return contexts


@dataclass
class _Converter:
    style: Style
    contexts: Mapping[Selector, Context]
    notes: dict[str, None] = field(default_factory=dict)
    case: dict[str, None] = field(default_factory=dict)
    members: dict[str, None] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def convert_all(self, roots: Sequence[Any]) -> Condition:
        condition = _any([self._convert(root, negated=False) for root in roots])
        if condition is True:
            raise RefusedError("every record meets the condition", "write what a record must have")
        if condition is False:
            reasons = " ".join(self.notes).rstrip(".")
            raise RefusedError(
                f"no record can meet the condition. {reasons}",
                "correct the values; for a call that succeeds, errorCode is null",
            )
        return condition

    def _convert(self, node: Any, *, negated: bool) -> Condition | bool:
        """The condition of a part; true or false if it is that for every record."""
        match node:
            case ConditionNOT(args=[inner]):
                return self._convert(inner, negated=not negated)
            case ConditionAND(args=args) | ConditionOR(args=args):
                parts = [self._convert(inner, negated=negated) for inner in args]
                is_all = isinstance(node, ConditionAND) is not negated
                return _all(parts) if is_all else _any(parts)
            case FieldTest(field=name, value=value):
                try:
                    return self._compare(name, value, negated=negated)
                except RefusedError as error:
                    error.field = name
                    raise
            case _:
                raise RefusedError(
                    "a filter pattern compares fields, and cannot search records for keywords",
                    'name the field, like "requestParameters.policyDocument|contains"',
                )

    def _compare(self, name: str, value: SigmaType, *, negated: bool) -> Condition | bool:
        selector = selector_of(name)
        context = self.contexts.get(selector, Context(ANY_EVENT, None))
        try:
            comparison = comparison_of(selector, value, context, self.style)
            condition = comparison.condition(negated=negated)
        except LeftOutError as error:
            if not negated:
                raise
            self.left_out[name] = error.problem
            return True
        self.notes |= dict.fromkeys(comparison.notes)
        if isinstance(condition, bool):
            return condition
        if comparison.case:
            self.case[comparison.case] = None
        if comparison.members:
            self.members[name] = None
        return condition


def _any(parts: Sequence[Condition | bool]) -> Condition | bool:
    possible = [part for part in parts if not isinstance(part, bool)]
    if True in parts or not possible:
        return True in parts
    return any_without_copies(possible)


def _all(parts: Sequence[Condition | bool]) -> Condition | bool:
    needed = [part for part in parts if not isinstance(part, bool)]
    if False in parts or not needed:
        return False not in parts
    return all_without_copies(needed)
