"""
What stacks are used for in a month: events, their size, and on which of them detections fire.

In:    records of CloudTrail, or a number of events.
Out:   a `Usage`, for one account and one month.
Never: a figure that looks measured and is not. ``source`` says where the figures come from.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.event_time import seconds_since_1970
from trailbell.cloudtrail.prefilter import Detection
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import Scanner, Totals
from trailbell.cost.prices import HOURS_A_MONTH
from trailbell.pattern import FilterPattern, parse
from trailbell.wording import pluralize

BYTES_PER_EVENT = 1_500
"""The assumed size of an event. Those of public data sets have 1.0 to 1.5 KB on average."""

REGIONS_RECORDED = 17
"""The Regions that an account has enabled unless it opts in to others.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

_GB = 1 << 30
_EVERY = "every record"
_HOUR = 3_600
_SHORT = 3
"""The days from which on a time is shown in days."""
_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one account has in one month.

    ``matches`` counts the events on which a detection fires, ``hours`` the hours with one, by the
    logical ID of the detection; None if they were not measured. ``accounts`` is the number of
    accounts in the records, 0 without records.
    """

    events: Decimal
    bytes_per_event: Decimal = Decimal(BYTES_PER_EVENT)
    regions: Decimal = Decimal(REGIONS_RECORDED)
    matches: Mapping[str, Decimal] | None = None
    hours: Mapping[str, Decimal] | None = None
    accounts: int = 0
    source: tuple[str, ...] = ()

    @property
    def gigabytes(self) -> Decimal:
        """GB of events."""
        return self.events * self.bytes_per_event / _GB


def assumed_usage(events: int) -> Usage:
    """The usage of an account with so many events a month."""
    given = f"as given: {pluralize(events, 'event')} a month in each account"
    assumed = f"assumed: {BYTES_PER_EVENT:,} bytes for each"
    return Usage(events=Decimal(events), source=(f"{given}; {assumed}",))


@dataclass(frozen=True, slots=True)
class DetectionToCount:
    """A detection as the scanner needs it; ``id`` is its logical ID in CloudFormation."""

    id: str
    filter_pattern: FilterPattern


@dataclass(slots=True)
class Measured:
    """What was read so far."""

    records: int = 0
    size: int = 0
    first: int | None = None
    last: int | None = None
    places: set[tuple[str, str]] = field(default_factory=set)
    matches: Counter[str] = field(default_factory=Counter)
    hours: set[tuple[str, str, int]] = field(default_factory=set)
    errors: list[ReadError] = field(default_factory=list)

    @property
    def accounts(self) -> int:
        """The number of accounts. Records without one are of one account."""
        return len({account for account, _ in self.places}) or 1


def scanner(detections: Iterable[DetectionToCount]) -> Scanner:
    """A scanner that also yields every record."""
    everything: Sequence[Detection] = [
        DetectionToCount(_EVERY, parse('{ $.eventVersion = "*" || $.eventVersion NOT EXISTS }')),
        *detections,
    ]
    return Scanner(everything)


def measure(results: Iterable[Evaluation | ReadError]) -> Measured:
    """Count what a `scanner` yields. Records that were delivered twice count twice."""
    measured = Measured()
    for result in results:
        if isinstance(result, ReadError):
            measured.errors.append(result)
        elif result.detection.id == _EVERY:
            _count_record(measured, result.text)
        elif result.outcome.name == "MATCH":
            _count_match(measured, result)
    return measured


def measured_usage(measured: Measured, totals: Totals) -> Usage | None:
    """The usage of an average account of the records in a month; None without a time.

    Counts are extrapolated from the time between the first and the last event, of at least an hour.
    """
    if measured.first is None or measured.last is None:
        return None
    seconds = max(_HOUR, measured.last - measured.first)
    month, divided_by = HOURS_A_MONTH * _HOUR, seconds * measured.accounts
    hours = Counter(detection for detection, _, _ in measured.hours)
    return Usage(
        events=Decimal(measured.records * month) / divided_by,
        bytes_per_event=Decimal(measured.size) / measured.records,
        regions=Decimal(len(measured.places)) / measured.accounts,
        matches={name: Decimal(n * month) / divided_by for name, n in measured.matches.items()},
        hours={
            name: min(Decimal(HOURS_A_MONTH), Decimal(number * month) / divided_by)
            for name, number in hours.items()
        },
        accounts=measured.accounts,
        source=tuple(_source(measured, totals, seconds)),
    )


def _source(measured: Measured, totals: Totals, seconds: int) -> Iterator[str]:
    days = Decimal(seconds) / 86_400
    size = round(Decimal(measured.size) / measured.records)
    hours = round(seconds / _HOUR)
    span = pluralize(round(days), "day") if days >= _SHORT else pluralize(hours, "hour")
    read = f"{pluralize(measured.records, 'record')} in {pluralize(totals.files, 'file')}"
    yield (
        f"measured: {read}, of {pluralize(measured.accounts, 'account')} and {span}, each of "
        f"{size:,} bytes on average; extrapolated to a month of {HOURS_A_MONTH} hours"
    )
    if days < _WEEK:  # weekdays and weekends differ
        yield "less than a week of records: a month can be very different"


class _Head(msgspec.Struct, gc=False, rename="camel"):
    """The fields of a record that are counted. Any can have another type than AWS documents."""

    event_time: object = None
    recipient_account_id: object = None
    aws_region: object = None


_HEAD = msgspec.json.Decoder(_Head)


def _head(text: bytes) -> _Head:
    try:
        return _HEAD.decode(text)
    except msgspec.DecodeError:  # a damaged record: it is counted, its place and time are not known
        return _Head()


def _count_record(measured: Measured, text: bytes) -> None:
    head = _head(text)
    measured.records += 1
    measured.size += len(text)
    measured.places.add((str(head.recipient_account_id or ""), str(head.aws_region or "")))
    if (time := seconds_since_1970(head.event_time)) is not None:
        measured.first = time if measured.first is None else min(measured.first, time)
        measured.last = time if measured.last is None else max(measured.last, time)


def _count_match(measured: Measured, match: Evaluation) -> None:
    head, name = _head(match.text), match.detection.id
    measured.matches[name] += 1
    if (time := seconds_since_1970(head.event_time)) is not None:
        measured.hours.add((name, str(head.recipient_account_id or ""), time // _HOUR))
