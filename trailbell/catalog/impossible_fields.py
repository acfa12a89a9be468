"""
Check the fields in patterns against the requests and responses of their API operations.

In:    a detection, and the known fields.
Out:   a violation for each field that none of the events has, with the most similar field.
Never: a violation for events whose operation is not known, or for a field outside of
       requestParameters and responseElements.
"""

from collections.abc import Iterator
from typing import Protocol

from trailbell.catalog.detection import Detection
from trailbell.pattern.array_elements import Selected, corrected, selected
from trailbell.pattern.ast import Clause, JsonPattern, NotExists, Pattern, Selector
from trailbell.pattern.event_scope import EventScope, scoped_clauses
from trailbell.pattern.field_types import Field
from trailbell.pattern.printer import selector_text

UNKNOWN = "unknown-field"
"""The ID in ``accepted_issues`` for a field that is newer than the API models."""

_OR_ACCEPT = f"; or explain it in accepted_issues as {UNKNOWN}"
Violation = tuple[str, str]


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


def violations(detection: Detection, fields: OperationFields) -> Iterator[Violation]:
    """The fields in the pattern, which must be valid, that its events cannot have."""
    yield from violations_of(detection.filter_pattern.tree, fields)


def violations_of(tree: Pattern, fields: OperationFields) -> Iterator[Violation]:
    """The same for a pattern alone."""
    clauses = scoped_clauses(tree.condition) if isinstance(tree, JsonPattern) else iter(())
    yield from dict.fromkeys(
        violation for clause, scope in clauses for violation in _of_clause(clause, scope, fields)
    )


def _of_clause(clause: Clause, scope: EventScope, fields: OperationFields) -> Iterator[Violation]:
    selector = clause.selector
    impossible = fields.impossible_field(selector, scope)
    problem = f"has a condition on {selector_text(selector)}"
    if impossible is not None:
        nearest = impossible.nearest
        hint = f"did you mean {nearest}?" if nearest else "look up the field in the API reference"
        yield f"{problem}, which {impossible.operation} does not have", hint + _OR_ACCEPT
        return
    field = None if isinstance(clause, NotExists) else fields.field(selector, scope)
    if field is not None and selected(selector, field) is not Selected.VALUES:
        meant = corrected(selector, field)
        is_in_array = len(meant.steps) > len(selector.steps)
        place = "the values are in an array" if is_in_array else "the value is in no array"
        yield f"{problem}, but {place}", f"did you mean {selector_text(meant)}?{_OR_ACCEPT}"
