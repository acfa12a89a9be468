"""
The parts of a condition that events of some API calls can meet, by the fields that they have.

In:    a condition, and calls.
Out:   the condition without alternatives that require a field which no such call has.
Never: less than such an event can meet. A field of which nothing is known counts as possible.
"""

from collections.abc import Sequence

from trailbell.catalog.event_calls import ANY, Call
from trailbell.lazy_import import lazy_import
from trailbell.pattern.ast import And, Clause, Comparison, Condition, IsLiteral, Operator, Or
from trailbell.pattern.event_scope import EventScope
from trailbell.pattern.lint import OperationFields


def possible_part(condition: Condition, calls: Sequence[Call]) -> Condition | None:
    """What events of the calls can meet of a condition; `None` if they cannot meet it."""
    fields = lazy_import("trailbell.cloudtrail.field_types").BotocoreFieldTypes()
    scope = EventScope(
        tuple((None if s == ANY else s, None if name == ANY else name) for s, name in calls)
    )
    return _possible(condition, scope, fields)


def _possible(condition: Condition, scope: EventScope, fields: OperationFields) -> Condition | None:
    match condition:
        case Or(parts):
            possible = tuple(p for part in parts if (p := _possible(part, scope, fields)))
            return possible[0] if len(possible) == 1 else Or(possible) if possible else None
        case And(parts):
            required = tuple(_possible(part, scope, fields) for part in parts)
            return None if None in required else And(tuple(filter(None, required)))
        case _:
            return None if _is_impossible(condition, scope, fields) else condition


def _is_impossible(clause: Clause, scope: EventScope, fields: OperationFields) -> bool:
    """Whether a clause needs a field that no event of the scope has."""
    match clause:
        case Comparison(selector, operator) if operator is not Operator.NOT_EQUAL:
            return fields.impossible_field(selector, scope) is not None
        case IsLiteral(selector):
            return fields.impossible_field(selector, scope) is not None
        case _:
            return False
