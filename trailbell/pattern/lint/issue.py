"""
What lint reports.

In:    a range of a pattern.
Out:   `PatternIssue`.
Never: a severity. An issue is a reason to review a pattern, not proof that it is wrong.
"""

from dataclasses import dataclass
from typing import Protocol

from trailbell.pattern.ast import Selector
from trailbell.pattern.event_scope import EventScope
from trailbell.pattern.field_types import Field


@dataclass(frozen=True, slots=True, order=True)
class PatternIssue:
    """
    Something that is wrong, or probably wrong, in a range of a pattern's text.

    The range is from `start` to `end` (from 0, end excluded). `reason` and `fix` are clauses
    that start in lower case: what is wrong, and what to write instead.
    """

    start: int
    end: int
    id: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return f"{self.start}: {self.id}: {self.reason}; {self.fix}"


class Services(Protocol):
    """The event names of services, such as `trailbell.cloudtrail.event_names` provides."""

    def event_names(self, source: str) -> frozenset[str] | None:
        """
        Every ``eventName`` that CloudTrail records for the ``eventSource``, such as
        ``iam.amazonaws.com``; `None` if the list is not known to be complete.
        """
        ...

    def service_events(self, source: str) -> frozenset[str]:
        """The ``eventName``s of an ``eventSource`` that are known to be no API calls."""
        ...

    def sources_of(self, name: str) -> tuple[str, ...]:
        """The services with an event of this name, of those whose names are all known."""
        ...

    def is_event_name(self, name: str) -> bool:
        """Whether one of the services whose names are all known has an event of this name."""
        ...

    def meant_event_name(self, name: str) -> str:
        """The event name that was meant by one that no service has; empty if it is like none."""
        ...


class ImpossibleField(Protocol):
    """A field that an operation does not have, and the selector of the most similar one."""

    @property
    def operation(self) -> str: ...

    @property
    def nearest(self) -> str: ...


class OperationFields(Protocol):
    """The fields of API operations, as `trailbell.cloudtrail.field_types` knows them."""

    def field(self, selector: Selector, scope: EventScope) -> Field | None:
        """The type of a field in the events of the scope; `None` if it is not known."""
        ...

    def impossible_field(self, selector: Selector, scope: EventScope) -> ImpossibleField | None:
        """The reason why no event of the scope has the field; `None` if one may have it."""
        ...

    def meant_value(self, selector: Selector, scope: EventScope, text: str) -> str:
        """The value that was meant by a text in other letters; empty if there is none."""
        ...
