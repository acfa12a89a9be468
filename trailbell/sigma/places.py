"""
Where the values of a field are: in the field, in elements of lists, in members of an object.

In:    the selector of a field, and its type in the events in which it is compared.
Out:   selectors of the values.
Never: two wildcards in a selector, which CloudWatch Logs does not have.
"""

from dataclasses import dataclass

from trailbell.pattern.array_elements import Selected, corrected, selected
from trailbell.pattern.ast import AnyElement, AnyMember, Index, Selector
from trailbell.pattern.event_scope import EventScope
from trailbell.pattern.field_types import Field
from trailbell.pattern.record_schema import FieldType


@dataclass(frozen=True)
class Context:
    """The events in which a field is compared, and its type, if it is known."""

    scope: EventScope
    field: Field | None

    @property
    def type(self) -> FieldType | None:
        return self.field.type if self.field else None


def places_of(selector: Selector, context: Context) -> tuple[tuple[Selector, ...], bool]:
    """The selectors of the values of a field, and whether they are members of an object."""
    if context.type is FieldType.OBJECT:
        return (Selector((*selector.steps, AnyMember())),), True
    if context.field is None or selected(selector, context.field) is Selected.VALUES:
        return (selector,), False
    meant = corrected(selector, context.field)
    lists = [
        position
        for position, step in enumerate(meant.steps)
        if isinstance(step, AnyElement | Index)
    ]
    return tuple(_searching(meant, position, lists) for position in lists) or (selector,), False


def _searching(selector: Selector, free: int, lists: list[int]) -> Selector:
    """The selector that searches one list, and has the first element of the others."""
    steps = [
        (AnyElement() if position == free else Index(0)) if position in lists else step
        for position, step in enumerate(selector.steps)
    ]
    return Selector(tuple(steps))
