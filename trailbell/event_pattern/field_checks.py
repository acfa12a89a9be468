"""
Fields of CloudTrail records that are matched with values that they never have.

In:    an alternative for CloudTrail's events; the fields of API operations, if they are to be
       checked.
Out:   issues, each with the leaf that it is about.
Never: a value that neither CloudTrail's own documentation nor an API model defines.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trailbell.event_pattern.alternatives import Alternative, Leaf
from trailbell.event_pattern.cloudtrail_checks import LeafIssues
from trailbell.event_pattern.cloudtrail_facts import (
    EVENT_NAME,
    OBJECT_FIELDS,
    OPTIONAL_FIELDS,
    event_path,
    event_paths,
    event_sources,
    exact_values,
    is_cloudtrail_event,
)
from trailbell.event_pattern.issue import UNKNOWN, EventPatternIssue, PatternPath
from trailbell.event_pattern.value_checks import number_issues
from trailbell.pattern import record_schema
from trailbell.pattern.ast import Member, Selector
from trailbell.pattern.event_scope import EventScope
from trailbell.pattern.lint import OperationFields
from trailbell.pattern.lint.record_fields import UNKNOWN_FIELD
from trailbell.pattern.record_checks import (
    UnequalText,
    meant_field,
    misspelled_value,
    unequal_text,
)
from trailbell.pattern.suggestions import suggest

_BOOLEANS = event_paths(record_schema.BOOLEAN_FIELDS)
_QUOTED_BOOLEANS = event_paths(record_schema.QUOTED_BOOLEANS)
_ACCOUNT_IDS = event_paths(record_schema.ACCOUNT_ID_FIELDS)
_REQUIRED = event_paths(record_schema.REQUIRED_FIELDS)
_IDENTITY_TYPE = event_path(record_schema.IDENTITY_TYPE)
_TEXT_OPERATORS = (
    *("prefix", "suffix", "wildcard", "equals-ignore-case", "exactly"),
    "anything-but",
)


def field_issues(alternative: Alternative, fields: OperationFields | None) -> LeafIssues:
    """Issues with the fields of an alternative. Without ``fields``, parameters are not checked."""
    if not is_cloudtrail_event(alternative):
        return
    scope = _scope(alternative)
    for leaf in alternative.values():
        in_record = _FieldInRecord(leaf, scope, fields)
        for issue in (*_leaf_issues(leaf), *in_record.unknown(), *in_record.unequal_texts()):
            yield leaf, issue


def _leaf_issues(leaf: Leaf) -> Iterator[EventPatternIssue]:
    if leaf.names == _IDENTITY_TYPE:
        yield from _unknown_identity_types(leaf)
    if leaf.names in _BOOLEANS:
        yield from _text_for_boolean(leaf)
    if leaf.names in _QUOTED_BOOLEANS:
        yield from _boolean_for_text(leaf)
    if leaf.names in _ACCOUNT_IDS:
        yield from number_issues(leaf)
    if leaf.names in OBJECT_FIELDS:
        yield from _exists_of_object(leaf)
        yield from _value_of_object(leaf)
    yield from _anything_but_of_optional(leaf)
    yield from _misspelled(leaf)


def _unknown_identity_types(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for result, values in (
        ("never", (*leaf.texts(), *leaf.operands("exactly"))),
        ("always", tuple(_excluded_values(leaf))),
    ):
        for path, text in values:
            if isinstance(text, str) and text not in record_schema.IDENTITY_TYPES:
                reason = f'CloudTrail has no userIdentity.type "{text}", so this is {result} true'
                fix = suggest(text, record_schema.IDENTITY_TYPES)
                yield EventPatternIssue(path, "unknown-identity-type", reason, fix)


def _excluded_values(leaf: Leaf) -> Iterator[tuple[PatternPath, object]]:
    """The values that ``anything-but`` excludes directly, without another operator."""
    for path, value in leaf.operands("anything-but"):
        if leaf.operators(path) == ["anything-but"]:
            yield path, value


def _text_for_boolean(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for path, text in (*leaf.texts(), *leaf.operands(*_TEXT_OPERATORS)):
        if isinstance(text, str):
            literal = "false" if text.lower() == "false" else "true"
            reason = f"{leaf.name} is a boolean, and a boolean never equals text"
            fix = f"write [{literal}] without quotes"
            yield EventPatternIssue(path, "boolean-compared-as-text", reason, fix)


def _boolean_for_text(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for index, value in enumerate(leaf.values):
        if isinstance(value, bool):
            literal = "true" if value else "false"
            reason = f"CloudTrail records {leaf.name} as text, so {literal} never matches"
            fix = f'write ["{literal}"] with quotes'
            yield EventPatternIssue((*leaf.path, index), "text-compared-as-boolean", reason, fix)


def _exists_of_object(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for path, operand in leaf.operands("exists"):
        result = "at most null" if operand is True else "whatever the object contains"
        reason = (
            f"{leaf.name} is an object, and exists does not recognize objects, so this matches "
            f"{result}"
        )
        fix = "use a field inside it that always exists"
        yield EventPatternIssue(path, "exists-of-an-object", reason, fix)


def _value_of_object(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for path, text in (*leaf.texts(), *leaf.operands(*_TEXT_OPERATORS)):
        reason = f"{leaf.name} is an object, and an object never equals {json.dumps(text)}"
        fix = "compare a field inside it"
        yield EventPatternIssue(path, "object-compared-as-text", reason, fix)


def _anything_but_of_optional(leaf: Leaf) -> Iterator[EventPatternIssue]:
    is_optional = any(leaf.names[: len(names)] == names for names in OPTIONAL_FIELDS)
    if leaf.names in _REQUIRED or not is_optional:
        return
    if UNKNOWN in leaf.values or {"exists": False} in leaf.values:
        return
    for index, value in enumerate(leaf.values):
        if isinstance(value, Mapping) and "anything-but" in value:
            yield EventPatternIssue(
                (*leaf.path, index),
                "anything-but-needs-a-value",
                f"events without {leaf.name} do not match, since anything-but requires a value",
                'add {"exists": false} to the list if they should match',
            )
            return


def _misspelled(leaf: Leaf) -> Iterator[EventPatternIssue]:
    """Issues with names that no record has; names are compared exactly."""
    match leaf.names:
        case ("detail", *names) if names and (meant := meant_field(names)):
            reason = f'CloudTrail records have no field "{".".join(names)}"'
            yield EventPatternIssue(leaf.path, "misspelled-member", reason, f'write "{meant}"')
        case _:
            pass


def _scope(alternative: Alternative) -> EventScope | None:
    """The events of an alternative; None if not all of their sources and names are known."""
    sources, names = event_sources(alternative), exact_values(alternative, EVENT_NAME)
    if not sources or not names:
        return None
    return EventScope(tuple((source, name) for source in sources for name in names))


@dataclass(frozen=True)
class _FieldInRecord:
    """The field of a leaf, in the records of the events of its alternative."""

    leaf: Leaf
    scope: EventScope | None
    fields: OperationFields | None

    @property
    def selector(self) -> Selector:
        return Selector(tuple(map(Member, self.leaf.names[1:])))

    @property
    def is_in_detail(self) -> bool:
        return self.leaf.names[0] == "detail" and len(self.leaf.names) > 1

    def unknown(self) -> Iterator[EventPatternIssue]:
        """An issue with a member of a request or response that no event of the scope has."""
        if self.fields is None or self.scope is None or not self.is_in_detail:
            return
        impossible = self.fields.impossible_field(self.selector, self.scope)
        if impossible is not None:
            near = impossible.nearest.removeprefix("$.")
            hint = f"did you mean {near}?" if near else "look up the field in the API reference"
            reason = f"{impossible.operation} has no {'.'.join(self.leaf.names[1:])}"
            yield EventPatternIssue(self.leaf.path, UNKNOWN_FIELD, reason, hint)

    def unequal_texts(self) -> Iterator[EventPatternIssue]:
        """Issues with texts that the field never is. A source as eventSource has its own issue."""
        for result, values in (
            ("never", self.leaf.texts()),
            ("always", _excluded_values(self.leaf)),
        ):
            for path, text in values:
                if isinstance(text, str) and (unequal := self._unequal(text)):
                    fix = unequal.fix or f'write {{"cidr": "{text}"}}'
                    reason = f"{unequal.reason}, so this is {result} true"
                    yield EventPatternIssue(path, unequal.id, reason, fix)

    def _unequal(self, text: str) -> UnequalText | None:
        if not self.is_in_detail or text.startswith("aws."):
            return None
        shown = self.leaf.name
        unequal = unequal_text(self.leaf.names[1:], text, shown)
        if unequal is None and self.fields is not None and self.scope is not None:
            meant = self.fields.meant_value(self.selector, self.scope, text)
            unequal = misspelled_value(shown, text, meant)
        return unequal
