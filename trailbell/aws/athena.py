"""
Amazon Athena, typed: a workgroup, and queries from their start to their rows.

In:    a `ServiceClient`.
Out:   `WorkGroup`, `QueryRun` and rows; errors as `trailbell.aws.client` raises them.
Never: a query that continues after Ctrl-C: it is stopped, because Athena bills what it reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trailbell.aws.client import Response, ServiceClient
from trailbell.aws.waiter import Poller, WaitCanceledError
from trailbell.errors import AwsError

Row = Mapping[str, str | None]
"""Values by the name of their column. A value of NULL is None."""

_ROWS_OF_A_PAGE = 1_000
"""https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html"""

_ENDED_BADLY = frozenset(("FAILED", "CANCELLED"))


@dataclass(frozen=True, kw_only=True)
class WorkGroup:
    """A workgroup. ``max_bytes`` is the limit of what a query reads; None without a limit."""

    name: str
    is_enabled: bool
    max_bytes: int | None = None
    has_result_location: bool = False


@dataclass(frozen=True, kw_only=True)
class QueryRun:
    """A query that succeeded. ``scanned_bytes`` are what Athena bills."""

    id: str
    scanned_bytes: int


@dataclass(frozen=True)
class Athena:
    """Operations of Athena. Each raises `AwsError`."""

    service: ServiceClient
    poller: Poller = field(default_factory=lambda: Poller(shortest=0.5))

    def workgroup(self, name: str) -> WorkGroup:
        """Return a workgroup. One that does not exist is an `AwsError` of no other type."""
        entry = self.service.call("GetWorkGroup", WorkGroup=name)["WorkGroup"]
        settings: Mapping[str, Any] = entry.get("Configuration", {})
        return WorkGroup(
            name=name,
            is_enabled=entry.get("State", "ENABLED") == "ENABLED",
            max_bytes=settings.get("BytesScannedCutoffPerQuery"),
            has_result_location=_has_result_location(settings),
        )

    def run(self, query: str, *, workgroup: str, database: str) -> QueryRun:
        """Run a query until it succeeded. Ctrl-C stops it. Raises `AwsError` if it failed."""
        id_ = self.service.call(
            "StartQueryExecution",
            QueryString=query,
            WorkGroup=workgroup,
            QueryExecutionContext={"Database": database},
        )["QueryExecutionId"]
        try:
            return self.poller.wait_for("GetQueryExecution", lambda: self._state(id_))
        except (KeyboardInterrupt, WaitCanceledError):
            self.service.call("StopQueryExecution", QueryExecutionId=id_)
            raise

    def rows(self, query: QueryRun) -> Iterator[Row]:
        """Return the rows of the result.

        Athena writes the names of the columns as the first row of a SELECT, which is not among
        those that its API documents; it is left out only if it has these names.
        """
        pages = self.service.pages(
            "GetQueryResults", QueryExecutionId=query.id, MaxResults=_ROWS_OF_A_PAGE
        )
        for number, page in enumerate(pages):
            results = page["ResultSet"]
            names = [column["Name"] for column in results["ResultSetMetadata"]["ColumnInfo"]]
            for position, row in enumerate(results.get("Rows", ())):
                values = [datum.get("VarCharValue") for datum in row.get("Data", ())]
                if number == position == 0 and values == names:
                    continue
                yield dict(zip(names, values, strict=False))

    def _state(self, id_: str) -> QueryRun | None:
        response = self.service.call("GetQueryExecution", QueryExecutionId=id_)
        execution: Response = response["QueryExecution"]
        status = execution["Status"]
        if status["State"] in _ENDED_BADLY:
            reason = status.get("StateChangeReason") or f"the query is {status['State'].lower()}"
            raise AwsError("StartQueryExecution", str(reason))
        if status["State"] != "SUCCEEDED":
            return None
        scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
        return QueryRun(id=id_, scanned_bytes=scanned)


def _has_result_location(settings: Mapping[str, Any]) -> bool:
    """Whether results have a place: a bucket, or storage that Athena manages.

    https://docs.aws.amazon.com/athena/latest/ug/managed-results.html
    """
    managed = settings.get("ManagedQueryResultsConfiguration", {}).get("Enabled", False)
    return bool(managed or settings.get("ResultConfiguration", {}).get("OutputLocation"))
