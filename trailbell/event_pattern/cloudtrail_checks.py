"""
Conditions that no event of CloudTrail meets, or none that the rule receives.

In:    an alternative of a pattern; the event names of services; the state of the rule.
Out:   issues, each with the leaf that it is about.
Never: an issue that depends on an unknown value.
"""

import json
import re
from collections.abc import Iterator

from trailbell.event_pattern.alternatives import Alternative, Leaf
from trailbell.event_pattern.cloudtrail_facts import (
    API_CALL,
    DETAIL_TYPE,
    DETAIL_TYPES,
    EVENT_NAME,
    EVENT_SOURCE,
    SERVICE_EVENT,
    SERVICES_WITH_KNOWN_SOURCE,
    SIGN_IN,
    SOURCE,
    condition_on,
    event_names,
    event_sources,
    exact_values,
    is_aws_source,
    is_cloudtrail_event,
    names_aws_event_source,
    names_only_service_events,
    service_name,
)
from trailbell.event_pattern.issue import EventPatternIssue, PatternPath
from trailbell.pattern.lint import Services
from trailbell.pattern.record_checks import SIGN_IN_EVENTS
from trailbell.pattern.record_schema import normalized
from trailbell.pattern.suggestions import any_match, suggest

LeafIssues = Iterator[tuple[Leaf, EventPatternIssue]]

ALL_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_ENABLED = "ENABLED"

_READ_ONLY = re.compile(r"(Get|List|Describe)([A-Z*]|$)")
# The first two are not read-only in spite of their names; the others are data events, for which
# the state of the rule makes no difference.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
_NOT_READ_ONLY = ("GetFederationToken", "GetSessionToken", "GetObject", "GetItem", "GetRecords")


def type_issues(alternative: Alternative, services: Services | None) -> LeafIssues:
    """Issues with ``detail-type``."""
    leaf = condition_on(alternative, DETAIL_TYPE)
    known = {normalized(name): name for name in DETAIL_TYPES}
    for path, text in leaf.texts() if leaf else ():
        meant = known.get(normalized(text))
        if leaf and meant and text not in DETAIL_TYPES:
            reason = f'no event has the detail-type "{text}"'
            fix = f'write "{meant}"'
            yield leaf, EventPatternIssue(path, "unknown-detail-type", reason, fix)
    types = exact_values(alternative, DETAIL_TYPE) or []
    usual, documented = SIGN_IN
    if leaf and documented in types and usual not in types:
        path = (*leaf.path, types.index(documented))
        reason = f'rules that work have "{usual}", which AWS spells in another way here'
        fix = "list both spellings"
        yield leaf, EventPatternIssue(path, "one-spelling-of-sign-in", reason, fix)
    yield from _sign_in_issues(alternative)
    yield from _service_event_issues(alternative, services)
    yield from _missing_type_issues(alternative, services)


def _sign_in_issues(alternative: Alternative) -> LeafIssues:
    """Issues with sign-ins that are sought among API calls."""
    leaf = condition_on(alternative, DETAIL_TYPE)
    names = exact_values(alternative, EVENT_NAME) or []
    types = exact_values(alternative, DETAIL_TYPE) or []
    if leaf and names and types == [API_CALL] and SIGN_IN_EVENTS.issuperset(names):
        reason = f'sign-ins such as "{names[0]}" do not have the detail-type "{API_CALL}"'
        fix = f'write ["{SIGN_IN[0]}", "{SIGN_IN[1]}"]'
        yield leaf, EventPatternIssue(leaf.path, "sign-in-is-no-api-call", reason, fix)


def _service_event_issues(alternative: Alternative, services: Services | None) -> LeafIssues:
    """Issues with events that services report, which are sought among API calls."""
    leaf = condition_on(alternative, DETAIL_TYPE)
    names = exact_values(alternative, EVENT_NAME) or []
    if not leaf or services is None or exact_values(alternative, DETAIL_TYPE) != [API_CALL]:
        return
    known = {
        name
        for source in event_sources(alternative) or ()
        for name in services.service_events(source)
    }
    if found := [name for name in names if name in known]:
        reason = (
            f'"{found[0]}" is reported by the service, and such events do not have the detail-type '
            f'"{API_CALL}"'
        )
        others = [API_CALL] if len(found) < len(names) else []
        fix = f"write {json.dumps([*others, SERVICE_EVENT])}"
        yield leaf, EventPatternIssue(leaf.path, "service-event-is-no-api-call", reason, fix)


def _missing_type_issues(alternative: Alternative, services: Services | None) -> LeafIssues:
    """Issues with patterns for CloudTrail events that do not require their ``detail-type``."""
    if not is_aws_source(alternative) or _may_be_cloudtrail_event(alternative):
        return
    if not names_aws_event_source(alternative) and not names_only_service_events(
        alternative, services
    ):
        return
    field = alternative.get(EVENT_NAME) or alternative.get(EVENT_SOURCE)
    leaf = alternative.get(DETAIL_TYPE)
    if leaf:
        types = exact_values(alternative, DETAIL_TYPE) or []
        names = " or ".join(f'"{text}"' for text in types)
        reason = f"events with the detail-type {names} do not have the fields of CloudTrail events"
        fix = f'write ["{API_CALL}"]'
        yield leaf, EventPatternIssue(leaf.path, "not-cloudtrails-type", reason, fix)
    elif field and () not in alternative:
        reason = f"{field.name} is a field of CloudTrail events, but no detail-type requires them"
        fix = f'add "detail-type": ["{API_CALL}"] next to "detail"'
        yield field, EventPatternIssue(field.path, "detail-type-missing", reason, fix)


