"""
An account with a workgroup, a table and a bucket, whose Athena runs queries in DuckDB.

In:    CloudTrail records.
Out:   a session, and what was called.
Never: an answer of its own to a query: the same text runs on the records in the table.

https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
https://docs.aws.amazon.com/glue/latest/webapi/API_GetTable.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fake_aws import ApiError, ScriptedAccount
from tests.pattern.strategies import Event
from tests.pattern.targets import trino
from trailbell.aws.client import SessionConfig

FILE_BYTES = 20_000_000_000
_TEMPLATE = "s3://logs/AWSLogs/${account}/CloudTrail/${region}/${timestamp}"


@dataclass
class AthenaAccount:
    """``denied`` are operations without permission, ``missing`` is the database or workgroup."""

    records: Sequence[Event] = ()
    max_bytes: int = 100_000_000_000
    denied: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    state: str = "ENABLED"
    result_location: str = "s3://results/"
    template: str = _TEMPLATE
    first_day: str = "1970/01/01"
    page_size: int = 1_000
    operations: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    results: list[list[list[Any]]] = field(default_factory=list)

    def session(self) -> ScriptedAccount:
        return ScriptedAccount(self._answer, SessionConfig(), "111122223333", "us-east-1")

    def _answer(
        self, _service: str, operation: str, request: dict[str, Any], *_: str
    ) -> Mapping[str, Any]:
        self.operations.append(operation)
        if operation in self.denied:
            raise ApiError("AccessDeniedException", f"no permission for {operation}")
        match operation:
            case "GetWorkGroup":
                return self._workgroup(request["WorkGroup"])
            case "GetTable":
                return self._table(request["DatabaseName"])
            case "ListObjectsV2":
                key = f"{request['Prefix']}2026/11/02/file.json.gz"
                return {"Contents": [{"Key": key, "Size": FILE_BYTES}], "IsTruncated": False}
            case "StartQueryExecution":
                self.queries.append(request["QueryString"])
                self.results.append(self._run(request["QueryString"]))
                return {"QueryExecutionId": str(len(self.queries) - 1)}
            case "GetQueryExecution":
                return {
                    "QueryExecution": {
                        "Status": {"State": "SUCCEEDED"},
                        "Statistics": {"DataScannedInBytes": FILE_BYTES},
                    }
                }
            case "GetQueryResults":
                return self._results(request)
            case _:
                raise AssertionError(operation)

    def _workgroup(self, name: str) -> Mapping[str, Any]:
        if name in self.missing:
            raise ApiError("InvalidRequestException", f"WorkGroup {name} is not found.")
        settings: dict[str, Any] = {"BytesScannedCutoffPerQuery": self.max_bytes}
        if self.result_location:
            settings["ResultConfiguration"] = {"OutputLocation": self.result_location}
        return {"WorkGroup": {"Name": name, "State": self.state, "Configuration": settings}}

    def _table(self, database: str) -> Mapping[str, Any]:
        if database in self.missing:
            raise ApiError("EntityNotFoundException", f"Database {database} not found.")
        properties = {
            "storage.location.template": self.template,
            "projection.account.values": "111122223333,123456789012",
            "projection.region.values": "us-east-1",
            "projection.timestamp.range": f"{self.first_day},NOW",
        }
        return {"Table": {"Name": "cloudtrail_logs", "Parameters": properties}}

    def _run(self, query: str) -> list[list[Any]]:
        """The rows, of which the names of the columns are the first."""
        connection = trino.connect()
        trino.fill(connection, self.records)
        cursor = connection.execute(trino.translated(query))
        names = [str(column[0]) for column in cursor.description or ()]
        return [names, *(list(row) for row in cursor.fetchall())]

    def _results(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        rows = self.results[int(request["QueryExecutionId"])]
        start = int(request.get("NextToken", "0"))
        end = start + min(self.page_size, request["MaxResults"])
        data = [
            {"Data": [{} if value is None else {"VarCharValue": str(value)} for value in row]}
            for row in rows[start:end]
        ]
        columns = [{"Name": name, "Type": "varchar"} for name in rows[0]]
        more = {"NextToken": str(end)} if end < len(rows) else {}
        return {"ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": columns}}, **more}
