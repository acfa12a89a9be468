"""Rows of Logs Insights and CloudTrail Lake."""

import json

import pytest

from tests.cloudtrail.test_scan import ROOT, STOP, Detection, event, scan
from trailbell.pattern import parse

TEXT = json.dumps(event(1))
ERROR = Detection("error", parse('{ $.errorCode = "*" }'))
NOT_A_RECORD = "not a CloudTrail record: it has no event name"


def insights(*rows: dict[str, str]) -> bytes:
    cells = [[{"field": name, "value": text} for name, text in row.items()] for row in rows]
    return json.dumps({"results": cells, "status": "Complete"}).encode()


def lake(*rows: dict[str, str]) -> bytes:
    cells = [[{name: text} for name, text in row.items()] for row in rows]
    return json.dumps({"QueryStatus": "FINISHED", "QueryResultRows": cells}).encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(insights(), [], id="no rows"),
        pytest.param(
            insights({"@ptr": "p", "count": "3"}, {"@message": TEXT, "@ptr": "p"}),
            [f"f, record 1: {NOT_A_RECORD}", "stop 2"],
            id="a row without an event name",
        ),
        pytest.param(
            lake({"eventName": "StopLogging", "userIdentity": "{type=Root}"}, {"eventJson": TEXT}),
            ["stop 1", "f, record 1: read, but without userIdentity, which is not JSON", "stop 2"],
            id="an object that is not JSON is reported",
        ),
        pytest.param(
            lake({"eventName": "StopLogging", "errorCode": "null", "eventID": ""}),
            ["stop 1"],
            id="empty columns are omitted",
        ),
        pytest.param(insights({"@message": TEXT}) * 1, ["stop 1"], id="a message in Logs Insights"),
        pytest.param(
            lake({"eventsource": "cloudtrail.amazonaws.com", "eventname": "StopLogging"}),
            ["stop 1"],
            id="columns in lower case",
        ),
        pytest.param(
            lake(
                {
                    "eventName": "CreateUser",
                    "userIdentity.type": "Root",
                    "requestParameters": '{"name": "y"}',
                }
            ),
            ["root 1"],
            id="nested members, and an object as JSON",
        ),
    ],
)
def test_rows(data: bytes, expected: list[str]) -> None:
    assert scan(data, [STOP, ROOT, ERROR]) == expected