def _may_be_cloudtrail_event(alternative: Alternative) -> bool:
    leaf = alternative.get(DETAIL_TYPE)
    types = exact_values(alternative, DETAIL_TYPE)
    if leaf is None or types is None:
        return leaf is not None
    return any("cloudtrail" in normalized(text) for text in types)


def source_issues(alternative: Alternative) -> LeafIssues:
    """Issues with ``source`` and ``eventSource``, alone and together."""
    source, event_source = alternative.get(SOURCE), alternative.get(EVENT_SOURCE)
    for path, text in source.texts() if source else ():
        if source and text.endswith(".amazonaws.com"):
            reason = f'"{text}" is an eventSource, and no event has it as its source'
            fix = f'write "aws.{service_name(text)}"'
            yield source, EventPatternIssue(path, "misspelled-source", reason, fix)
    if not is_aws_source(alternative) or not (is_cloudtrail_event(alternative) or source):
        return
    for path, text in event_source.texts() if event_source else ():
        if event_source and text.startswith("aws."):
            reason = f'"{text}" is a source, and no CloudTrail record has it as its eventSource'
            fix = f'write "{text.removeprefix("aws.")}.amazonaws.com"'
            yield event_source, EventPatternIssue(path, "misspelled-source", reason, fix)
    yield from _contradicting_sources(alternative)


def _contradicting_sources(alternative: Alternative) -> LeafIssues:
    leaf = alternative.get(EVENT_SOURCE)
    sources = exact_values(alternative, SOURCE)
    required = exact_values(alternative, EVENT_SOURCE)
    if not leaf or not sources or not required:
        return
    services = {service_name(text) for text in required}
    source_services = {text.removeprefix("aws.") for text in sources}
    known = services | source_services <= SERVICES_WITH_KNOWN_SOURCE
    if known and not services & source_services:
        event_source_list = " or ".join(f'"{text}"' for text in required)
        source_list = " or ".join(f'"{text}"' for text in sources)
        reason = (
            f"events with the eventSource {event_source_list} do not have the source "
            f"{source_list}, so this never matches"
        )
        fix = "use the same service in source and in eventSource"
        yield leaf, EventPatternIssue(leaf.path, "source-contradicts", reason, fix)


def name_issues(alternative: Alternative, services: Services | None) -> LeafIssues:
    """Issues with event names that the services in the pattern do not have."""
    leaf = alternative.get(EVENT_NAME)
    known = event_names(alternative, services)
    if leaf is None or known is None or not is_cloudtrail_event(alternative):
        return
    sources = " or ".join(event_sources(alternative) or [])
    by_fix: dict[str, list[tuple[PatternPath, str]]] = {}
    for path, text in leaf.texts():
        if text not in known:
            fix = _sources_fix(text, services) or suggest(text, known)
            by_fix.setdefault(fix, []).append((path, text))
    for fix, ((path, text), *others) in by_fix.items():
        more = f" or {len(others)} more of the list" if others else ""
        reason = f'{sources} has no event with the eventName "{text}"{more}'
        yield leaf, EventPatternIssue(path, "unknown-event-name", reason, fix)
    for operator, wildcard, verb in _NAME_OPERATORS:
        for path, text in leaf.operands(operator):
            is_plain = isinstance(text, str) and leaf.operators(path) == [operator]
            if is_plain and not any_match(wildcard.format(text), known):
                reason = f'{sources} has no event with an eventName that {verb} "{text}"'
                fix = suggest(text, known)
                yield leaf, EventPatternIssue(path, "unknown-event-name", reason, fix)


def _sources_fix(name: str, services: Services | None) -> str:
    """Which services have an event; empty if none of those whose events are all known has it."""
    if name in SIGN_IN_EVENTS:
        return "it is an event of signin.amazonaws.com"
    sources = services.sources_of(name) if services is not None else ()
    return f"it is an event of {' or '.join(sources)}" if sources else ""


_NAME_OPERATORS = (
    ("prefix", "{}*", "starts with"),
    ("suffix", "*{}", "ends with"),
    ("wildcard", "{}", "matches"),
)


def read_only_issues(alternative: Alternative, state: str | None) -> LeafIssues:
    """Issues with events that a rule in this state does not receive."""
    if state != _ENABLED or not is_cloudtrail_event(alternative) or _is_data_event(alternative):
        return
    leaf = alternative.get(EVENT_NAME)
    names = [*leaf.texts(), *leaf.operands("prefix", "wildcard")] if leaf else []
    for path, text in names:
        if leaf and isinstance(text, str) and _is_read_only(text):
            reason = (
                f'a rule in the state ENABLED does not receive read-only events such as "{text}"'
            )
            yield leaf, EventPatternIssue(path, "read-only-not-delivered", reason, _CHANGE_STATE)
    read_only = alternative.get(("detail", "readOnly"))
    if leaf is None and read_only and list(read_only.values) == [True]:
        reason = "a rule in the state ENABLED does not receive read-only management events"
        yield (
            read_only,
            EventPatternIssue(read_only.path, "read-only-not-delivered", reason, _CHANGE_STATE),
        )


_CHANGE_STATE = f"set the State of the rule to {ALL_EVENTS}"


def _is_read_only(name: str) -> bool:
    return _READ_ONLY.match(name) is not None and not name.startswith(_NOT_READ_ONLY)


def _is_data_event(alternative: Alternative) -> bool:
    management = alternative.get(("detail", "managementEvent"))
    category = exact_values(alternative, ("detail", "eventCategory"))
    if management and False in management.values:
        return True
    return category is not None and "Management" not in category
