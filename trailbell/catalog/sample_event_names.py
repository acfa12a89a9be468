"""
Check the event names in sample events and patterns against the names of their services.

In:    a detection, and the known names.
Out:   a violation for each name that its service does not have, with the most similar name.
Never: a violation for a service whose names are not all known, or for an event that is not an API
       call: services report events that no API model lists.
"""

import difflib
from collections.abc import Iterable, Iterator
from typing import Protocol

from trailbell.catalog.detection import Detection, Example
from trailbell.pattern.ast import Comparison, JsonPattern, Operator, Text
from trailbell.pattern.ast import clauses as clauses_of
from trailbell.pattern.record_schema import EVENT_NAME, EVENT_SOURCE

UNKNOWN = "unknown-event-name"
"""The ID in ``accepted_issues`` for a name that is newer than the API models."""

_MIN_SIMILARITY = 0.9
_CALL = "AwsApiCall"
_OR_ACCEPT = f"; or explain it in accepted_issues as {UNKNOWN}"
Violation = tuple[str, str]


class EventNames(Protocol):
    """The event names of AWS services, as `trailbell.cloudtrail.event_names` knows them."""

    def event_names(self, source: str) -> frozenset[str] | None:
        """All event names of a source, such as ``iam.amazonaws.com``; None if they are unknown."""
        ...

    def meant(self, source: str) -> str:
        """The source most similar to an unknown one; empty if it is known, or similar to none."""
        ...

    def sources_of(self, name: str) -> tuple[str, ...]:
        """The sources that have an event with this name."""
        ...

    def is_an_operation(self, name: str) -> bool:
        """Whether the API of any service has an operation with this name."""
        ...


def event_name_violations(detection: Detection, names: EventNames) -> Iterator[Violation]:
    """The wrong names in sample events and in the pattern, which must be valid."""
    yield from _sample_violations(detection, names)
    yield from _pattern_violations(detection, names)


def _sample_violations(detection: Detection, names: EventNames) -> Iterator[Violation]:
    seen = set()
    for example in (*detection.fires, *detection.silent):
        source, name = example.event.get("eventSource"), example.event.get("eventName")
        if not _is_call(example) or (source, name) in seen:
            continue
        similar = names.meant(str(source))
        known = None if similar else names.event_names(str(source))
        if similar:
            problem = f'the unknown eventSource "{source}"'
            hint = f'did you mean "{similar}"?'
        elif known is not None and name not in known:
            problem = f'the eventName "{name}", which {source} does not have'
            hint = _suggest(str(name), known, names)
        else:
            continue
        seen.add((source, name))
        yield (
            f'has the sample event "{example.description}" with {problem}',
            hint + _OR_ACCEPT,
        )


def _is_call(example: Example) -> bool:
    event_type: object = example.event.get("eventType", _CALL)
    return event_type == _CALL


def suggest_source(name: str, names: EventNames) -> str:
    """A hint with the services that have an event with this name; empty if there are none."""
    sources = names.sources_of(name)
    return f"use the eventSource of this event, {' or '.join(sources)}" if sources else ""


def _suggest(name: str, known: Iterable[str], names: EventNames) -> str:
    similar = _most_similar(name, known)
    return suggest_source(name, names) or (
        f'did you mean "{similar}"?' if similar else "look up the name in the AWS documentation"
    )


def _most_similar(name: str, known: Iterable[str], min_similarity: float = 0.6) -> str:
    by_case = {known_name.casefold(): known_name for known_name in known}
    similar = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=min_similarity)
    return by_case[similar[0]] if similar else ""


def _pattern_violations(detection: Detection, names: EventNames) -> Iterator[Violation]:
    """Names in a pattern without a condition on eventSource.

    Lint checks the names in other patterns. Here the event can be of any service, so a violation
    is only a name that no API has and that is similar to one of the services in the sample events.
    """
    tree = detection.filter_pattern.tree
    clauses = [*clauses_of(tree.condition)] if isinstance(tree, JsonPattern) else []
    if any(getattr(clause, "selector", None) == EVENT_SOURCE for clause in clauses):
        return
    pattern_names = [
        clause.value.text
        for clause in clauses
        if isinstance(clause, Comparison)
        and (clause.selector, clause.operator) == (EVENT_NAME, Operator.EQUAL)
        and isinstance(clause.value, Text)
    ]
    events = [example.event for example in (*detection.fires, *detection.silent)]
    seen = {event.get("eventName") for event in events}
    sources = {str(event.get("eventSource")) for event in events}
    known = {name for source in sources for name in names.event_names(source) or ()}
    for name in dict.fromkeys(pattern_names):
        if "*" in name or name in seen or name in known:
            continue
        similar = _most_similar(name, known, _MIN_SIMILARITY)
        if similar and not names.sources_of(name) and not names.is_an_operation(name):
            yield (
                f'has the eventName "{name}" in its pattern, which no service has',
                f'did you mean "{similar}"?{_OR_ACCEPT}',
            )
