"""
What is wrong, or probably wrong, with an event pattern of EventBridge.

In:    a pattern, as decoded JSON or as text; what the APIs of AWS are called; the rule's state.
Out:   findings in the order of their places. Those in `REFUSED` EventBridge would not take.
Never: an error, or a guess: what is `UNKNOWN` until it is deployed is no finding.
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
from trailbell.event_pattern.cloudtrail_facts import RECORD_FIELDS
from trailbell.event_pattern.field_checks import field_issues
from trailbell.event_pattern.issue import REFUSED, UNKNOWN, EventPatternIssue
from trailbell.event_pattern.syntax import (
    MAX_LENGTH,
    length_issues,
    minimal_length,
    syntax_issues,
)
from trailbell.event_pattern.value_checks import envelope_issues, value_issues
from trailbell.pattern.lint import Services

__all__ = ["REFUSED", "UNKNOWN", "EventPatternIssue", "lint", "lint_text"]


def lint(
    pattern: Any, services: Services | None = None, *, state: str | None = None
) -> tuple[EventPatternIssue, ...]:
    """
    Every finding; none means that nothing is known against the pattern.

    Without ``services`` nothing is said of names of API calls, without the ``state`` of the rule
    (``ENABLED``) nothing of events that do not arrive.
    """
    try:
        length = minimal_length(pattern)
    except RecursionError:
        return (_TOO_DEEP,)
    return _in_order(pattern, (*length_issues(length), *_findings(pattern, services, state)))


def lint_text(
    text: str,
    services: Services | None = None,
    *,
    state: str | None = None,
    unknown: str | None = None,
) -> tuple[EventPatternIssue, ...]:
    """The same for a pattern as text. Values with the character ``unknown`` in them are unknown."""
    length = tuple(length_issues(len(text)))
    if len(text) > MAX_LENGTH:
        return length
    repeated: list[str] = []

    def as_object(members: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.extend(name for name, times in Counter(n for n, _ in members).items() if times > 1)
        return dict(members)

    try:
        pattern = json.loads(text, object_pairs_hook=as_object)
        pattern = _without(pattern, unknown) if unknown else pattern
    except ValueError as error:
        if unknown and unknown in text:
            return length
        fault = EventPatternIssue((), "not-json", f"the text is no JSON: {error}", "correct it")
        return (*length, fault)
    except RecursionError:
        return (*length, _TOO_DEEP)
    found = (*length, *map(_repeated, repeated), *_findings(pattern, services, state))
    return _in_order(pattern, found)


_TOO_DEEP = EventPatternIssue(
    (), "too-deep", "objects are nested too deep to be judged", "no event is nested so deep"
)


def _repeated(name: str) -> EventPatternIssue:
    reason = f"one object names {name!r} twice, and only the last counts"
    return EventPatternIssue((), "repeated-member", reason, "name it once")


def _without(value: Any, unknown: str) -> Any:
    match value:
        case str() if unknown in value:
            return UNKNOWN
        case list():
            return [_without(inner, unknown) for inner in value]
        case dict() if any(unknown in name for name in value):
            return UNKNOWN
        case dict():
            return {name: _without(inner, unknown) for name, inner in value.items()}
        case _:
            return value


def _findings(
    pattern: Any, services: Services | None, state: str | None
) -> Iterator[EventPatternIssue]:
    if pattern is UNKNOWN:
        return
    form = tuple(syntax_issues(pattern))
    yield from form
    if not isinstance(pattern, Mapping) or any(finding.id in REFUSED for finding in form):
        return
    read = expand(pattern, with_or=not form)
    yield from overwritten_issues(read.overwritten)
    leaves = {leaf.path: leaf for one in read.alternatives for leaf in one.values()}
    for leaf in leaves.values():
        yield from value_issues(leaf)
        yield from envelope_issues(leaf, RECORD_FIELDS)
    yield from issues_in_every(read.alternatives, lambda one: type_issues(one, services))
    yield from issues_in_every(read.alternatives, source_issues)
    yield from issues_in_every(read.alternatives, lambda one: name_issues(one, services))
    yield from issues_in_every(read.alternatives, lambda one: read_only_issues(one, state))
    yield from issues_in_every(read.alternatives, field_issues)


def _in_order(pattern: Any, found: Iterable[EventPatternIssue]) -> tuple[EventPatternIssue, ...]:
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: _place(pattern, finding)))


def _place(pattern: Any, finding: EventPatternIssue) -> tuple[tuple[int, ...], str]:
    """Where something stands, counted from the beginning."""
    counted = []
    value = pattern
    for step in finding.path:
        if isinstance(value, Mapping):
            counted.append(list(value).index(str(step)))
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int):
            counted.append(step)
            value = value[step]
    return tuple(counted), finding.id
