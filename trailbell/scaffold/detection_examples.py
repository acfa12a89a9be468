"""
The sample events of a new detection: two that match, and near misses.

In:    a scrubbed record, its pattern, and the clauses on its request.
Out:   `Sample` objects, each of which was tested with the pattern.
Never: two samples with the same event or the same description.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.pattern import FilterPattern, Outcome
from trailbell.samples import Event
from trailbell.scaffold.near_misses import is_reading, same_call_elsewhere, similar_calls
from trailbell.scaffold.python_source import Call, Merged
from trailbell.scaffold.request_clauses import Clause, in_another_order, reduced, with_value
from trailbell.scaffold.sample import evaluate, is_root, sample_of, service_of, with_keywords

_MAX_SILENT = 4
_MAX_DESCRIPTION = 100
_ROLE = Call("assumed_role_identity", ("example-role-1", "example-session-1"))
_USER = Call("iam_user", ("example-user-1",))


@dataclass(frozen=True)
class Sample:
    """A sample event: its description, and the expression that makes it."""

    description: str
    call: Any


def firing_samples(
    record: Event, pattern: FilterPattern, request: tuple[Clause, ...]
) -> tuple[Sample, ...]:
    """The event, also with its lists in another order, and with what the pattern leaves open."""
    base = _base(record, pattern)
    name = record.get("eventName") or (record.get("insightDetails") or {}).get("eventName")
    first = Sample(f"{name} as in the record"[:_MAX_DESCRIPTION], base)
    ordered = [sample for sample in _reordered(base, request) if _fires(pattern, sample)]
    others = [sample for sample in variants(base) if _fires(pattern, sample)]
    return (first, *ordered[:1], *others[:1])


def silent_samples(
    record: Event, pattern: FilterPattern, request: tuple[Clause, ...]
) -> tuple[Sample, ...]:
    """Events that differ from the record in what the pattern requires."""
    silent = [
        sample
        for sample in _near_misses(record, _base(record, pattern), request)
        if pattern.test_record(evaluate(sample.call)) == Outcome.NO_MATCH
    ]
    return tuple(_different(silent))[:_MAX_SILENT]


def _base(record: Event, pattern: FilterPattern) -> Any:
    """The call that makes an event like the record; the whole record if there is none."""
    call = sample_of(record)
    return call if pattern.test_record(evaluate(call)) == Outcome.MATCH else dict(record)


def _fires(pattern: FilterPattern, sample: Sample) -> bool:
    return pattern.test_record(evaluate(sample.call)) == Outcome.MATCH


def _reordered(base: Any, request: tuple[Clause, ...]) -> Iterator[Sample]:
    """The call with the lists in the opposite order in which a clause searches."""
    for clause in request:
        if isinstance(base, Call) and "request" in base.keywords:
            changed = in_another_order(base.keywords["request"], clause.path)
            if changed != base.keywords["request"]:
                call = with_keywords(base, request=changed)
                yield Sample("the same call with its lists in another order", call)


def variants(base: Any) -> Iterator[Sample]:
    """The same event with what the pattern leaves open: another caller, or another Region."""
    match base:
        case Call(function, arguments) if function != "insight_event":
            caller = arguments[-1]
            is_user = isinstance(caller, Call) and caller.function == "iam_user"
            other = _ROLE if is_user else _USER
            who = "a role" if is_user else "an IAM user"
            call = Call(function, (*arguments[:-1], other), base.keywords)
            yield Sample(f"the same event with {who} as the caller", call)
        case _:
            pass
    region = evaluate(base).get("awsRegion")
    other_region = "us-west-2" if region == "eu-west-1" else "eu-west-1"
    yield Sample("the same event in another Region", Merged(base, {"awsRegion": other_region}))


def _near_misses(record: Event, base: Any, request: tuple[Clause, ...]) -> Iterator[Sample]:
    if isinstance(base, Call) and base.function == "api_call":
        yield from _other_values(record, base, request)
        yield from _other_outcome(base)
    if isinstance(base, Call) and base.function == "console_sign_in":
        yield from _other_sign_ins(base)
    if is_root(record) and isinstance(base, Call):
        yield Sample(
            "an IAM user does it", Call(base.function, (*base.arguments[:-1], _USER), base.keywords)
        )
    yield from _other_insights(base)
    source, name = str(record.get("eventSource")), str(record.get("eventName"))
    service, caller = service_of(record), _caller(base)
    if record.get("eventSource"):
        for other in similar_calls(source, name, 2):
            reads = {"read_only": True} if is_reading(other) else {}
            yield Sample(
                f"another call: {other}", Call("api_call", (service, other, caller), reads)
            )
        if elsewhere := same_call_elsewhere(source, name):
            call = Call("api_call", (elsewhere, name, caller))
            yield Sample(f"a call of the same name in {elsewhere}", call)
    for service, other in (
        ("sts", "GetCallerIdentity"),
        ("ec2", "DescribeInstances"),
        ("s3", "ListBuckets"),
    ):
        call = Call("api_call", (service, other, caller), {"read_only": True})
        yield Sample(f"a call of another service: {service}:{other}", call)


def _caller(base: Any) -> Any:
    is_call = isinstance(base, Call) and base.function != "insight_event"
    return base.arguments[-1] if is_call else _ROLE


def _other_values(record: Event, base: Call, request: tuple[Clause, ...]) -> Iterator[Sample]:
    for clause in request:
        request_of_record = record["requestParameters"]
        if len(clause.path) > 1:
            request_of_record = reduced(request_of_record, [each.path for each in request])
        changed = with_value(request_of_record, clause.path, clause.other)
        path = clause.words.partition(" ")[0]
        what = f"without {path}" if clause.other is None else f"with {path} {_text(clause.other)}"
        yield Sample(f"the call {what}", with_keywords(base, request=changed))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _other_outcome(base: Call) -> Iterator[Sample]:
    if "error" in base.keywords:
        yield Sample("the call succeeds", with_keywords(base, error=None))
        return
    denied = "Client.UnauthorizedOperation" if base.arguments[0] == "ec2" else "AccessDenied"
    yield Sample("the call is denied", with_keywords(base, error=denied))


def _other_sign_ins(base: Call) -> Iterator[Sample]:
    succeeded = base.keywords.get("succeeded", True)
    other = {"mfa": base.keywords["mfa"]} | ({"succeeded": False} if succeeded else {})
    word = "fails" if succeeded else "succeeds"
    yield Sample(f"the sign-in {word}", Call(base.function, base.arguments, other))
    if mfa := base.keywords["mfa"]:
        changed = {**base.keywords, "mfa": "No" if mfa == "Yes" else "Yes"}
        how = "without" if mfa == "Yes" else "with"
        yield Sample(f"a sign-in {how} MFA", Call(base.function, base.arguments, changed))


def _other_insights(base: Any) -> Iterator[Sample]:
    if evaluate(base).get("eventType") == "AwsCloudTrailInsight":
        for other in ("PutBucketPolicy", "GetBucketAcl"):
            yield Sample(f"an unusual rate of s3:{other}", Call("insight_event", ("s3", other)))


def _different(samples: Iterable[Sample]) -> Iterator[Sample]:
    """The samples that have another description and another event than all before them."""
    descriptions: set[str] = set()
    events: list[Event] = []
    for sample in samples:
        event = evaluate(sample.call)
        is_new = sample.description not in descriptions and event not in events
        if is_new and len(sample.description) <= _MAX_DESCRIPTION:
            descriptions.add(sample.description)
            events.append(event)
            yield sample
