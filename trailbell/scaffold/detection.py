"""
A first detection for an event: its pattern, and events that match and that do not.

In:    a scrubbed record, or an event made from an API model; an ID, a pack, what the person knows.
Out:   `Draft`: what is written to the module, already tested on its own events.
Never: a statement that could be false. What only a person knows (what an attacker gains, which
       technique it is, what is normal) is in sentences that are true of every such event, under
       comments that begin with ``# Review:``. The build counts these comments, so that no one
       deploys generated sentences unnoticed; a placeholder that fails the build would be replaced
       by any text that passes.

The default technique is T1078.004 (Valid Accounts: Cloud Accounts): a call that is recorded in an
account was made with credentials that the account accepts. If the catalog has a detection on the
same event, its techniques are taken instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trailbell.catalog.detection import Detection
from trailbell.catalog.sample_event_names import UNKNOWN
from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.cloudtrail.field_types import BotocoreFieldTypes
from trailbell.cloudtrail.operations import find_operation
from trailbell.errors import PatternError
from trailbell.pattern import FilterPattern, all_of, any_of, constructors
from trailbell.pattern.ast import Condition
from trailbell.pattern.lint import lint
from trailbell.pattern.lint.record_fields import UNKNOWN_FIELD
from trailbell.samples import Event
from trailbell.scaffold.detection_examples import Sample, firing_samples, silent_samples
from trailbell.scaffold.detection_texts import false_positives_of, title_of, why_of
from trailbell.scaffold.harmless import is_defined
from trailbell.scaffold.python_source import Call, Method
from trailbell.scaffold.request_clauses import Clause, request_clauses
from trailbell.scaffold.sample import is_root

TECHNIQUE = "T1078.004"


@dataclass(frozen=True)
class Draft:
    """A detection before it is written. ``clauses`` are the expressions of its pattern."""

    title: str
    why: str
    false_positives: str
    clauses: tuple[Method | Call, ...]
    fires: tuple[Sample, ...]
    silent: tuple[Sample, ...]
    techniques: tuple[str, ...]
    accepted: dict[str, str]


def draft_detection(record: Event, known: Iterable[Detection]) -> Draft:
    """The draft for an event. ``known`` are the detections of the project."""
    event = tuple(_event_clauses(record))
    request = _within_limits(event, _request_clauses(record))
    clauses = (*event, *(clause.source for clause in request))
    pattern = FilterPattern.of(condition_of(clauses))
    return Draft(
        title=title_of(record),
        why=why_of(record, request),
        false_positives=false_positives_of(record),
        clauses=clauses,
        fires=firing_samples(record, pattern, request),
        silent=silent_samples(record, pattern, request),
        techniques=_techniques(record, known),
        accepted=_accepted(record),
    )


def condition_of(clauses: Iterable[Method | Call]) -> Condition:
    """The condition that the expressions of the clauses make."""
    return all_of(*(_condition(clause) for clause in clauses))


def _condition(clause: Method | Call) -> Condition:
    if isinstance(clause, Call):
        return any_of(*map(_condition, clause.arguments))
    field = constructors.field(*clause.receiver.arguments)
    condition: Condition = getattr(field, clause.call.function)(*clause.call.arguments)
    return condition


def _clause(path: str, method: str, *arguments: str) -> Method:
    return Method(Call("field", (path,)), Call(method, arguments))


# ---------------------------------------------------------------- the pattern


def _event_clauses(record: Event) -> Iterator[Method]:
    """Clauses on which event it is, its outcome, and the root user."""
    kind = record.get("eventType", "AwsApiCall")
    details = record.get("insightDetails") or {}
    if kind == "AwsCloudTrailInsight":
        for name in ("eventSource", "eventName", "insightType", "state"):
            if name in details:
                yield _clause(f"insightDetails.{name}", "equals", str(details[name]))
        return
    yield _clause("eventSource", "equals", str(record["eventSource"]))
    yield _clause("eventName", "equals", str(record["eventName"]))
    if kind != "AwsApiCall":
        yield _clause("eventType", "equals", str(kind))
    if is_root(record):
        yield _clause("userIdentity.type", "equals", "Root")
    yield from _outcome_clauses(record, str(kind))


def _outcome_clauses(record: Event, kind: str) -> Iterator[Method]:
    match record:
        case {"eventType": "AwsConsoleSignIn", "responseElements": {"ConsoleLogin": str(outcome)}}:
            yield _clause("responseElements.ConsoleLogin", "equals", outcome)
            mfa = (record.get("additionalEventData") or {}).get("MFAUsed")
            if isinstance(mfa, str):
                yield _clause("additionalEventData.MFAUsed", "equals", mfa)
        case {"errorCode": str(error)} if is_defined(("errorCode",), error):
            yield _clause("errorCode", "equals", error)
        case {"errorCode": str(error)} if error:
            yield _clause("errorCode", "present")
        case _ if kind == "AwsApiCall":
            yield _clause("errorCode", "missing_or_null")
        case _:
            pass


def _request_clauses(record: Event) -> tuple[Clause, ...]:
    operation = find_operation(str(record.get("eventSource")), str(record.get("eventName")))
    shape = operation.request() if operation else None
    return request_clauses(record.get("requestParameters"), shape)


def _within_limits(event: tuple[Method, ...], request: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The clauses on the request that one pattern has room for, and that the build accepts.

    A pattern may have three wildcards. A record may have a parameter that no API model has.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
    """
    kept: tuple[Clause, ...] = ()
    for clause in request:
        more = (*kept, clause)
        try:
            pattern = FilterPattern.of(condition_of((*event, *(each.source for each in more))))
        except PatternError:
            continue
        issues = lint(pattern, fields=BotocoreFieldTypes())
        if not any(issue.id == UNKNOWN_FIELD for issue in issues):
            kept = more
    return kept


def _techniques(record: Event, known: Iterable[Detection]) -> tuple[str, ...]:
    """The techniques of the first detection with an example of the same event."""
    event = (record.get("eventSource"), record.get("eventName"))
    same = (
        detection.controls.mitre_attack
        for detection in known
        for example in detection.fires
        if (example.event.get("eventSource"), example.event.get("eventName")) == event
    )
    return next(filter(None, same), (TECHNIQUE,))


def _accepted(record: Event) -> dict[str, str]:
    """The reason why a name is accepted that the API models do not have."""
    source, name = str(record.get("eventSource")), str(record.get("eventName"))
    names = BotocoreEventNames().event_names(source)
    if names is None or name in names:
        return {}
    return {UNKNOWN: f"A record of CloudTrail has the event {name}."}
