"""
The proof that an operation is detected: an event of it that fires a detection.

In:    detections, and an operation of a service model.
Out:   a `Proof`: the detection, and a complete event with members that the operation has.
Never: a claim without an event that the evaluator matched, or an event that is detected for its
       caller or its failure only: alarms on the root user detect any operation, of root.

The event is a call that succeeded, by an ordinary caller. What its condition says about other
fields is decided by that; what remains is about parameters, and the search for events that satisfy
a condition finds their values. Parameters that the model requires always have a value, and those
that it does not have never have one.

Patterns that search a text in any parameter (``$.requestParameters.*``) look for policies. For
them, a parameter that is named as a policy gets the texts of the sample events.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.cloudtrail.event_names import names_of_operation
from trailbell.cloudtrail.operations import Operation
from trailbell.cloudtrail.places import Place, is_inferred, type_at
from trailbell.cloudtrail.record_path import follow
from trailbell.cloudtrail.spellings import request_members
from trailbell.pattern import Outcome
from trailbell.pattern.ast import (
    And,
    AnyMember,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    Literal,
    Member,
    Operator,
    Or,
    Selector,
    Text,
    clauses,
)
from trailbell.pattern.evaluate import clause_outcome
from trailbell.pattern.event_scope import ANY_EVENT, EventNames, matches_stars
from trailbell.pattern.field_types import PARAMETERS, members_of
from trailbell.pattern.narrowing import find_matching_records
from trailbell.pattern.record import SelectedValues, select
from trailbell.pattern.record_schema import FieldType
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

# Not those of a lifecycle, which have no principals, and not the ID or name of a policy.
_POLICY = re.compile("(?!lifecycle).*polic(y|ies|y_?document|ytext|ybody|yinjson)", re.IGNORECASE)
_ANY_PARAMETER = frozenset(
    (
        Selector((Member("requestParameters"), AnyMember())),
        Selector((Member("requestParameters"), Member("attributes"), AnyMember())),
    )
)
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
        return
    samples = [example.event for example in detection.fires]
    for sample in samples:
        if (sample.get("eventSource"), sample.get("eventName")) == (call.source, call.name):
            yield {name: sample[name] for name in _FREE if name in sample}
    if any(clause.selector in _ANY_PARAMETER for clause in clauses(condition)):
        yield from _policies(samples, call.operation)
    if not isinstance(remaining, bool):
        yield from find_matching_records(remaining)


def _policies(samples: Sequence[Event], operation: Operation) -> Iterator[Mapping[str, Any]]:
    """The texts of sample events, each in a parameter that is a policy."""
    texts = dict.fromkeys(
        value
        for sample in samples
        for value in (sample.get("requestParameters") or {}).values()
        if isinstance(value, str)
    )
    for name, place in request_members(operation).items():
        shape = place.shape
        if shape is not None and shape.kind == "string" and _POLICY.fullmatch(name):
            yield from ({"requestParameters": {name: text}} for text in texts if shape.allows(text))


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
    if not (isinstance(first, Member) and first.name in _FREE):
        return clause_outcome(clause, select(event, clause.selector)) == Outcome.MATCH
    if first.name not in PARAMETERS or len(clause.selector.steps) == 1:
        return clause
    members = members_of(clause.selector)
    path = follow(call.operation, members) if members else None
    if path is None or not path.is_complete:
        return clause_outcome(clause, SelectedValues((), some_missing=True)) == Outcome.MATCH
    return clause if _can_hold(clause, path.places[-1]) else False


def _can_hold(clause: Clause, place: Place) -> bool:
    """Whether a value of the type that the model has can be as the clause says."""
    values = place.shape.enumeration if place.shape else ()
    match clause:
        case Comparison(_, Operator.EQUAL, Text(text)) if values:
            return any(matches_stars(text.casefold(), value.casefold()) for value in values)
        case IsLiteral(_, Literal.TRUE | Literal.FALSE):
            return is_inferred(place) or type_at(place) in (None, FieldType.BOOLEAN)
        case _:
            return True


def _merged(event: Any, parts: Any) -> Any:
    """The event with the values of the parts in its objects."""
    if not (isinstance(event, dict) and isinstance(parts, Mapping)):
        return parts
    return {**event, **{name: _merged(event.get(name), value) for name, value in parts.items()}}
