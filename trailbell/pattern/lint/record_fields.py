"""
Fields and values that CloudTrail records do not have.

In:    a condition of a pattern for CloudTrail's events; the fields of API operations, if these are
       to be checked.
Out:   issues with misspelled fields, event sources and values, with address ranges, and with
       parameters that the operations do not have.
Never: an issue with a pattern for other logs: its fields must show that it is for CloudTrail.
"""

from collections.abc import Iterator
from dataclasses import replace

from trailbell.pattern.array_elements import Selected, corrected, selected
from trailbell.pattern.ast import (
    Clause,
    Comparison,
    Condition,
    Member,
    NotExists,
    Operator,
    Selector,
    Span,
    Text,
    clauses,
)
from trailbell.pattern.event_scope import EventScope, scoped_clauses
from trailbell.pattern.lint.issue import OperationFields, PatternIssue, Services
from trailbell.pattern.printer import selector_text
from trailbell.pattern.record_checks import (
    SIGN_IN_EVENTS,
    UnequalText,
    meant_field,
    misspelled_value,
    unequal_text,
    unequal_type,
)
from trailbell.pattern.record_schema import EVENT_TYPE, OWN_FIELDS, RECORD_FIELDS, normalized

UNKNOWN_FIELD = "unknown-field"
"""The ID of an issue with a parameter that may be newer than the API models."""

_RANGE = "write the beginning and a star, such as 192.0.2.*"
_Problem = tuple[str, str, str]
_OWN = frozenset(map(normalized, OWN_FIELDS))
_RECORD = frozenset(map(normalized, RECORD_FIELDS))


def record_issues(
    condition: Condition,
    services: Services | None,
    fields: OperationFields | None,
    whole: Span,
) -> Iterator[PatternIssue]:
    """The issues of a condition; none if no field shows that it is for CloudTrail."""
    if not _is_for_cloudtrail(condition):
        return
    for clause, scope in scoped_clauses(condition):
        start, end = clause.span or whole
        for id_, reason, fix in _problems(clause, scope, services, fields):
            yield PatternIssue(start, end, id_, reason, fix)


def _is_for_cloudtrail(condition: Condition) -> bool:
    """Whether a field is CloudTrail's own, or is meant to be, next to another of its fields."""
    names = {_first(clause.selector) for clause in clauses(condition)}
    forms = {normalized(name) for name in names}
    return not names.isdisjoint(OWN_FIELDS) or (
        not forms.isdisjoint(_OWN) and len(forms & _RECORD) > 1
    )


def _first(selector: Selector) -> str:
    match selector.steps:
        case (Member(name), *_):
            return name
        case _:
            return ""


def _problems(
    clause: Clause,
    scope: EventScope,
    services: Services | None,
    fields: OperationFields | None,
) -> Iterator[_Problem]:
    names = [step.name for step in clause.selector.steps if isinstance(step, Member)]
    has_only_members = len(names) == len(clause.selector.steps)
    if has_only_members and (meant := meant_field(names)):
        reason = f"CloudTrail records have no field {selector_text(clause.selector)}"
        yield "misspelled-member", reason, f"write $.{meant}"
        return
    if fields is not None:
        yield from _parameter_problems(clause, scope, fields)
    match clause:
        case Comparison(selector, Operator.EQUAL | Operator.NOT_EQUAL as operator, Text(text)):
            shown = selector_text(selector)
            unequal = unequal_text(names, text, shown) if has_only_members else None
            if unequal is None and selector == EVENT_TYPE and operator is Operator.EQUAL:
                unequal = _unequal_type(text, scope, services)
            if unequal is None and fields is not None:
                unequal = misspelled_value(shown, text, fields.meant_value(selector, scope, text))
            if unequal is not None:
                result = "never" if operator is Operator.EQUAL else "always"
                yield (
                    unequal.id,
                    f"{unequal.reason}, so this is {result} true",
                    unequal.fix or _RANGE,
                )
        case _:
            pass


def _unequal_type(
    event_type: str, scope: EventScope, services: Services | None
) -> UnequalText | None:
    """The problem with the type of the events of a scope, if none of them has it."""
    found = [
        unequal_type(event_type, _type_of_event(source, name, services), str(name))
        for source, name in scope.events
    ]
    fixes = {each.fix for each in found if each}
    if not found or not all(found) or found[0] is None:
        return None
    return found[0] if len(fixes) == 1 else replace(found[0], fix="split the pattern by type")


def _type_of_event(source: str | None, name: str | None, services: Services | None) -> str:
    """The only type of the events of a source and name; empty if there are several."""
    if name in SIGN_IN_EVENTS:
        return "AwsConsoleSignIn"
    if source and services is not None and name in services.service_events(source):
        return "AwsServiceEvent"
    return ""


def _parameter_problems(
    clause: Clause, scope: EventScope, fields: OperationFields
) -> Iterator[_Problem]:
    """Members of requestParameters and responseElements that no event of the clause has."""
    selector = clause.selector
    impossible = fields.impossible_field(selector, scope)
    if impossible is not None:
        reason = f"{impossible.operation} has no {selector_text(selector)}"
        nearest = impossible.nearest
        hint = f"did you mean {nearest}?" if nearest else "look up the field in the API reference"
        yield UNKNOWN_FIELD, reason, hint
        return
    field = None if isinstance(clause, NotExists) else fields.field(selector, scope)
    if field is not None and selected(selector, field) is not Selected.VALUES:
        meant = corrected(selector, field)
        is_in_array = len(meant.steps) > len(selector.steps)
        values = "the values are in an array" if is_in_array else "the value is in no array"
        reason = f"{selector_text(selector)} selects nothing, because {values}"
        yield UNKNOWN_FIELD, reason, f"did you mean {selector_text(meant)}?"
