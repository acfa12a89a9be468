"""
Members of CloudTrail's records that are compared with what they never hold.

In:    an alternative that is about CloudTrail's events.
Out:   findings, each with the leaf that it is about.
Never: a member of which CloudTrail's own pages do not say what it holds.
"""

from collections.abc import Iterator, Mapping

from trailbell.event_pattern.alternatives import Alternative, Leaf
from trailbell.event_pattern.cloudtrail_checks import LeafIssues
from trailbell.event_pattern.cloudtrail_facts import (
    OBJECT_FIELDS,
    OPTIONAL_FIELDS,
    RECORD_FIELDS,
    event_path,
    event_paths,
    is_cloudtrail_event,
    normalized,
)
from trailbell.event_pattern.issue import UNKNOWN, EventPatternIssue
from trailbell.event_pattern.value_checks import number_issues
from trailbell.pattern import record_schema
from trailbell.pattern.suggestions import suggest

_BOOLEANS = event_paths(record_schema.BOOLEAN_FIELDS)
_TEXTS = event_paths(record_schema.QUOTED_BOOLEANS)
_DIGITS = event_paths(record_schema.ACCOUNT_ID_FIELDS)
_ALWAYS = event_paths(record_schema.REQUIRED_FIELDS)
_TYPE = event_path(record_schema.IDENTITY_TYPE)
_MEANT = {normalized(name): name for name in RECORD_FIELDS}
_TEXT_OPERATORS = (
    *("prefix", "suffix", "wildcard", "equals-ignore-case", "exactly"),
    "anything-but",
)


def field_issues(alternative: Alternative) -> LeafIssues:
    if not is_cloudtrail_event(alternative):
        return
    for leaf in alternative.values():
        for finding in _of_leaf(leaf):
            yield leaf, finding


def _of_leaf(leaf: Leaf) -> Iterator[EventPatternIssue]:
    if leaf.names == _TYPE:
        yield from _identity_types(leaf)
    if leaf.names in _BOOLEANS:
        yield from _text_for_boolean(leaf)
    if leaf.names in _TEXTS:
        yield from _boolean_for_text(leaf)
    if leaf.names in _DIGITS:
        yield from number_issues(leaf)
    if leaf.names in OBJECT_FIELDS:
        yield from _exists_of_object(leaf)
    yield from _needs_a_value(leaf)
    yield from _misspelled(leaf)


def _identity_types(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for result, said in (
        ("never", (*leaf.texts(), *leaf.operands("exactly"))),
        ("always", tuple(_excluded(leaf))),
    ):
        for path, text in said:
            if isinstance(text, str) and text not in record_schema.IDENTITY_TYPES:
                reason = f"no userIdentity.type is {text!r}, so this is {result} true"
                fix = suggest(text, record_schema.IDENTITY_TYPES)
                yield EventPatternIssue(path, "unknown-identity-type", reason, fix)


def _excluded(leaf: Leaf) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Texts that ``anything-but`` names as they stand."""
    for path, value in leaf.operands("anything-but"):
        if leaf.operators(path) == ["anything-but"]:
            yield path, value


def _text_for_boolean(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for path, text in (*leaf.texts(), *leaf.operands(*_TEXT_OPERATORS)):
        if isinstance(text, str):
            meant = "false" if text.lower() == "false" else "true"
            reason = f"{leaf.name} is a JSON boolean, which never equals text"
            yield EventPatternIssue(
                path, "boolean-compared-as-text", reason, f"write [{meant}], unquoted"
            )


def _boolean_for_text(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for number, value in enumerate(leaf.values):
        if isinstance(value, bool):
            text = "true" if value else "false"
            reason = f"CloudTrail writes {leaf.name} as text, so this never matches"
            fix = f'write ["{text}"], quoted'
            yield EventPatternIssue((*leaf.path, number), "text-compared-as-boolean", reason, fix)


def _exists_of_object(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for path, wanted in leaf.operands("exists"):
        matched = "at most null" if wanted is True else "whatever the object holds"
        reason = f"exists does not see objects, and {leaf.name} is one: this matches {matched}"
        fix = "ask for a member inside it that is always there"
        yield EventPatternIssue(path, "exists-of-an-object", reason, fix)


def _needs_a_value(leaf: Leaf) -> Iterator[EventPatternIssue]:
    if leaf.names in _ALWAYS or not any(leaf.names[: len(one)] == one for one in OPTIONAL_FIELDS):
        return
    if UNKNOWN in leaf.values or {"exists": False} in leaf.values:
        return
    for number, value in enumerate(leaf.values):
        if isinstance(value, Mapping) and "anything-but" in value:
            yield EventPatternIssue(
                (*leaf.path, number),
                "anything-but-needs-a-value",
                f"an event without {leaf.name} does not match, since anything-but wants a value",
                'add {"exists": false} to the list to keep such events',
            )
            return


def _misspelled(leaf: Leaf) -> Iterator[EventPatternIssue]:
    """A member of the record in other letters: names of members are compared exactly."""
    if len(leaf.names) < 2 or leaf.names[0] != "detail":
        return
    name = leaf.names[1]
    meant = _MEANT.get(normalized(name))
    if meant and name != meant:
        reason = f"CloudTrail's records have no member {name!r}"
        yield EventPatternIssue(leaf.path, "misspelled-member", reason, f"write {meant!r}")
