"""
The proof that an operation is detected: an event of it that fires a detection.

In:    detections, and an operation of a service model.
Out:   a `Proof`: the detection, and a complete event with members that the operation has.
Never: a claim without an event that the evaluator matched, or an event that is detected for its
       caller or its failure only: alarms on the root user detect any operation, of root.

The event is a call that succeeded, by an ordinary caller. What its condition says about other
fields is decided by that; what remains is about parameters, and the search for events that satisfy
a condition finds their values. Parameters that the model requires always have a value.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.cloudtrail.event_names import names_of_operation
from trailbell.cloudtrail.field_types import BotocoreFieldTypes
from trailbell.cloudtrail.operations import Operation
from trailbell.pattern import Outcome
from trailbell.pattern.ast import (
    And,
    Clause,
    Condition,
    JsonPattern,
    Member,
    Or,
    Selector,
)
from trailbell.pattern.evaluate import clause_outcome
from trailbell.pattern.event_scope import ANY_EVENT, EventNames, EventScope, matches_stars
from trailbell.pattern.field_types import PARAMETERS
from trailbell.pattern.narrowing import find_matching_records
from trailbell.pattern.record import SelectedValues, select
from trailbell.radar.sample_request import sample_request
from trailbell.samples import (
    Event,
    Identity,
    api_call,
    assumed_role_identity,
    cross_account_caller,
    iam_user,
    identity_center_user,
)

_MAX_EVENTS = 200
"""Events that are tried for one detection, caller and name."""

_FREE = frozenset((*PARAMETERS, "additionalEventData", "resources", "serviceEventDetails"))
"""Fields whose values the search may choose."""

_CALLERS: tuple[Identity, ...] = (
    iam_user("mallory"),
    identity_center_user("mallory"),
    assumed_role_identity("Deployer"),
    cross_account_caller("mallory"),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A detection, and an event that fires it."""

    detection: Detection
    event: Event


class Prover:
    """Proves operations with the detections of a catalog."""

    def __init__(self, detections: Iterable[Detection]) -> None:
        self._detections = [
            (detection, tree.condition, calls)
            for detection in detections
            if isinstance(tree := detection.filter_pattern.tree, JsonPattern)
            and (calls := _named_calls(tree.condition))
        ]

    @property
    def services(self) -> frozenset[str]:
        """The services that patterns and sample events name."""
        named = {source for *_, calls in self._detections for source, _ in calls if source}
        samples = {
            str(example.event.get("eventSource", ""))
            for detection, *_ in self._detections
            for example in (*detection.fires, *detection.silent)
        }
        domain = ".amazonaws.com"
        sources = (source for source in {*named, *samples} if source.endswith(domain))
        return frozenset(source.removesuffix(domain) for source in sources if "*" not in source)

    def prove(self, source: str, operation: Operation) -> Proof | None:
        """The first detection that an event of the operation fires; None if there is none."""
        names = names_of_operation(source, operation.name, operation.definition)
        ordered = sorted(names, key=lambda name: (name != operation.name, name))
        for detection, condition, calls in self._detections:
            for name in ordered:
                if any(_is_call(source, name, call) for call in calls):
                    event = _find_event(detection, condition, _Call(source, name, operation))
                    if event is not None:
                        return Proof(detection, event)
        return None


@dataclass(frozen=True, slots=True)
class _Call:
    source: str
    name: str
    operation: Operation

    @property
    def scope(self) -> EventScope:
        return EventScope(((self.source, self.name),))


def _named_calls(condition: Condition) -> tuple[EventNames, ...]:
    """The calls that a condition names: by the source or by the name, not any call."""
    events = ANY_EVENT.narrowed(condition).events
    return tuple((source, name) for source, name in events if source or (name and name != "*"))


def _is_call(source: str, name: str, call: EventNames) -> bool:
    return all(
        pattern is None or matches_stars(pattern, text)
        for pattern, text in zip(call, (source, name), strict=True)
    )


def _find_event(detection: Detection, condition: Condition, call: _Call) -> Event | None:
    """An event of the call that fires the detection."""
    for caller in _CALLERS:
        event = _event(call, caller)
        for parts in islice(_parts(detection, condition, call, event), _MAX_EVENTS):
            candidate: Event = _merged(event, parts)
            if detection.filter_pattern.test_record(candidate) == Outcome.MATCH:
                return candidate
    return None


def _event(call: _Call, caller: Identity) -> Event:
    service = call.source.partition(".")[0]
    read_only = call.name.startswith(("Get", "List", "Describe"))
    request = sample_request(call.operation)
    return api_call(service, call.name, caller, request=request, read_only=read_only)


def _parts(
    detection: Detection, condition: Condition, call: _Call, event: Event
) -> Iterator[Mapping[str, Any]]:
    """Values for the free fields with which the event may fire the detection."""
    remaining = _remaining(condition, call, event)
    if remaining is True:
        yield {}
    if isinstance(remaining, bool):
        return
    for example in detection.fires:
        sample = example.event
        if (sample.get("eventSource"), sample.get("eventName")) == (call.source, call.name):
            yield {name: sample[name] for name in _FREE if name in sample}
    yield from find_matching_records(remaining)


def _remaining(condition: Condition, call: _Call, event: Event) -> Condition | bool:
    """The part of a condition that the event does not decide: what is about free fields."""
    match condition:
        case And(parts) | Or(parts):
            neutral = isinstance(condition, And)
            kept = []
            for part in parts:
                remaining = _remaining(part, call, event)
                if remaining is (not neutral):
                    return remaining
                if not isinstance(remaining, bool):
                    kept.append(remaining)
            if len(kept) < 2:
                return kept[0] if kept else neutral
            return And(tuple(kept)) if neutral else Or(tuple(kept))
        case _:
            return _remaining_clause(condition, call, event)


def _remaining_clause(clause: Clause, call: _Call, event: Event) -> Condition | bool:
    first = clause.selector.steps[0]
    selected = select(event, clause.selector)
    if not (isinstance(first, Member) and first.name in _FREE):
        return clause_outcome(clause, selected) == Outcome.MATCH
    if first.name in PARAMETERS and _is_impossible(clause.selector, call.scope):
        return clause_outcome(clause, SelectedValues((), some_missing=True)) == Outcome.MATCH
    return clause


@cache
def _is_impossible(selector: Selector, scope: EventScope) -> bool:
    return BotocoreFieldTypes().impossible_field(selector, scope) is not None


def _merged(event: Any, parts: Any) -> Any:
    """The event with the values of the parts in its objects."""
    if not (isinstance(event, dict) and isinstance(parts, Mapping)):
        return parts
    return {**event, **{name: _merged(event.get(name), value) for name, value in parts.items()}}
