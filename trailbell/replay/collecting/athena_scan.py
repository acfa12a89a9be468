"""
A replay of the log files in a bucket with Athena: the plan, and its execution.

In:    detections and a time; a session in AWS.
Out:   `AthenaPlan` with everything that will run and what it costs; then `Collected`.
Never: a query before the plan was shown. Only the execution starts one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from trailbell.aws.athena import Athena, Row, WorkGroup
from trailbell.aws.client import AwsSession
from trailbell.aws.log_file_table import (
    LogFileTable,
    ScanEstimate,
    estimate_scan,
    log_file_table,
)
from trailbell.aws.waiter import Poller
from trailbell.catalog.hunt_query import TABLE
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cost.prices import PRICES, dollars
from trailbell.errors import AccessDeniedError, AwsError, NotFoundError, PreconditionError
from trailbell.replay.collecting.athena_hits import AthenaQueries, build_queries, read_rows
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected
from trailbell.wording import pluralize

MIN_BYTES_OF_A_QUERY = 10_000_000
"""What Athena bills at least for a query: https://aws.amazon.com/athena/pricing/"""


@dataclass(frozen=True, kw_only=True)
class AthenaRequest:
    """Events from ``since`` to ``until``, in seconds since 1970, UTC; ``until`` is exclusive."""

    workgroup: str
    database: str
    since: int
    until: int
    accounts: tuple[str, ...] = ()
    table: str = TABLE


@dataclass(frozen=True, kw_only=True)
class AthenaPlan:
    """
    What will run. ``estimate`` is what one query reads; None if that is unknown for ``unknown``.
    ``not_read`` is what was asked for and is not in the table.
    """

    request: AthenaRequest
    workgroup: WorkGroup
    queries: AthenaQueries
    estimate: ScanEstimate | None = None
    unknown: str = ""
    not_read: tuple[ReadError, ...] = ()

    @property
    def scanned_bytes(self) -> int | None:
        """What all queries read, as Athena bills it; None if it is unknown."""
        if self.estimate is None:
            return None
        number = len(self.queries.queries)
        return max(self.estimate.bytes, MIN_BYTES_OF_A_QUERY) * number


def build_plan(
    session: AwsSession, detections: Sequence[ReplayDetection], request: AthenaRequest
) -> AthenaPlan:
    """
    The plan. Nothing runs, but the sizes of log files are listed.

    Raises `PreconditionError` for a workgroup or a table that cannot be used, and `AwsError`.
    """
    workgroup = _workgroup(session, request.workgroup)
    queries = build_queries(
        detections,
        request.since,
        request.until,
        accounts=request.accounts,
        table=request.table,
    )
    plan = AthenaPlan(request=request, workgroup=workgroup, queries=queries)
    plan = replace(plan, **_read_table(session, plan))
    _check_limit(plan)
    return plan


def run_plan(session: AwsSession, plan: AthenaPlan, poller: Poller | None = None) -> Collected:
    """Run the queries one after the other, and read their rows. Raises `AwsError`.

    What is not in the table is unreadable.
    """
    service = session.service("athena")
    athena = Athena(service, poller) if poller else Athena(service)

    def rows(query: str) -> Iterator[Row]:
        run = athena.run(query, workgroup=plan.request.workgroup, database=plan.request.database)
        return athena.rows(run)

    collected = read_rows(chain.from_iterable(map(rows, plan.queries.queries)))
    return replace(collected, unreadable=(*plan.not_read, *collected.unreadable))


def plan_lines(plan: AthenaPlan) -> list[str]:
    """The plan in sentences."""
    number = len(plan.queries.queries)
    first, last = plan.queries.days
    scans = pluralize(number, "query", "queries")
    time = f"log files from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    lines = [f"{scans} in the workgroup {plan.workgroup.name}: {time}", *_cost_lines(plan)]
    if plan.workgroup.max_bytes is not None:
        limit = _size(plan.workgroup.max_bytes)
        lines.append(f"Athena cancels a query that would read more than {limit}.")
    lines += [f"not read: {missing}" for missing in plan.not_read]
    lines += [f"not evaluated: {id_}: {why}" for id_, why in plan.queries.unsupported.items()]
    lines += [
        f"{id_} may also match events in which the member is null: {', '.join(clauses)}"
        for id_, clauses in plan.queries.broader.items()
    ]
    return lines


