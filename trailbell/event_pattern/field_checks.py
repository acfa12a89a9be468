"""
Members of CloudTrail's records that are compared with what they never hold.

In:    an alternative that is about CloudTrail's events.
Out:   findings, each with the leaf that it is about.
Never: a member of which CloudTrail's own pages do not say what it holds.
"""

from collections.abc import Iterator, Mapping

from trailbell.event_pattern.alternatives import Alternative, Leaf
from trailbell.event_pattern.cloudtrail_checks import Found, nearest
from trailbell.event_pattern.cloudtrail_facts import (
    OBJECTS,
    OPTIONAL,
    RECORD,
    folded,
    is_cloudtrails,
    member,
    members,
)
from trailbell.event_pattern.issue import UNKNOWN, Finding
from trailbell.event_pattern.value_checks import number_findings
from trailbell.pattern import record_schema

_BOOLEANS = members(record_schema.BOOLEANS)
_TEXTS = members(record_schema.TEXTS)
_DIGITS = members(record_schema.DIGITS)
_ALWAYS = members(record_schema.ALWAYS_THERE)
_TYPE = member(record_schema.IDENTITY_TYPE)
_MEANT = {folded(name): name for name in RECORD}
_TEXT_OPERATORS = (
    *("prefix", "suffix", "wildcard", "equals-ignore-case", "exactly"),
    "anything-but",
)


def member_findings(alternative: Alternative) -> Found:
    if not is_cloudtrails(alternative):
        return
    for leaf in alternative.values():
        for finding in _of_leaf(leaf):
            yield leaf, finding


def _of_leaf(leaf: Leaf) -> Iterator[Finding]:
    if leaf.names == _TYPE:
        yield from _identity_types(leaf)
    if leaf.names in _BOOLEANS:
        yield from _text_for_boolean(leaf)
    if leaf.names in _TEXTS:
        yield from _boolean_for_text(leaf)
    if leaf.names in _DIGITS:
        yield from number_findings(leaf)
    if leaf.names in OBJECTS:
        yield from _exists_of_object(leaf)
    yield from _needs_a_value(leaf)
    yield from _misspelled(leaf)


def _identity_types(leaf: Leaf) -> Iterator[Finding]:
    for result, said in (
        ("never", (*leaf.texts(), *leaf.operands("exactly"))),
        ("always", tuple(_excluded(leaf))),
    ):
        for at, text in said:
            if isinstance(text, str) and text not in record_schema.IDENTITY_TYPES:
                reason = f"no userIdentity.type is {text!r}, so this is {result} true"
                fix = nearest(text, record_schema.IDENTITY_TYPES)
                yield Finding(at, "unknown-identity-type", reason, fix)


def _excluded(leaf: Leaf) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Texts that ``anything-but`` names as they stand."""
    for at, value in leaf.operands("anything-but"):
        if leaf.operators(at) == ["anything-but"]:
            yield at, value


def _text_for_boolean(leaf: Leaf) -> Iterator[Finding]:
    for at, text in (*leaf.texts(), *leaf.operands(*_TEXT_OPERATORS)):
        if isinstance(text, str):
            meant = "false" if text.lower() == "false" else "true"
            reason = f"{leaf.name} is a JSON boolean, which never equals text"
            yield Finding(at, "boolean-compared-as-text", reason, f"write [{meant}], unquoted")


def _boolean_for_text(leaf: Leaf) -> Iterator[Finding]:
    for number, value in enumerate(leaf.values):
        if isinstance(value, bool):
            text = "true" if value else "false"
            reason = f"CloudTrail writes {leaf.name} as text, so this never matches"
            fix = f'write ["{text}"], quoted'
            yield Finding((*leaf.at, number), "text-compared-as-boolean", reason, fix)


def _exists_of_object(leaf: Leaf) -> Iterator[Finding]:
    for at, wanted in leaf.operands("exists"):
        matched = "at most null" if wanted is True else "whatever the object holds"
        reason = f"exists does not see objects, and {leaf.name} is one: this matches {matched}"
        fix = "ask for a member inside it that is always there"
        yield Finding(at, "exists-of-an-object", reason, fix)


def _needs_a_value(leaf: Leaf) -> Iterator[Finding]:
    if leaf.names in _ALWAYS or not any(leaf.names[: len(one)] == one for one in OPTIONAL):
        return
    if UNKNOWN in leaf.values or {"exists": False} in leaf.values:
        return
    for number, value in enumerate(leaf.values):
        if isinstance(value, Mapping) and "anything-but" in value:
            yield Finding(
                (*leaf.at, number),
                "anything-but-needs-a-value",
                f"an event without {leaf.name} does not match, since anything-but wants a value",
                'add {"exists": false} to the list to keep such events',
            )
            return


def _misspelled(leaf: Leaf) -> Iterator[Finding]:
    """A member of the record in other letters: names of members are compared exactly."""
    if len(leaf.names) < 2 or leaf.names[0] != "detail":
        return
    name = leaf.names[1]
    meant = _MEANT.get(folded(name))
    if meant and name != meant:
        reason = f"CloudTrail's records have no member {name!r}"
        yield Finding(leaf.at, "misspelled-member", reason, f"write {meant!r}")
