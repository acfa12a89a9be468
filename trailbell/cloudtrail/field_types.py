"""
The types of the fields that depend on the API operation, from the service models in botocore.

In:    a selector, and the events in which it is evaluated.
Out:   `trailbell.pattern.field_types.Field`; or `ImpossibleField` if no such event has the field.
Never: a type on which the operations of the events do not agree, or an impossible field of events
       that are not known to be API calls.

A model is read on first use of its service, see `trailbell.cloudtrail.event_names`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.cloudtrail.nearest_field import nearest_field
from trailbell.cloudtrail.operations import Operation, operations_by_event_name
from trailbell.cloudtrail.places import is_inferred, type_at, values_at
from trailbell.cloudtrail.record_path import follow
from trailbell.cloudtrail.spellings import is_s3
from trailbell.pattern.ast import Selector
from trailbell.pattern.event_scope import EventNames, EventScope, matches_stars
from trailbell.pattern.field_types import (
    PARAMETERS,
    Field,
    Members,
    RecordFieldTypes,
    Repetition,
    members_of,
)


@dataclass(frozen=True, slots=True)
class ImpossibleField:
    """
    A field that no event of a scope has.

    ``operation`` is ``DeleteStack of cloudformation.amazonaws.com``; ``nearest`` is the selector of
    the most similar field, or empty.
    """

    operation: str
    nearest: str


class BotocoreFieldTypes:
    """`trailbell.pattern.field_types.FieldTypes`, implemented with the service models."""

    def field(self, selector: Selector, scope: EventScope) -> Field | None:
        """The type that the field has in all events of the scope that have it, if it is known.

        If none of them has it, it is the type that it has in other events of the services.
        """
        answers = _answers(selector, scope.events)
        if answers and all(isinstance(it, _Missing) and not it.may_have_it for it in answers):
            sources = dict.fromkeys(source for source, _ in scope.events)
            answers = _answers(selector, tuple((source, None) for source in sources))
        fields = [answer for answer in answers if not isinstance(answer, _Missing)]
        return fields[0] if len(fields) == 1 else _RECORD.field(selector, scope)

    def impossible_field(self, selector: Selector, scope: EventScope) -> ImpossibleField | None:
        """The reason why no event of the scope has the field; `None` if one may have it."""
        answers = _answers(selector, scope.events)
        missing = [answer for answer in answers if isinstance(answer, _Missing)]
        if not missing or len(missing) < len(answers) or _OTHER_EVENT in missing:
            return None
        members = members_of(selector)
        nearest = [nearest_field(it.operation, members, source=it.source) for it in missing]
        if not all(near or not it.is_open for it, near in zip(missing, nearest, strict=True)):
            return None
        first = missing[0]
        return ImpossibleField(f"{first.event} of {first.source}", next(filter(None, nearest), ""))

    def meant_value(self, selector: Selector, scope: EventScope, text: str) -> str:
        """The value that was meant by a text in other letters; empty if there is none.

        The models must list the values of the parameter for all events of the scope.
        """
        members = members_of(selector)
        if len(members) < 2 or members[0] != ("requestParameters", ()):
            return ""
        values: set[str] = set()
        for source, name in scope.events:
            paths = [follow(operation, members) for operation in _operations(source, name)]
            found = [values_at(path.places[-1]) if path.is_complete else () for path in paths]
            if not found or not all(found) or not _are_all(source, name):
                return ""
            values.update(*found)
        by_form = {value.casefold(): value for value in values}
        return "" if text in values else by_form.get(text.casefold(), "")


@dataclass(frozen=True, slots=True)
class _Missing:
    """An operation that does not have a field. If it is open, it may have it all the same."""

    source: str
    event: str
    operation: Operation
    is_open: bool

    @property
    def may_have_it(self) -> bool:
        """Whether it is not even known how its records spell the field."""
        return self.is_open and not is_s3(self.operation)


_RECORD = RecordFieldTypes()
_OTHER_EVENT = _Missing("", "", Operation("", ""), is_open=True)
"""An event that is no API call, or of a service without a model: it may have any field."""


@cache
def _answers(
    selector: Selector, events: tuple[EventNames, ...]
) -> tuple[Field | _Missing | None, ...]:
    """What is known of a field in these events. None: it has no certain type."""
    members = members_of(selector)
    if len(members) < 2 or members[0][0] not in PARAMETERS or members[0][1]:
        return ()
    answers: dict[Field | _Missing | None, None] = {}
    for source, name in events:
        for operation in _operations(source, name):
            event = operation.name if name is None or "*" in name else name
            answers[_of_operation(source or "", event, operation, members)] = None
        if not _are_all(source, name):
            answers[_OTHER_EVENT] = None
    return tuple(answers)


def _operations(source: str | None, name: str | None) -> Iterator[Operation]:
    if source is None or "*" in source:
        return
    by_name = operations_by_event_name(source)
    if name is not None and "*" not in name:
        yield from by_name.get(name, ())
        return
    names = (it for it in by_name if name is None or matches_stars(name, it))
    yield from dict.fromkeys(operation for it in names for operation in by_name[it])


def _are_all(source: str | None, name: str | None) -> bool:
    """Whether all events of a source with such a name are API calls that its model has."""
    if source is None or "*" in source:
        return False
    by_name = operations_by_event_name(source)
    if name is not None and "*" not in name:
        return name in by_name
    known = BotocoreEventNames().event_names(source)
    return known is not None and not any(
        name is None or matches_stars(name, it) for it in known if it not in by_name
    )


def _of_operation(
    source: str, event: str, operation: Operation, members: Members
) -> Field | _Missing | None:
    """The field in events of one operation; `None` if it has no certain type."""
    path = follow(operation, members)
    if not path.is_complete:
        return _Missing(source, event, operation, is_open=path.is_open)
    last = path.places[-1]
    type_ = type_at(last)
    if type_ is None:
        return None
    repetitions = (Repetition.NEVER, *(place.repetition for place in path.places))
    return Field(type_, nullable=None, inferred=is_inferred(last), repetitions=repetitions)
