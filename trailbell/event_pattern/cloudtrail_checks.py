"""
What an alternative asks of CloudTrail's events that none can be, or that none that is sent is.

In:    an alternative; what the APIs of AWS are called; the state of the rule.
Out:   findings, each with the leaf that it is about.
Never: a finding about what depends on something unknown.
"""

import re
from collections.abc import Iterator

from trailbell.event_pattern.alternatives import Alternative, Leaf
from trailbell.event_pattern.cloudtrail_facts import (
    API_CALL,
    DETAIL_TYPE,
    DETAIL_TYPES,
    EVENT_NAME,
    EVENT_SOURCE,
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
    normalized,
    service_name,
)
from trailbell.event_pattern.issue import EventPatternIssue
from trailbell.pattern.lint import Services
from trailbell.pattern.suggestions import any_match, suggest

LeafIssues = Iterator[tuple[Leaf, EventPatternIssue]]

ALL_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_ENABLED = "ENABLED"

_READS = re.compile(r"(Get|List|Describe)([A-Z*]|$)")
# The first two are no reads, though they are called so; the others are data events, for which
# the state makes no difference.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
_NO_READS = ("GetFederationToken", "GetSessionToken", "GetObject", "GetItem", "GetRecords")


def type_issues(alternative: Alternative, services: Services | None) -> LeafIssues:
    """About ``detail-type``."""
    leaf = condition_on(alternative, DETAIL_TYPE)
    known = {normalized(name): name for name in DETAIL_TYPES}
    for path, text in leaf.texts() if leaf else ():
        meant = known.get(normalized(text))
        if leaf and meant and text not in DETAIL_TYPES:
            reason = f"no event has the detail-type {text!r}"
            yield leaf, EventPatternIssue(path, "unknown-detail-type", reason, f"write {meant!r}")
    types = exact_values(alternative, DETAIL_TYPE) or []
    for one, other in (SIGN_IN, SIGN_IN[::-1]):
        if leaf and one in types and other not in types:
            path = (*leaf.path, types.index(one))
            reason = f"AWS spells this detail-type in two ways, and {other!r} is missing"
            yield leaf, EventPatternIssue(path, "one-spelling-of-sign-in", reason, "name both")
    yield from _without_type(alternative, services)


def _without_type(alternative: Alternative, services: Services | None) -> LeafIssues:
    """What only CloudTrail's events hold is asked for, but not these."""
    if not is_aws_source(alternative) or _may_be_cloudtrails(alternative):
        return
    if not names_aws_event_source(alternative) and not names_only_service_events(
        alternative, services
    ):
        return
    about = alternative.get(EVENT_NAME) or alternative.get(EVENT_SOURCE)
    leaf = alternative.get(DETAIL_TYPE)
    if leaf:
        what = " or ".join(map(repr, exact_values(alternative, DETAIL_TYPE) or []))
        reason = (
            f"events of the type {what} are not CloudTrail's and lack what is asked for in detail"
        )
        yield (
            leaf,
            EventPatternIssue(leaf.path, "not-cloudtrails-type", reason, f'write ["{API_CALL}"]'),
        )
    elif about and () not in alternative:
        reason = f"{about.name} is CloudTrail's, and nothing says that the event is"
        fix = f'add "detail-type": ["{API_CALL}"] beside "detail"'
        yield about, EventPatternIssue(about.path, "detail-type-missing", reason, fix)


def _may_be_cloudtrails(alternative: Alternative) -> bool:
    leaf = alternative.get(DETAIL_TYPE)
    types = exact_values(alternative, DETAIL_TYPE)
    if leaf is None or types is None:
        return leaf is not None
    return any("cloudtrail" in normalized(text) for text in types)


