"""Queries of Athena, with answers as its API documents them.

https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryExecution.html
https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.fake_aws import ApiError, ScriptedAccount
from trailbell.aws.athena import Athena, QueryRun, WorkGroup
from trailbell.aws.client import SessionConfig
from trailbell.aws.waiter import Poller, WaitCanceledError
from trailbell.errors import AccessDeniedError, AwsError


class Service:
    """A workgroup, and one query with its states and the pages of its result."""

    def __init__(
        self,
        *,
        states: Sequence[str] = ("SUCCEEDED",),
        reason: str = "",
        pages: Sequence[Mapping[str, Any]] = (),
        settings: Mapping[str, Any] | None = None,
        error: str = "",
    ) -> None:
        self.states, self.reason, self.pages = list(states), reason, pages
        self.settings, self.error = settings, error
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def athena(self, poller: Poller | None = None) -> Athena:
        account = ScriptedAccount(self.answer, SessionConfig(), "111122223333", "us-east-1")
        return Athena(account.service("athena"), poller or Poller(shortest=0, longest=0))

    def answer(
        self, _service: str, operation: str, request: dict[str, Any], *_: str
    ) -> Mapping[str, Any]:
        self.calls.append((operation, request))
        if self.error:
            raise ApiError(self.error, f"what AWS says of {operation}")
        match operation:
            case "GetWorkGroup":
                settings = {} if self.settings is None else {"Configuration": self.settings}
                return {"WorkGroup": {"Name": request["WorkGroup"], "State": "ENABLED", **settings}}
            case "StartQueryExecution":
                return {"QueryExecutionId": "q-1"}
            case "StopQueryExecution":
                return {}
            case "GetQueryExecution":
                state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
                status = {
                    "State": state,
                    **({"StateChangeReason": self.reason} if self.reason else {}),
                }
                statistics = {"DataScannedInBytes": 1234} if state == "SUCCEEDED" else {}
                return {"QueryExecution": {"Status": status, "Statistics": statistics}}
            case "GetQueryResults":
                return self.pages[int(request.get("NextToken", "0"))]
            case _:
                raise AssertionError(operation)


def page(
    names: Sequence[str], rows: Sequence[Sequence[str | None]], following: str = ""
) -> dict[str, Any]:
    """A page of results. A datum of NULL has no value (Datum, VarCharValue)."""
    data = [
        {"Data": [{} if value is None else {"VarCharValue": value} for value in row]}
        for row in rows
    ]
    columns = [{"Name": name, "Type": "varchar"} for name in names]
    more = {"NextToken": following} if following else {}
    return {"ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": columns}}, **more}


@pytest.mark.parametrize(
    ("states", "reason", "message"),
    [
        pytest.param(
            ("QUEUED", "RUNNING", "FAILED"),
            "SYNTAX_ERROR: line 1:8",
            "StartQueryExecution: SYNTAX_ERROR: line 1:8",
            id="a query that fails",
        ),
        pytest.param(
            ("RUNNING", "CANCELLED"),
            "Bytes scanned limit was exceeded",
            "StartQueryExecution: Bytes scanned limit was exceeded",
            id="a query that reads more than the limit",
        ),
        pytest.param(
            ("CANCELLED",),
            "",
            "StartQueryExecution: the query is cancelled",
            id="a query that someone stopped",
        ),
    ],
)
def test_a_query_without_success(states: Sequence[str], reason: str, message: str) -> None:
    service = Service(states=states, reason=reason)
    with pytest.raises(AwsError) as caught:
        service.athena().run("SELECT 1", workgroup="hunt", database="trailbell")
    assert str(caught.value) == message


def test_a_denied_query_is_the_error_of_a_permission() -> None:
    with pytest.raises(AccessDeniedError):
        Service(error="AccessDeniedException").athena().run("SELECT 1", workgroup="w", database="d")


def test_ctrl_c_stops_the_query() -> None:
    service = Service(states=("RUNNING",))
    poller = Poller(shortest=0)
    poller.stop.set()
    with pytest.raises(WaitCanceledError):
        service.athena(poller).run("SELECT 1", workgroup="hunt", database="trailbell")
    assert service.calls[-1] == ("StopQueryExecution", {"QueryExecutionId": "q-1"})


def test_a_query_runs_in_its_workgroup_until_it_succeeds() -> None:
    service = Service(states=("QUEUED", "RUNNING", "SUCCEEDED"))
    run = service.athena().run("SELECT 1", workgroup="hunt", database="trailbell")
    assert run == QueryRun(id="q-1", scanned_bytes=1234)
    assert service.calls == [
        (
            "StartQueryExecution",
            {
                "QueryString": "SELECT 1",
                "WorkGroup": "hunt",
                "QueryExecutionContext": {"Database": "trailbell"},
            },
        ),
        *[("GetQueryExecution", {"QueryExecutionId": "q-1"})] * 3,
    ]


_NAMES = ("eventid", "detections")
_RUN = QueryRun(id="q-1", scanned_bytes=0)


@pytest.mark.parametrize(
    ("pages", "rows"),
    [
        pytest.param([page(_NAMES, [_NAMES])], [], id="no row but the names of the columns"),
        pytest.param([page(_NAMES, [])], [], id="no row at all"),
        pytest.param(
            [page(_NAMES, [("e-1", "a b")])],
            [{"eventid": "e-1", "detections": "a b"}],
            id="unsure: a result without the names of the columns",
        ),
        pytest.param(
            [page(_NAMES, [_NAMES, (None, "a")], "1"), page(_NAMES, [_NAMES, ("e-2", "b")])],
            [
                {"eventid": None, "detections": "a"},
                {"eventid": "eventid", "detections": "detections"},
                {"eventid": "e-2", "detections": "b"},
            ],
            id="the names are the first row of the first page only; NULL is no text",
        ),
    ],
)
def test_rows(pages: Sequence[Mapping[str, Any]], rows: list[dict[str, str | None]]) -> None:
    assert list(Service(pages=pages).athena().rows(_RUN)) == rows


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(None, WorkGroup(name="hunt", is_enabled=True), id="no settings"),
        pytest.param(
            {
                "BytesScannedCutoffPerQuery": 100_000_000_000,
                "ResultConfiguration": {"OutputLocation": "s3://results/"},
            },
            WorkGroup(
                name="hunt", is_enabled=True, max_bytes=100_000_000_000, has_result_location=True
            ),
            id="a limit and a bucket",
        ),
        pytest.param(
            {"ManagedQueryResultsConfiguration": {"Enabled": True}},
            WorkGroup(name="hunt", is_enabled=True, has_result_location=True),
            id="results that Athena manages",
        ),
    ],
)
def test_workgroup(settings: Mapping[str, Any] | None, expected: WorkGroup) -> None:
    assert Service(settings=settings).athena().workgroup("hunt") == expected
