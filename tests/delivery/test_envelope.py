"""Records in the answers of AWS's own tools, as people have them at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.test_scan import STOP
from trailbell.delivery import Hit, Scanner

RECORD = {
    "eventVersion": "1.11",
    "eventTime": "2026-01-15T12:34:56Z",
    "eventSource": "cloudtrail.amazonaws.com",
    "eventName": "StopLogging",
    "userIdentity": {"type": "IAMUser"},
}


@pytest.mark.parametrize(
    ("value", "hits"),
    [
        pytest.param({"Events": [{"EventName": "StopLogging"}]}, 0, id="an answer without records"),
        pytest.param({"detail": {"state": "running"}}, 0, id="an event of something else"),
        pytest.param(
            {"source": "aws.cloudtrail", "detail-type": "AWS API Call via CloudTrail"}
            | {"detail": RECORD},
            1,
            id="an event of EventBridge",
        ),
        pytest.param(
            {"Events": [{"EventId": "e", "CloudTrailEvent": json.dumps(RECORD)}] * 2},
            2,
            id="an answer of lookup-events",
        ),
        pytest.param(
            {"events": [{"eventId": "1", "message": json.dumps(RECORD)}]},
            1,
            id="an answer of filter-log-events",
        ),
    ],
)
def test_what_is_in_an_envelope(tmp_path: Path, value: dict[str, Any], hits: int) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(value))
    found = list(Scanner([STOP]).scan([str(path)]))
    assert sum(isinstance(one, Hit) for one in found) == hits
