"""
The hits of detections in Athena: the queries, and what their rows mean.

In:    detections and a time; the rows of the queries.
Out:   `AthenaQueries`, and `Collected` with the same hits as a scan of the files.
Never: a request, or a detection that is left out silently.

Rows have the members of records, so that `read_hit` reads both. What the SQL cannot distinguish,
the rows cannot either: see `trailbell.pattern.targets.athena.differences`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from trailbell.catalog.hunt_query import MAX_QUERY_BYTES, TABLE, hits_query
from trailbell.cloudtrail.read_error import ReadError
from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import Pattern
from trailbell.pattern.targets import athena
from trailbell.pattern.targets._athena_table import SCALARS
from trailbell.replay.collecting.read_hit import HitMembers, read_hit
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected, Hit

_MEMBERS = (
    *("eventTime", "eventID", "eventSource", "eventName", "recipientAccountId", "awsRegion"),
    *("sourceIPAddress", "readOnly", "userIdentity.arn", "userIdentity.accountId"),
    *("userIdentity.userName", "userIdentity.principalId", "userIdentity.type"),
    *("userIdentity.invokedBy", "userIdentity.sessionContext.sessionIssuer.arn"),
    "userIdentity.sessionContext.sessionIssuer.userName",
)
"""What `read_hit` reads of a record."""

_BY_COLUMN: Mapping[str, tuple[str, ...]] = {
    member.replace(".", "_").lower(): tuple(member.split(".")) for member in _MEMBERS
}
_COLUMNS = tuple(f"{SCALARS[member]} AS {member.replace('.', '_').lower()}" for member in _MEMBERS)

# CloudTrail delivers within 15 minutes almost always; the day of a file is that of its delivery.
_LATEST_DELIVERY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class AthenaQueries:
    """
    The queries for the hits of detections, each of which scans ``days``, the last one included.

    ``unsupported`` are detections that Athena cannot evaluate, with the reason. ``broader`` are
    those that may also match events with a null member, with these clauses.
    """

    queries: tuple[str, ...]
    days: tuple[date, date]
    unsupported: Mapping[str, str]
    broader: Mapping[str, tuple[str, ...]]


def build_queries(
    detections: Sequence[ReplayDetection],
    since: int,
    until: int,
    *,
    accounts: Sequence[str] = (),
    table: str = TABLE,
    max_bytes: int = MAX_QUERY_BYTES,
) -> AthenaQueries:
    """
    The queries for events from ``since`` to ``until``, in seconds since 1970, UTC.

    It is one query, unless that would be longer than ``max_bytes``: ``until`` is exclusive.
    """
    start, end = (datetime.fromtimestamp(seconds, UTC) for seconds in (since, until))
    days = start.date(), (end + _LATEST_DELIVERY).date()
    patterns: dict[str, Pattern] = {}
    unsupported: dict[str, str] = {}
    broader: dict[str, tuple[str, ...]] = {}
    for detection in detections:
        tree = detection.filter_pattern.tree
        try:
            athena.condition(tree)
        except UnsupportedError as error:
            unsupported[detection.id] = str(error)
            continue
        patterns[detection.id] = tree
        if clauses := athena.differences(tree):
            broader[detection.id] = clauses

    def query(some: Mapping[str, Pattern]) -> str:
        times = f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}"
        return hits_query(some, _COLUMNS, days=days, times=times, accounts=accounts, table=table)

    def parts(some: Mapping[str, Pattern]) -> Iterator[str]:
        text = query(some)
        if len(some) < 2 or len(text.encode()) <= max_bytes:
            yield text
            return
        names = [*some]
        for half in (names[: len(names) // 2], names[len(names) // 2 :]):
            yield from parts({name: some[name] for name in half})

    return AthenaQueries(
        queries=tuple(parts(patterns)) if patterns else (),
        days=days,
        unsupported=unsupported,
        broader=broader,
    )


def read_rows(rows: Iterable[Mapping[str, str | None]]) -> Collected:
    """
    The hits of all rows, each once. Neither records nor arrivals are known: there are no counts of
    them, and all accounts are taken to have events in every minute.
    """
    hits: dict[object, HitMembers] = {}
    unreadable: list[ReadError] = []
    duplicates = 0
    for number, row in enumerate(rows, 1):
        record = _record(row)
        for detection in (row.get("detections") or "").split():
            hit = read_hit(detection, record)
            if hit is None:
                place = f"row {number} of Athena"
                unreadable.append(ReadError(place, f"{detection} fires, but eventTime is no time"))
                continue
            key = hit[:1] + hit[2:3] if hit[2] else object()  # the detection and the event ID
            duplicates += key in hits
            hits[key] = min(hit, hits.get(key, hit))  # of two that differ, as a scan does
    ordered = [Hit(*members) for members in sorted(hits.values(), key=lambda hit: (hit[1], hit))]
    return Collected(
        hits=tuple(ordered),
        duplicates=duplicates,
        arrivals={},
        uncertain={},
        first=ordered[0].time if ordered else None,
        last=ordered[-1].time if ordered else None,
        unreadable=tuple(unreadable),
        left_out_kinds={},
    )


def _record(row: Mapping[str, str | None]) -> dict[str, object]:
    """The members of the record that a row has."""
    record: dict[str, object] = {}
    for column, (*outer, last) in _BY_COLUMN.items():
        value = row.get(column)
        if value is None:
            continue
        place = record
        for name in outer:
            inner = place.setdefault(name, {})
            assert isinstance(inner, dict)  # no member is both a text and an object
            place = inner
        place[last] = value
    return record