def source_issues(alternative: Alternative) -> LeafIssues:
    """About ``source`` and ``eventSource``, each and together."""
    source, event_source = alternative.get(SOURCE), alternative.get(EVENT_SOURCE)
    for path, text in source.texts() if source else ():
        if source and text.endswith(".amazonaws.com"):
            fix = f"write 'aws.{service_name(text)}'"
            reason = f"{text!r} is an eventSource; no event has it as its source"
            yield source, EventPatternIssue(path, "misspelled-source", reason, fix)
    if not is_aws_source(alternative) or not (is_cloudtrail_event(alternative) or source):
        return
    for path, text in event_source.texts() if event_source else ():
        if event_source and text.startswith("aws."):
            fix = f"write '{text.removeprefix('aws.')}.amazonaws.com'"
            reason = f"{text!r} is a source; no record has it as its eventSource"
            yield event_source, EventPatternIssue(path, "misspelled-source", reason, fix)
    yield from _contradiction(alternative)


def _contradiction(alternative: Alternative) -> LeafIssues:
    event_source = alternative.get(EVENT_SOURCE)
    sources, said = exact_values(alternative, SOURCE), exact_values(alternative, EVENT_SOURCE)
    if not event_source or not sources or not said:
        return
    asked = {service_name(text) for text in said}
    given = {text.removeprefix("aws.") for text in sources}
    if (
        asked <= SERVICES_WITH_KNOWN_SOURCE
        and given <= SERVICES_WITH_KNOWN_SOURCE
        and not asked & given
    ):
        reason = (
            f"events of {' and '.join(map(repr, said))} do not come from "
            f"{' or '.join(map(repr, sources))}, so this never matches"
        )
        fix = "let source name the service of eventSource"
        yield event_source, EventPatternIssue(event_source.path, "source-contradicts", reason, fix)


def name_issues(alternative: Alternative, services: Services | None) -> LeafIssues:
    """About names that no event of the services asked for has."""
    leaf = alternative.get(EVENT_NAME)
    known = event_names(alternative, services)
    if leaf is None or known is None or not is_cloudtrail_event(alternative):
        return
    sources = " or ".join(event_sources(alternative) or [])
    for path, text in leaf.texts():
        if text not in known:
            reason = f"no event of {sources} is called {text!r}"
            yield leaf, EventPatternIssue(path, "unknown-event-name", reason, suggest(text, known))
    for operator, glob, does in _GLOBS:
        for path, text in leaf.operands(operator):
            sought = isinstance(text, str) and leaf.operators(path) == [operator]
            if sought and not any_match(glob.format(text), known):
                reason = f"the name of no event of {sources} {does} {text!r}"
                yield (
                    leaf,
                    EventPatternIssue(path, "unknown-event-name", reason, suggest(text, known)),
                )


_GLOBS = (
    ("prefix", "{}*", "starts with"),
    ("suffix", "*{}", "ends with"),
    ("wildcard", "{}", "is like"),
)


def read_only_issues(alternative: Alternative, state: str | None) -> LeafIssues:
    """About events that a rule in this state is not given."""
    if state != _ENABLED or not is_cloudtrail_event(alternative) or _is_data(alternative):
        return
    leaf = alternative.get(EVENT_NAME)
    named = [*leaf.texts(), *leaf.operands("prefix", "wildcard")] if leaf else []
    for path, text in named:
        if leaf and isinstance(text, str) and _READS.match(text) and not _is_no_read(text):
            reason = f"a rule in the state ENABLED is not given read-only events such as {text!r}"
            yield leaf, EventPatternIssue(path, "read-only-not-delivered", reason, _STATE)
    read_only = alternative.get(("detail", "readOnly"))
    if leaf is None and read_only and list(read_only.values) == [True]:
        reason = "a rule in the state ENABLED is not given read-only management events"
        yield (
            read_only,
            EventPatternIssue(read_only.path, "read-only-not-delivered", reason, _STATE),
        )


_STATE = f"set the rule's State to {ALL_EVENTS}"


def _is_no_read(text: str) -> bool:
    return text.startswith(_NO_READS)


def _is_data(alternative: Alternative) -> bool:
    management = alternative.get(("detail", "managementEvent"))
    category = exact_values(alternative, ("detail", "eventCategory"))
    if management and False in management.values:
        return True
    return category is not None and "Management" not in category
