"""
Values that EventBridge accepts, but that probably do not match what they should.

In:    a leaf of a pattern for any event.
Out:   issues with stars, numbers and fields of the envelope.
Never: a fact about CloudTrail records.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.event_pattern.alternatives import Leaf
from trailbell.event_pattern.issue import EventPatternIssue, PatternPath
from trailbell.event_pattern.operators import is_number
from trailbell.event_pattern.syntax import OR

# https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
ENVELOPE = (
    *("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"),
    "replay-name",
)

MAX_NUMBER = 5e9
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html"""

# These contain policies and grants, in which a star alone is an ordinary value.
_MAY_HOLD_STARS = (("detail", "requestParameters"), ("detail", "responseElements"))

_TEXT_OPERATORS = ("prefix", "suffix", "equals-ignore-case", "exactly", "anything-but")


def value_issues(leaf: Leaf) -> Iterator[EventPatternIssue]:
    yield from _stars(leaf)
    yield from _numbers(leaf)
    yield from _account(leaf)


def _stars(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for path, text in (*leaf.texts(), *leaf.operands(*_TEXT_OPERATORS)):
        operators = leaf.operators(path)
        if not isinstance(text, str) or "*" not in text or "wildcard" in operators:
            continue
        if text == "*" and leaf.names[:2] in _MAY_HOLD_STARS:
            continue
        yield EventPatternIssue(
            path,
            "star-without-wildcard",
            f'the star in "{text}" is matched literally, not as a wildcard',
            _star_fix(leaf, text, excluded="anything-but" in operators),
        )


def _star_fix(leaf: Leaf, text: str, *, excluded: bool) -> str:
    if text == "*" and not excluded:
        return f'to match any value of {leaf.name}, write {{"exists": true}}, or remove the field'
    matcher = f'{{"wildcard": "{text}"}}'
    return f'write {{"anything-but": {matcher}}}' if excluded else f"write {matcher}"


def _numbers(leaf: Leaf) -> Iterator[EventPatternIssue]:
    for path, number in leaf.operands("numeric"):
        if is_number(number) and abs(number) > MAX_NUMBER:
            yield EventPatternIssue(
                path,
                "number-out-of-range",
                f"{number} is outside ±{MAX_NUMBER:,.0f}, the range for comparisons of numbers",
                "use a number within the range",
            )


def _account(leaf: Leaf) -> Iterator[EventPatternIssue]:
    if leaf.names == ("account",):
        yield from number_issues(leaf)


def number_issues(leaf: Leaf) -> Iterator[EventPatternIssue]:
    """Issues with numbers for a field whose value is text of digits."""
    numbers = ((path, value) for path, value in _values(leaf) if is_number(value))
    for path, number in numbers:
        yield EventPatternIssue(
            path,
            "number-for-text-of-digits",
            f"{leaf.name} is text, and text never equals a number",
            f'write "{number:012}"' if isinstance(number, int) else "put the number in quotes",
        )


def _values(leaf: Leaf) -> Iterator[tuple[PatternPath, Any]]:
    for index, value in enumerate(leaf.values):
        if not isinstance(value, Mapping):
            yield (*leaf.path, index), value
    yield from leaf.operands("anything-but", "numeric")


def envelope_issues(leaf: Leaf, record: frozenset[str]) -> Iterator[EventPatternIssue]:
    """Issues with fields next to ``detail`` that are misspelled, or that belong inside of it."""
    indexes = [
        index for index, step in enumerate(leaf.path) if isinstance(step, str) and step != OR
    ]
    if not indexes or leaf.names[0] in ENVELOPE:
        return
    name, path = leaf.names[0], leaf.path[: indexes[0] + 1]
    known_name = {_normalized(known): known for known in ENVELOPE}.get(_normalized(name))
    if known_name:
        reason = f'an event has no field "{name}"'
        yield EventPatternIssue(path, "misspelled-member", reason, f'write "{known_name}"')
    elif name in record:
        reason = f'"{name}" is a field of the CloudTrail record, which is in "detail"'
        yield EventPatternIssue(path, "record-outside-detail", reason, 'move it into "detail"')


def _normalized(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
