"""
The table of log files in the Data Catalog, and how many bytes some days of it have.

In:    `ServiceClient`s of AWS Glue and Amazon S3.
Out:   `LogFileTable`, and `ScanEstimate`.
Never: an estimate that takes longer than the query: it ends after some requests, and says so.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any

from trailbell.aws.client import ServiceClient

MAX_LIST_REQUESTS = 2_000
"""Requests of an estimate; each returns up to 1,000 keys and costs 0.000005 USD.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

_DAY = "${timestamp}"
_DAY_FORMAT = "%Y/%m/%d"
_AFTER_ANY_FILE = "0"  # the character that follows the slash


@dataclass(frozen=True, kw_only=True)
class LogFileTable:
    """
    Where the log files of a table are: ``prefix`` has ``${account}``, ``${region}`` and
    ``${timestamp}``, as in the table's property ``storage.location.template``. Of days before
    ``first_day`` and of other accounts, a query reads nothing; None if the first day is unknown.
    """

    bucket: str
    prefix: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    first_day: date | None = None


@dataclass(frozen=True)
class ScanEstimate:
    """The sizes of the log files that a query reads. Not ``is_complete``: there are more."""

    bytes: int
    files: int
    is_complete: bool = True


def log_file_table(glue: ServiceClient, database: str, table: str) -> LogFileTable | None:
    """
    The table; None if Athena does not compute its partitions as in the stack ``hunt``.

    Raises `NotFoundError` if it does not exist, and `AwsError`.
    """
    entry = glue.call("GetTable", DatabaseName=database, Name=table)["Table"]
    settings: Mapping[str, Any] = entry.get("Parameters", {})
    location = str(settings.get("storage.location.template", ""))
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    accounts, regions = (
        tuple(filter(None, str(settings.get(f"projection.{name}.values", "")).split(",")))
        for name in ("account", "region")
    )
    if not (accounts and regions and prefix.endswith(_DAY)):
        return None
    return LogFileTable(
        bucket=bucket,
        prefix=prefix,
        accounts=accounts,
        regions=regions,
        first_day=_first_day(str(settings.get("projection.timestamp.range", ""))),
    )


def _first_day(days: str) -> date | None:
    """The first day of a range such as ``2026/01/01,NOW``.

    https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
    """
    try:
        return datetime.strptime(days.partition(",")[0].strip(), _DAY_FORMAT).date()
    except ValueError:
        return None


def estimate_scan(
    s3: ServiceClient,
    table: LogFileTable,
    days: tuple[date, date],
    accounts: Collection[str] = (),
    max_requests: int = MAX_LIST_REQUESTS,
) -> ScanEstimate:
    """Sum the sizes of the log files of days, the last one included. Raises `AwsError`."""
    total = files = requests = 0
    for prefix in _prefixes(table, accounts):
        for page in _pages(s3, table.bucket, prefix, days):
            requests += 1
            sizes = [entry["Size"] for entry in page]
            total, files = total + sum(sizes), files + len(sizes)
            if requests >= max_requests:
                return ScanEstimate(total, files, is_complete=False)
    return ScanEstimate(total, files)


def _prefixes(table: LogFileTable, accounts: Collection[str]) -> Iterator[str]:
    for account, region in product(table.accounts, table.regions):
        if not accounts or account in accounts:
            filled = table.prefix.replace("${account}", account).replace("${region}", region)
            yield filled.removesuffix(_DAY)


def _pages(
    s3: ServiceClient, bucket: str, prefix: str, days: tuple[date, date]
) -> Iterator[list[Mapping[str, Any]]]:
    """The objects of the days, which keys have in their order."""
    first, last = (prefix + day.strftime(_DAY_FORMAT) for day in days)
    request: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "StartAfter": first}
    while True:
        response = s3.call("ListObjectsV2", **request)
        contents = response.get("Contents", [])
        within = [entry for entry in contents if entry["Key"] < last + _AFTER_ANY_FILE]
        yield within
        if len(within) < len(contents) or not response.get("IsTruncated"):
            return
        request["ContinuationToken"] = response["NextContinuationToken"]
