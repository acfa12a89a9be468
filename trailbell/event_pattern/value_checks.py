"""
Values that are taken, and match something else than was meant, whatever the event is about.

In:    a leaf of a pattern.
Out:   findings about stars, numbers and members of the envelope.
Never: knowledge of CloudTrail's records.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.event_pattern.alternatives import Leaf
from trailbell.event_pattern.issue import EventPatternIssue
from trailbell.event_pattern.operators import is_number
from trailbell.event_pattern.syntax import OR

# https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
ENVELOPE = (
    *("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"),
    "replay-name",
)

MAX_NUMBER = 5e9
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html"""

# What holds policies and grants, in which a lone star is a value like any other.
_MAY_HOLD_STARS = (("detail", "requestParameters"), ("detail", "responseElements"))


def value_issues(leaf: Leaf) -> Iterator[EventPatternIssue]:
    yield from _stars(leaf)
    yield from _numbers(leaf)
    yield from _account(leaf)


def _stars(leaf: Leaf) -> Iterator[EventPatternIssue]:
    operators = ("prefix", "suffix", "equals-ignore-case", "exactly", "anything-but")
    for path, text in (*leaf.texts(), *leaf.operands(*operators)):
        leading = leaf.operators(path)
        if not isinstance(text, str) or "*" not in text or "wildcard" in leading:
            continue
        if text == "*" and leaf.names[:2] in _MAY_HOLD_STARS:
            continue
        yield EventPatternIssue(
            path,
            "star-without-wildcard",
            f"the star in {text!r} stands for itself, not for any text",
            _star_fix(leaf, text, excluded="anything-but" in leading),
        )


def _star_fix(leaf: Leaf, text: str, *, excluded: bool) -> str:
    if text == "*" and not excluded:
        return f'for any value of {leaf.name} write {{"exists": true}}, or leave it out'
    matcher = f'{{"wildcard": "{text}"}}'
    return f'write {{"anything-but": {matcher}}}' if excluded else f"write {matcher}"


def _numbers(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for path, number in leaf.operands("numeric"):
        if is_number(number) and abs(number) > MAX_NUMBER:
            yield EventPatternIssue(
                path,
                "number-out-of-range",
                f"{number} is beyond ±{MAX_NUMBER:,.0f}, where comparing numbers ends",
                "compare a member with smaller numbers",
            )


def _account(leaf: Leaf) -> Iterator[EventPatternIssue]:
    if leaf.names == ("account",):
        yield from number_issues(leaf)


def number_issues(leaf: Leaf) -> Iterator[EventPatternIssue]:
    """For a member that is text of digits."""
    numbers = ((path, value) for path, value in _written(leaf) if is_number(value))
    for path, number in numbers:
        yield EventPatternIssue(
            path,
            "number-for-text-of-digits",
            f"{leaf.name} is text, and text never equals a number",
            f'write "{number:012}"' if isinstance(number, int) else "write it in quotes",
        )


def _written(leaf: Leaf) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    for number, value in enumerate(leaf.values):
        if not isinstance(value, Mapping):
            yield (*leaf.path, number), value
    yield from leaf.operands("anything-but", "numeric")


def envelope_issues(leaf: Leaf, record: frozenset[str]) -> Iterator[EventPatternIssue]:
    """A member beside ``detail`` that is none of an event's, but nearly, or CloudTrail's."""
    steps = [
        number for number, step in enumerate(leaf.path) if isinstance(step, str) and step != OR
    ]
    if not steps or leaf.names[0] in ENVELOPE:
        return
    name, path = leaf.names[0], leaf.path[: steps[0] + 1]
    meant = {_plain(known): known for known in ENVELOPE}.get(_plain(name))
    if meant:
        reason = f"an event has no member {name!r}"
        yield EventPatternIssue(path, "misspelled-member", reason, f"write {meant!r}")
    elif name in record:
        reason = f"{name!r} is a member of CloudTrail's record, which stands under 'detail'"
        yield EventPatternIssue(path, "record-outside-detail", reason, "move it into 'detail'")


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
