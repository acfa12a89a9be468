"""
What is wrong, or probably wrong, with an event pattern of EventBridge.

In:    a pattern, as decoded JSON or as text; the event names of services and the fields of API
       operations, if these are to be checked; the state of the rule.
Out:   issues in the order of the pattern. EventBridge rejects patterns with an issue in `REFUSED`.
Never: an exception for a pattern, or an issue with a value that is `UNKNOWN` before deployment.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trailbell.event_pattern.alternatives import expand, issues_in_every, overwritten_issues
from trailbell.event_pattern.cloudtrail_checks import (
    name_issues,
    read_only_issues,
    source_issues,
    type_issues,
)
from trailbell.event_pattern.field_checks import field_issues
from trailbell.event_pattern.issue import REFUSED, UNKNOWN, EventPatternIssue
from trailbell.event_pattern.syntax import (
    MAX_LENGTH,
    length_issues,
    minimal_length,
    syntax_issues,
)
from trailbell.event_pattern.value_checks import envelope_issues, value_issues
from trailbell.pattern.lint import OperationFields, Services
from trailbell.pattern.record_schema import RECORD_FIELDS

__all__ = ["REFUSED", "UNKNOWN", "EventPatternIssue", "lint", "lint_text"]


def lint(
    pattern: Any,
    services: Services | None = None,
    fields: OperationFields | None = None,
    *,
    state: str | None = None,
) -> tuple[EventPatternIssue, ...]:
    """
    Every issue of a pattern.

    Without ``services``, names of events are not checked, and without ``fields``, parameters of API
    operations. Without the ``state`` of the rule, such as ``ENABLED``, it is not checked whether
    the rule receives the events.
    """
    try:
        length = minimal_length(pattern)
    except RecursionError:
        return (_TOO_DEEP,)
    return _in_order(pattern, (*length_issues(length), *_issues(pattern, services, fields, state)))


def lint_text(
    text: str,
    services: Services | None = None,
    fields: OperationFields | None = None,
    *,
    state: str | None = None,
    unknown: str | None = None,
) -> tuple[EventPatternIssue, ...]:
    """The same for a pattern as text. Values that contain the character ``unknown`` are unknown."""
    length = tuple(length_issues(len(text)))
    if len(text) > MAX_LENGTH:
        return length
    repeated: list[str] = []

    def as_object(members: list[tuple[str, Any]]) -> dict[str, Any]:
        counts = Counter(name for name, _ in members)
        repeated.extend(name for name, count in counts.items() if count > 1)
        return dict(members)

    try:
        pattern = json.loads(text, object_pairs_hook=as_object)
        pattern = _with_unknown(pattern, unknown) if unknown else pattern
    except ValueError as error:
        if unknown and unknown in text:
            return length
        reason = f"the text is not valid JSON: {error}"
        return (*length, EventPatternIssue((), "not-json", reason, "correct it"))
    except RecursionError:
        return (*length, _TOO_DEEP)
    issues = (*length, *map(_repeated, repeated), *_issues(pattern, services, fields, state))
    return _in_order(pattern, issues)


_TOO_DEEP = EventPatternIssue(
    (),
    "too-deep",
    "the objects are nested too deep to be checked",
    "remove levels; no event is nested that deep",
)


def _repeated(name: str) -> EventPatternIssue:
    reason = f'an object has the field "{name}" twice, and only the last one counts'
    return EventPatternIssue((), "repeated-member", reason, "write the field once")


def _with_unknown(value: Any, unknown: str) -> Any:
    """The value with `UNKNOWN` for everything that contains the character ``unknown``."""
    match value:
        case str() if unknown in value:
            return UNKNOWN
        case list():
            return [_with_unknown(inner, unknown) for inner in value]
        case dict() if any(unknown in name for name in value):
            return UNKNOWN
        case dict():
            return {name: _with_unknown(inner, unknown) for name, inner in value.items()}
        case _:
            return value


def _issues(
    pattern: Any, services: Services | None, fields: OperationFields | None, state: str | None
) -> Iterator[EventPatternIssue]:
    if pattern is UNKNOWN:
        return
    syntax = tuple(syntax_issues(pattern))
    yield from syntax
    if not isinstance(pattern, Mapping) or any(issue.id in REFUSED for issue in syntax):
        return
    expansion = expand(pattern, with_or=not syntax)
    yield from overwritten_issues(expansion.overwritten)
    alternatives = expansion.alternatives
    leaves = {leaf.path: leaf for alternative in alternatives for leaf in alternative.values()}
    for leaf in leaves.values():
        yield from value_issues(leaf)
        yield from envelope_issues(leaf, RECORD_FIELDS)
    yield from issues_in_every(alternatives, lambda it: type_issues(it, services))
    yield from issues_in_every(alternatives, source_issues)
    yield from issues_in_every(alternatives, lambda it: name_issues(it, services))
    yield from issues_in_every(alternatives, lambda it: read_only_issues(it, state))
    yield from issues_in_every(alternatives, lambda it: field_issues(it, fields))


def _in_order(pattern: Any, issues: Iterable[EventPatternIssue]) -> tuple[EventPatternIssue, ...]:
    return tuple(sorted(dict.fromkeys(issues), key=lambda issue: _position(pattern, issue)))


def _position(pattern: Any, issue: EventPatternIssue) -> tuple[tuple[int, ...], str]:
    """The issue's path as the index of each step among its siblings."""
    indexes = []
    value = pattern
    for step in issue.path:
        if isinstance(value, Mapping):
            indexes.append(list(value).index(str(step)))
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int):
            indexes.append(step)
            value = value[step]
    return tuple(indexes), issue.id
