"""
Records that meet a condition.

In:    a condition.
Out:   the events that it may match; ways to meet it; a record for an event and a way.
Never: a proof: the caller tests the record.
"""

import copy
from collections.abc import Iterator
from itertools import islice, product

from trailbell import samples
from trailbell.cloudtrail.event_names import BotocoreEventNames, service_names
from trailbell.cloudtrail.operations import operations_of
from trailbell.pattern import Outcome
from trailbell.pattern.ast import And, Clause, Condition, JsonPattern, Member, Or, Selector
from trailbell.pattern.evaluate import test_record
from trailbell.pattern.event_scope import ANY_EVENT, EventNames, matches_stars
from trailbell.pattern.example_record import with_value
from trailbell.pattern.record import select
from trailbell.pattern.record_schema import IDENTITY_TYPE
from trailbell.samples import Event
from trailbell.scaffold.near_misses import is_reading
from trailbell.sigma.values import MISSING, value_for

_MAX_EVENTS, _MAX_SOURCES = 40, 12
_SERVICES = ("iam", "ec2", "s3", "kms", "sts", "lambda", "rds", "secretsmanager", "cloudtrail")
_ROLE = ("example-role-1", "example-session-1")
IDENTITIES = {
    "Root": samples.root(),
    "IAMUser": samples.iam_user("example-user-1"),
    "FederatedUser": samples.federated_user("example-session-1"),
    "AWSAccount": samples.cross_account_caller("example-session-1"),
    "AWSService": samples.aws_service("ec2.amazonaws.com"),
    "AssumedRole": samples.assumed_role_identity(*_ROLE),
}
Term = tuple[Clause, ...]
"""Clauses that are enough together."""


# ---------------------------------------------------------------- which events


def events_of(condition: Condition) -> Iterator[tuple[str, str]]:
    """The sources and names of events that the condition may match."""
    pairs = dict.fromkeys(
        pair
        for known in islice(ANY_EVENT.narrowed(condition).events, _MAX_EVENTS)
        for pair in islice(_named(known), 2)
    )
    yield from pairs


def _named(known: EventNames) -> Iterator[tuple[str, str]]:
    source, name = known
    sources = tuple(islice(_sources(source, name), _MAX_SOURCES))
    if name and "*" not in name:
        have_it = [each for each in sources if name in {it.name for it in operations_of(each)}]
        yield from ((each, name) for each in have_it or sources[:1])
        return
    for each in sources:
        names = sorted(operation.name for operation in operations_of(each))
        fitting = [other for other in names if not name or matches_stars(name, other)]
        if fitting:
            yield each, next((it for it in fitting if it.startswith("Create")), fitting[0])
    yield sources[0], (name or "Example").replace("*", "Example")


def _sources(source: str | None, name: str | None) -> Iterator[str]:
    """Sources that an event can have, the most likely first."""
    if source and "*" not in source:
        yield source
        return
    if name == "ConsoleLogin":
        yield "signin.amazonaws.com"
    if name and "*" not in name:
        yield from BotocoreEventNames().sources_of(name)
    known = [f"{service}.amazonaws.com" for service in (*_SERVICES, *sorted(service_names()))]
    yield from (other for other in known if not source or matches_stars(source, other))
    if source:
        yield source.replace("*", "example")


def base_record(source: str, name: str) -> Event:
    """A record of an event, in which only the event is chosen."""
    if name == "ConsoleLogin":
        return samples.console_sign_in(samples.iam_user("example-user-1", mfa=False), mfa="No")
    service = source.partition(".")[0]
    return samples.api_call(
        service, name, samples.assumed_role_identity(*_ROLE), read_only=is_reading(name)
    )


# ---------------------------------------------------------------- the values in it


def terms_of(condition: Condition, base: Event) -> Iterator[Term]:
    """The ways to meet the condition; those first that the record meets already."""
    match condition:
        case And(parts):
            for terms in product(*(list(islice(terms_of(part, base), 60)) for part in parts)):
                yield tuple(clause for term in terms for clause in term)
        case Or(parts):
            for part in sorted(parts, key=lambda part: not _is_met(part, base)):
                yield from terms_of(part, base)
        case _:
            yield (condition,)


def _is_met(condition: Condition, record: Event) -> bool:
    return test_record(JsonPattern(condition), record) == Outcome.MATCH


def record_for(base: Event, term: Term) -> Event | None:
    """The record with values that meet the clauses; None if they contradict each other."""
    record = copy.deepcopy(base)
    on_fields: dict[Selector, list[Clause]] = {}
    for clause in term:
        on_fields.setdefault(clause.selector, []).append(clause)
    try:
        if kind := on_fields.get(IDENTITY_TYPE):
            current = record["userIdentity"]["type"]
            identity = IDENTITIES.get(str(value_for(kind, current)))
            if identity and value_for(kind, current) != current:
                record["userIdentity"] = copy.deepcopy(identity)
        for selector, on_field in sorted(on_fields.items(), key=lambda item: len(item[0].steps)):
            nodes = select(record, selector).nodes
            value = value_for(on_field, nodes[0] if nodes else MISSING)
            if not nodes or value is not nodes[0]:
                record = with_field(record, selector, value)
    except LookupError:
        return None
    return record


def with_field(record: Event, selector: Selector, value: object) -> Event:
    """A copy with another value, or without a value."""
    if value is not MISSING:
        changed: Event = with_value(record, selector.steps, value)
        return changed
    if len(selector.steps) == 1:
        name = _name(selector)
        return {key: member for key, member in record.items() if key != name}
    parents = select(record, Selector(selector.steps[:-1])).nodes
    last = selector.steps[-1]
    if not parents or not isinstance(parents[0], dict) or not isinstance(last, Member):
        return record
    rest = {key: member for key, member in parents[0].items() if key != last.name}
    without: Event = with_value(record, selector.steps[:-1], rest or None)
    return without


def _name(selector: Selector) -> str:
    first = selector.steps[0]
    return first.name if isinstance(first, Member) else ""
