"""
What the use of a stack costs: amounts of events, storage, queries and messages.

In:    what a stack uses, where it is deployed, and the `Usage` of an account.
Out:   labels, keys of prices, and amounts in the units of these prices.
Never: a sum. `trailbell.cost.estimate` adds up.

Events of an account are in one log group of a stack, or in one for each Region: the events of all
accounts together do not depend on it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trailbell.cost.assumptions import (
    COMPRESSION,
    DIGESTS_AN_HOUR,
    FILES_AN_HOUR,
    MATCHES_A_MONTH,
    MONTHS_KEPT,
    QUERIES_A_MONTH,
)
from trailbell.cost.prices import HOURS_A_MONTH
from trailbell.cost.template_use import TemplateUse
from trailbell.cost.usage import Usage

_DAYS_A_MONTH = Decimal(HOURS_A_MONTH) / 24
_GB_A_TB = 1_000
_GB = 1 << 30

Amount = tuple[str, str, Decimal]
"""A label, the key of a price, and an amount."""


@dataclass(frozen=True, kw_only=True)
class Multiplied:
    """How often a stack is used.

    ``places`` is the number of stacks. ``further_trails`` are those that record events which
    another trail records already. ``encrypted`` says that notifications use a key.
    """

    accounts: int
    places: int
    further_trails: int = 0
    dashboard_views: int = 0
    encrypted: bool = False


def items_by_use(
    use: TemplateUse, on_match: Iterable[str], times: Multiplied, usage: Usage
) -> Iterator[Amount]:
    """The amounts of a month, in all places of a stack. Some can be 0."""
    gigabytes = usage.gigabytes * times.accounts
    yield "metrics in hours with a match", "metric", _metric_months(on_match, times, usage)
    yield (
        "events of further trails",
        "trail_event",
        usage.events * times.accounts * times.further_trails,
    )
    if use.log_group_days:
        yield "events into log groups", "log_ingestion", gigabytes
        yield "storage of log groups", "log_storage", gigabytes * _months(use.log_group_days)
    yield from _of_files(use, times, usage, gigabytes)
    scanned = sum((scan.times for scan in use.scans), Decimal(0))
    yield "queries of log alarms", "log_scan", gigabytes * scanned
    for dashboard in use.dashboards:
        seen = gigabytes * dashboard.hours / HOURS_A_MONTH * dashboard.queries
        yield "views of dashboards", "log_scan", seen * times.dashboard_views
    yield from _of_messages(use, times, usage)


def _months(days: int) -> Decimal:
    """The months of which data is kept, at most those of the assumption."""
    return min(Decimal(MONTHS_KEPT), days / _DAYS_A_MONTH)


def _metric_months(names: Iterable[str], times: Multiplied, usage: Usage) -> Decimal:
    """Metrics without a default value, as metrics with a value in every hour."""
    hours = Decimal(0)
    for name in names:
        if usage.hours is None:
            hours += MATCHES_A_MONTH * times.places
        else:
            longest = Decimal(HOURS_A_MONTH) * times.places
            hours += min(longest, usage.hours.get(name, Decimal(0)) * times.accounts)
    return hours / HOURS_A_MONTH


def _of_files(
    use: TemplateUse, times: Multiplied, usage: Usage, gigabytes: Decimal
) -> Iterator[Amount]:
    compressed = gigabytes / COMPRESSION
    if use.bucket_days:
        hours = HOURS_A_MONTH * usage.regions * times.accounts
        files = min(hours * FILES_AN_HOUR, usage.events * times.accounts)
        files += hours * DIGESTS_AN_HOUR
        yield "log files written", "file_write", files
        if use.bucket_events:
            yield "events of the log bucket", "bus_event", files
        yield "storage of log files", "file_storage", compressed * _months(use.bucket_days)
    if use.athena:
        yield "queries of Athena", "athena_scan", compressed / _GB_A_TB * QUERIES_A_MONTH


def _of_messages(use: TemplateUse, times: Multiplied, usage: Usage) -> Iterator[Amount]:
    """Notifications of alarms, one in each hour with a match, and one for each event of rules.

    The events of all accounts are in a stack that is deployed once.
    """
    messages = _matched(use.messages, usage.matches, max(times.places, times.accounts), times)
    notifications = _matched(use.alarms, usage.hours, times.places, times) + messages
    yield "e-mails", "email", notifications
    yield "requests to keys", "key_request", notifications if times.encrypted else Decimal(0)
    forwarded = _forwarded(use, times, usage)
    yield "events to another account", "bus_event", forwarded
    if use.archive_days:
        size = messages * usage.bytes_per_event / _GB
        yield "archived events", "event_archive", size
        yield "storage of archived events", "event_storage", size * _months(use.archive_days)


def _matched(
    names: Sequence[str],
    measured: Mapping[str, Decimal] | None,
    places: int,
    times: Multiplied,
) -> Decimal:
    """The matches of these detections in all accounts, or as assumed for each place."""
    if measured is None:
        return Decimal(MATCHES_A_MONTH * len(names) * places)
    return sum((measured.get(name, Decimal(0)) for name in names), Decimal(0)) * times.accounts


def _forwarded(use: TemplateUse, times: Multiplied, usage: Usage) -> Decimal:
    """The events that rules forward. One rule may forward those of several detections."""
    if not use.forwards:
        return Decimal(0)
    if usage.matches is None:
        return Decimal(MATCHES_A_MONTH * len(use.forwards) * times.places)
    return sum(usage.matches.values(), Decimal(0)) * times.accounts