def _cost_lines(plan: AthenaPlan) -> Iterator[str]:
    """What Athena bills, and S3 and KMS for its requests.

    "You are charged standard S3 rates for storage, requests, and data transfer", and for the use of
    a key when log files are read:
    https://aws.amazon.com/athena/pricing/
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-kms-works-with-cloudtrail.html
    """
    scanned = plan.scanned_bytes
    if scanned is None or plan.estimate is None:
        yield f"How much Athena will read is unknown: {plan.unknown}"
        return
    if plan.estimate.is_complete and not plan.estimate.files:
        yield "The table has no log file of these days and accounts."
        return
    at_least = "" if plan.estimate.is_complete else "at least "
    usd = Decimal(scanned) / 10**12 * PRICES["athena_scan"].each
    yield (
        f"Athena will read {at_least}{_size(scanned)} for {at_least}{usd:,.2f} USD "
        f"({PRICES['athena_scan']}, list price of {PRICES.region})."
    )
    requests = plan.estimate.files * len(plan.queries.queries)
    files = pluralize(requests, "request for a log file", "requests for log files")
    yield (
        f"S3 bills {at_least}{files}, {dollars(PRICES['file_read'].each * requests)}, and KMS "
        f"{dollars(PRICES['key_request'].each * requests)} if a key encrypts them."
    )


def _size(number: int) -> str:
    """
    >>> _size(99_400_000), _size(12_345_678_901), _size(2_000_000_000_000)
    ('99 MB', '12.3 GB', '2.0 TB')
    """
    if number < 1_000_000_000:
        return f"{number / 1e6:,.0f} MB"
    unit, divisor = ("GB", 1e9) if number < 1_000_000_000_000 else ("TB", 1e12)
    return f"{number / divisor:,.1f} {unit}"


def _workgroup(session: AwsSession, name: str) -> WorkGroup:
    try:
        workgroup = Athena(session.service("athena")).workgroup(name)
    except AwsError as error:
        if type(error) is not AwsError:
            raise
        # InvalidRequestException is all that Athena answers for a name that does not exist.
        hint = "Deploy the stack hunt, or name a workgroup of this account and Region."
        raise PreconditionError(f"--athena {name}", error.reason, hint) from error
    if not workgroup.is_enabled:
        raise PreconditionError(
            f"--athena {name}", "The workgroup is disabled.", "Enable it, or name another one."
        )
    if not workgroup.has_result_location:
        raise PreconditionError(
            f"--athena {name}",
            "The workgroup has no location for results.",
            "Set one, or name the workgroup of the stack hunt.",
        )
    return workgroup


def _read_table(session: AwsSession, plan: AthenaPlan) -> dict[str, Any]:
    """The fields of the plan that the table decides."""
    request, queries = plan.request, plan.queries
    try:
        table = log_file_table(session.service("glue"), request.database, request.table)
        if table is None:
            other = f"the table {request.table} has other partitions than that of hunt"
            return {"unknown": other}
        not_read = tuple(_not_in_table(table, request, queries.days[0]))
    except NotFoundError as error:
        raise PreconditionError(
            f"--database {request.database}",
            error.reason,
            f"Name the database that has the table {request.table}.",
        ) from error
    except AccessDeniedError as error:
        return {"unknown": error.reason}
    try:
        s3 = session.service("s3")
        estimate = estimate_scan(s3, table, queries.days, request.accounts)
    except AccessDeniedError as error:
        return {"unknown": error.reason, "not_read": not_read}
    return {"estimate": estimate, "not_read": not_read}


def _not_in_table(table: LogFileTable, request: AthenaRequest, first: date) -> Iterator[ReadError]:
    """Days and accounts of which a query reads nothing, although log files may exist."""
    if table.first_day is not None and first < table.first_day:
        last = table.first_day - timedelta(days=1)
        reason = f"the table {request.table} begins later; FirstDay of the stack hunt decides it"
        yield ReadError(f"log files from {first} to {last}", reason)
    for account in request.accounts:
        if account not in table.accounts:
            reason = f"the table {request.table} does not have it; set AccountIds of the stack hunt"
            yield ReadError(f"account {account}", reason)


def _check_limit(plan: AthenaPlan) -> None:
    limit, estimate = plan.workgroup.max_bytes, plan.estimate
    if limit is None or estimate is None or estimate.bytes <= limit:
        return
    raise PreconditionError(
        f"--athena {plan.workgroup.name}",
        f"A query would read {_size(estimate.bytes)}, and the workgroup allows {_size(limit)}.",
        "Use a later --since, an earlier --until, or --account; or raise MaxScannedGigabytes of "
        "the stack hunt.",
    )
