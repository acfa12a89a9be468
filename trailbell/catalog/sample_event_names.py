"""
Check the event names in sample events against the names of their services.

In:    a detection, and the known names.
Out:   a violation for each name that its service does not have, with the most similar name.
Never: a violation for a service whose names are not all known, or for an event that is not an API
       call: services report events that no API model lists.
"""

import difflib
from collections.abc import Iterable, Iterator
from typing import Protocol

from trailbell.catalog.detection import Detection, Example
from trailbell.pattern.lint import Services

UNKNOWN = "unknown-event-name"
"""The ID in ``accepted_issues`` for a name that is newer than the API models."""

_CALL = "AwsApiCall"
_OR_ACCEPT = f"; or explain it in accepted_issues as {UNKNOWN}"
Violation = tuple[str, str]


class EventNames(Services, Protocol):
    """The event names of AWS services, as `trailbell.cloudtrail.event_names` knows them."""

    def meant(self, source: str) -> str:
        """The source most similar to an unknown one; empty if it is known, or similar to none."""
        ...

    def sources_of(self, name: str) -> tuple[str, ...]:
        """The sources that have an event with this name."""
        ...


def event_name_violations(detection: Detection, names: EventNames) -> Iterator[Violation]:
    """The wrong names in sample events. Those in the pattern are issues of its lint."""
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


def _most_similar(name: str, known: Iterable[str]) -> str:
    by_case = {known_name.casefold(): known_name for known_name in known}
    similar = difflib.get_close_matches(name.casefold(), by_case, n=1)
    return by_case[similar[0]] if similar else ""
