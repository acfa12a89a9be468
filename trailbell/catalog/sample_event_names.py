"""
Whether the events of a detection are called as their service calls them.

In:    a detection, and the names that are known.
Out:   a fault for each name that its service does not have, with the nearest right one.
Never: a word about a service whose names are not all known, or about what is no API call: services
       report events that no model lists, and a sign-in is none.
"""

import difflib
from collections.abc import Iterable, Iterator
from typing import Protocol

from trailbell.catalog.detection import Detection, Example
from trailbell.pattern.ast import Comparison, JsonPattern, Operator, Text
from trailbell.pattern.ast import clauses as clauses_of
from trailbell.pattern.record_schema import EVENT_NAME, EVENT_SOURCE

UNKNOWN = "unknown-event-name"
"""What ``accepts`` names where a name is right and the models do not know it yet."""

_NEAR = 0.9
_CALL = "AwsApiCall"
_OR_ACCEPT = f"; or explain it in accepted_issues, under {UNKNOWN}"
Fault = tuple[str, str]


class Names(Protocol):
    """What CloudTrail calls the events of AWS services: `trailbell.cloudtrail.event_names`."""

    def event_names(self, source: str) -> frozenset[str] | None:
        """Every event of a source, such as ``iam.amazonaws.com``; None if that is not certain."""
        ...

    def meant(self, source: str) -> str:
        """The source that an unknown one nearly is; empty if it is known, or like none."""
        ...

    def sources_of(self, name: str) -> tuple[str, ...]:
        """The sources that are known to have an event of that name."""
        ...

    def is_an_operation(self, name: str) -> bool:
        """Whether the API of any service has an operation of that name."""
        ...


def faults(detection: Detection, names: Names) -> Iterator[Fault]:
    """Names in examples, and in a pattern that can be used, that are wrong."""
    yield from _of_examples(detection, names)
    yield from _of_pattern(detection, names)


def _of_examples(detection: Detection, names: Names) -> Iterator[Fault]:
    seen = set()
    for kind, examples in (("firing", detection.fires), ("silent", detection.silent)):
        for example in examples:
            source, name = example.event.get("eventSource"), example.event.get("eventName")
            if not _is_call(example) or (source, name) in seen:
                continue
            near = names.meant(str(source))
            if near:
                seen.add((source, name))
                yield (
                    (
                        f'has the {kind} event "{example.description}" of "{source}", which is '
                        "not a service of AWS"
                    ),
                    f'did you mean "{near}"?{_OR_ACCEPT}',
                )
                continue
            known = names.event_names(str(source))
            if known is not None and name not in known:
                seen.add((source, name))
                yield (
                    (
                        f'has the {kind} event "{example.description}" with the name "{name}", '
                        f"which {source} does not have"
                    ),
                    _meant(str(name), known, names) + _OR_ACCEPT,
                )


def _is_call(example: Example) -> bool:
    kind: object = example.event.get("eventType", _CALL)
    return kind == _CALL


def elsewhere(name: str, names: Names) -> str:
    """Where there is an event of that name; empty if no known service has one."""
    sources = names.sources_of(name)
    return f"that is an event of {' and of '.join(sources)}" if sources else ""


def _meant(name: str, known: Iterable[str], names: Names) -> str:
    near = _nearest(name, known)
    return elsewhere(name, names) or (
        f'did you mean "{near}"?' if near else "look it up in the documentation of the service"
    )


def _nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    by_case = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=cutoff)
    return by_case[near[0]] if near else ""


def _of_pattern(detection: Detection, names: Names) -> Iterator[Fault]:
    """Names in a usable pattern that says no service, nearly as the services of its examples say.

    Where a pattern says the service, its lint looks the names up. Where it does not, any service
    may be meant: a fault is only what no API at all is called, and a known name nearly is.
    """
    tree = detection.filter_pattern.tree
    clauses = [*clauses_of(tree.condition)] if isinstance(tree, JsonPattern) else []
    if any(getattr(clause, "selector", None) == EVENT_SOURCE for clause in clauses):
        return
    written = [
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
    for name in dict.fromkeys(written):
        if "*" in name or name in seen or name in known:
            continue
        near = _nearest(name, known, _NEAR)
        if near and not names.sources_of(name) and not names.is_an_operation(name):
            yield (
                f"has the event name {name!r} in its pattern, which no service has",
                f'did you mean "{near}"?{_OR_ACCEPT}',
            )
