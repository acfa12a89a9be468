"""
Fields of CloudTrail records that are matched with values that they never have.

In:    an alternative for CloudTrail's events.
Out:   issues, each with the leaf that it is about.
Never: a field whose values CloudTrail's own documentation does not define.
"""

from collections.abc import Iterator, Mapping

from trailbell.event_pattern.alternatives import Alternative, Leaf
from trailbell.event_pattern.cloudtrail_checks import LeafIssues
from trailbell.event_pattern.cloudtrail_facts import (
    OBJECT_FIELDS,
    OPTIONAL_FIELDS,
    event_path,
    event_paths,
    is_cloudtrail_event,
)
from trailbell.event_pattern.issue import UNKNOWN, EventPatternIssue, PatternPath
from trailbell.event_pattern.value_checks import number_issues
from trailbell.pattern import record_schema
from trailbell.pattern.record_schema import RECORD_FIELDS, normalized
from trailbell.pattern.suggestions import suggest

_BOOLEANS = event_paths(record_schema.BOOLEAN_FIELDS)
_QUOTED_BOOLEANS = event_paths(record_schema.QUOTED_BOOLEANS)
_ACCOUNT_IDS = event_paths(record_schema.ACCOUNT_ID_FIELDS)
_REQUIRED = event_paths(record_schema.REQUIRED_FIELDS)
_IDENTITY_TYPE = event_path(record_schema.IDENTITY_TYPE)
_NORMALIZED_NAMES = {normalized(name): name for name in RECORD_FIELDS}
_TEXT_OPERATORS = (
    *("prefix", "suffix", "wildcard", "equals-ignore-case", "exactly"),
    "anything-but",
)


def field_issues(alternative: Alternative) -> LeafIssues:
    if not is_cloudtrail_event(alternative):
        return
    for leaf in alternative.values():
        for issue in _leaf_issues(leaf):
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
    """Issues with names of record fields in the wrong case; names are compared exactly."""
    if len(leaf.names) < 2 or leaf.names[0] != "detail":
        return
    name = leaf.names[1]
    known = _NORMALIZED_NAMES.get(normalized(name))
    if known and name != known:
        reason = f'CloudTrail records have no field "{name}"'
        yield EventPatternIssue(leaf.path, "misspelled-member", reason, f'write "{known}"')
