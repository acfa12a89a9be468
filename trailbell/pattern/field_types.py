"""
The types of fields in the events that a clause is about.

In:    a selector, and the events in which it is evaluated.
Out:   `Field`, or `None` if the type of the field is not known.
Never: a type that a record can contradict: targets leave out what types exclude. This module only
       knows fields that all services share. `trailbell.cloudtrail.field_types` knows parameters,
       which depend on the API operation.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from trailbell.pattern.ast import AnyElement, Index, Member, Selector
from trailbell.pattern.event_scope import EventScope
from trailbell.pattern.record_schema import FieldType, field_path, field_schema


class Repetition(StrEnum):
    """Whether a member has one value or an array of values."""

    NEVER = "one value"
    ALWAYS = "an array"
    IF_SEVERAL = "one value, or an array of several"
    SINGLE = "one value, or an array of one value"


@dataclass(frozen=True, slots=True)
class Field:
    """
    The values of a field.

    ``type`` is that of one value, ``repetitions`` say which members on the path have arrays of
    them (none, if there are fewer). ``nullable`` is `None` if a value of null was neither seen nor
    excluded. ``inferred``: text that reads as a number or boolean is recorded as one. ``always``
    is a path to a member that every object of the field has.
    """

    type: FieldType
    nullable: bool | None = False
    inferred: bool = False
    always: tuple[str, ...] = ()
    repetitions: tuple[Repetition, ...] = ()


class FieldTypes(Protocol):
    """The types of fields, such as `trailbell.cloudtrail.field_types` provides."""

    def field(self, selector: Selector, scope: EventScope) -> Field | None:
        """The type of a field in the events of the scope; `None` if it is not known."""
        ...


PARAMETERS = frozenset(("requestParameters", "responseElements"))
"""The members with fields that depend on the API operation."""

# In each of 839 public records that have a sessionContext.
_ALWAYS_IN_SESSION_CONTEXT = ("attributes", "creationDate")
_ALWAYS = {
    "userIdentity.sessionContext": _ALWAYS_IN_SESSION_CONTEXT,
    "userIdentity.sessionContext.attributes": _ALWAYS_IN_SESSION_CONTEXT[1:],
}


class RecordFieldTypes:
    """`FieldTypes` of the fields that have one type in the events of all services."""

    def field(self, selector: Selector, scope: EventScope) -> Field | None:
        """The type that AWS documents, in any event."""
        del scope
        schema = field_schema(selector)
        if schema is None:
            return None
        first, *others = selector.steps
        parameter = bool(others) and isinstance(first, Member) and first.name in PARAMETERS
        return Field(
            schema.type,
            nullable=schema.nullable or (None if parameter else False),
            always=_ALWAYS.get(field_path(selector) or "", ()),
            repetitions=_repetitions(selector),
        )


def _repetitions(selector: Selector) -> tuple[Repetition, ...]:
    return tuple(
        Repetition.ALWAYS if elements else Repetition.NEVER for _, elements in members_of(selector)
    )


Elements = tuple[Index | AnyElement, ...]
Members = tuple[tuple[str, Elements], ...]
"""The members of a selector, each with the steps into an array that follow it."""


def members_of(selector: Selector) -> Members:
    """The members of a selector, each with the steps into an array that follow it.

    Empty for a selector that begins with another step, or has a wildcard for members.
    """
    members: list[tuple[str, Elements]] = []
    for step in selector.steps:
        match step:
            case Member(name):
                members.append((name, ()))
            case Index() | AnyElement() if members:
                name, elements = members[-1]
                members[-1] = (name, (*elements, step))
            case _:
                return ()
    return tuple(members)
