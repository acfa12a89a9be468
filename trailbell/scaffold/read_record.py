"""
The record for which a detection is written.

In:    a file, in any form that ``trailbell test`` reads; the ID of an event.
Out:   one record.
Never: a choice between several records. The error lists them.
"""

from dataclasses import dataclass
from pathlib import Path

from trailbell import text_files
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.scan import Scanner
from trailbell.errors import ContentError
from trailbell.pattern import FilterPattern, parse
from trailbell.samples import Event
from trailbell.scaffold.harmless import is_defined
from trailbell.wording import pluralize

_LISTED = 10


_ANY = parse('" "')


@dataclass(frozen=True)
class _EveryRecord:
    """What the scanner looks for: it matches each record."""

    id: str = "every-record"
    filter_pattern: FilterPattern = _ANY


def read_record(path: str, event_id: str | None) -> Event:
    """The only record in a file, or the one with this ID. Raises `ContentError`."""
    records, problems = _read(path)
    if not records:
        raise ContentError(
            path,
            problems[0] if problems else "there is no CloudTrail record in it",
            "name a file with a record, as CloudTrail or the AWS CLI writes it",
        )
    if event_id is not None:
        records = _with_id(path, records, event_id)
    if len(records) > 1:
        raise ContentError(path, f"there are {len(records):,} records in it", _choice(records))
    return _usable(path, records[0])


def _read(path: str) -> tuple[list[Event], list[str]]:
    if path != "-" and not Path(path).is_file():
        kind = "it is a directory" if Path(path).is_dir() else "no such file"
        return [], [kind]
    scanner = Scanner([_EveryRecord()])
    records: list[Event] = []
    problems: list[str] = []
    for result in scanner.scan([path]):
        if isinstance(result, Evaluation):
            records.append(result.record)
        else:
            problems.append(result.reason)
    return records, problems


def _with_id(path: str, records: list[Event], event_id: str) -> list[Event]:
    chosen = [record for record in records if record.get("eventID") == event_id]
    if not chosen:
        raise ContentError(
            path,
            f'none of {pluralize(len(records), "record")} has the eventID "{event_id}"',
            _choice(records),
        )
    return chosen[:1]


def _choice(records: list[Event]) -> str:
    """The records to choose from: time, event and ID of each."""
    lines = [
        f"  {_text(record, 'eventTime')}  {_text(record, 'eventName')}  {_text(record, 'eventID')}"
        for record in records[:_LISTED]
    ]
    more = len(records) - len(lines)
    lines += [f"  and {more:,} more"] * bool(more)
    return "\n".join(["choose one with --event-id:", *lines])


def _text(record: Event, member: str) -> str:
    return text_files.printable(str(record.get(member, "-")))[:60]


def _usable(path: str, record: Event) -> Event:
    """The record, if a pattern can be written for it."""
    for name in _OBJECTS:
        if not isinstance(record.get(name), dict | None):
            raise _other_type(path, name, record[name], "an object or null")
    is_insight = record.get("eventType") == "AwsCloudTrailInsight"
    above = ("insightDetails",) if is_insight else ()
    members: Event = (record.get("insightDetails") or {}) if is_insight else record
    for name in _TEXTS:
        if not isinstance(members.get(name, ""), str | None if name in _NULLABLE else str):
            raise _other_type(path, ".".join((*above, name)), members[name], "text")
    names = ("eventSource", "eventName")
    if not all(is_defined((*above, name), members.get(name, "")) for name in names):
        raise ContentError(
            path,
            "the record has no eventSource and eventName of an AWS service",
            "choose one that CloudTrail delivered, as a whole",
        )
    return record


# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
_OBJECTS = (
    *("userIdentity", "requestParameters", "responseElements", "additionalEventData"),
    *("serviceEventDetails", "insightDetails"),
)
_TEXTS = ("eventType", "eventSource", "eventName", "errorCode", "insightType", "state")
_NULLABLE = frozenset({"errorCode"})


def _other_type(path: str, member: str, value: object, expected: str) -> ContentError:
    kinds = {dict: "an object", list: "a list", str: "text", bool: "a boolean", type(None): "null"}
    return ContentError(
        path,
        f'"{member}" is {kinds.get(type(value), "a number")} in the record',
        f"choose a record that CloudTrail delivered, as a whole: it has {expected} there",
    )
