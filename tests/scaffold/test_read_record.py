"""The record of a file, in the forms that CloudTrail and the AWS CLI write."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scaffold.records import DELETE_SECRET, DENIED, INSIGHT, SIGN_IN, record
from trailbell.errors import ContentError
from trailbell.scaffold.read_record import read_record

_ONE = json.dumps(DELETE_SECRET)


def _error(path: Path, event_id: str | None = None) -> str:
    with pytest.raises(ContentError) as error:
        read_record(str(path), event_id)
    return str(error.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("", "empty file", id="empty"),
        pytest.param("hello", "neither a CloudTrail file nor JSON records", id="text"),
        pytest.param(
            '{"Resources": {}}', "not a CloudTrail file: it has no Records", id="a template"
        ),
        pytest.param('{"Records": []}', "there is no CloudTrail record in it", id="no records"),
    ],
)
def test_a_file_without_record_is_an_error(content: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(content)
    assert _error(path) == (
        f"{expected}; name a file with a record, as CloudTrail or the AWS CLI writes it"
    )


def test_a_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    assert _error(tmp_path / "none.json").startswith("no such file; ")


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    assert _error(tmp_path).startswith("it is a directory; ")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(record("iam", 'Create"User'), id="a name that no API has"),
        pytest.param(record("iam", "CreateUser", eventSource="jroe"), id="no service"),
        pytest.param({**INSIGHT, "insightDetails": None}, id="an insight without details"),
    ],
)
def test_a_record_without_the_name_of_an_event_is_an_error(event: Any, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps(event))
    assert _error(path) == (
        "the record has no eventSource and eventName of an AWS service; choose one that CloudTrail "
        "delivered, as a whole"
    )


@pytest.mark.parametrize(
    ("event", "member", "kind", "expected"),
    [
        pytest.param(
            {**DELETE_SECRET, "userIdentity": "x"},
            *("userIdentity", "text", "an object or null"),
            id="a caller that is text",
        ),
        pytest.param(
            {**DELETE_SECRET, "requestParameters": True},
            *("requestParameters", "a boolean", "an object or null"),
            id="a request that is a boolean",
        ),
        pytest.param(
            {**DELETE_SECRET, "requestParameters": ["alias/aws/x", "*"]},
            *("requestParameters", "a list", "an object or null"),
            id="a request that is a list",
        ),
        pytest.param(
            {**SIGN_IN, "responseElements": "Success"},
            *("responseElements", "text", "an object or null"),
            id="the answer to a sign-in that is text",
        ),
        pytest.param(
            {**SIGN_IN, "additionalEventData": "No"},
            *("additionalEventData", "text", "an object or null"),
            id="additional data of a sign-in that is text",
        ),
        pytest.param(
            {**INSIGHT, "insightDetails": 1},
            *("insightDetails", "a number", "an object or null"),
            id="the details of an insight that are a number",
        ),
        pytest.param(
            {**DELETE_SECRET, "eventName": None},
            *("eventName", "null", "text"),
            id="no name of an event",
        ),
        pytest.param(
            {**DELETE_SECRET, "eventType": None},
            *("eventType", "null", "text"),
            id="no type of an event",
        ),
        pytest.param(
            {**DENIED, "errorCode": {}},
            *("errorCode", "an object", "text"),
            id="an error code that is an object",
        ),
        pytest.param(
            {**INSIGHT, "insightDetails": {**INSIGHT["insightDetails"], "eventName": None}},
            *("insightDetails.eventName", "null", "text"),
            id="an insight without the name of an event",
        ),
    ],
)
def test_a_member_of_another_type_is_an_error_that_names_it(
    event: Any, member: str, kind: str, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps(event))
    assert _error(path) == (
        f'"{member}" is {kind} in the record; choose a record that CloudTrail delivered, as a '
        f"whole: it has {expected} there"
    )


def test_several_records_are_an_error_that_lists_them(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    other = {**DENIED, "eventID": "b", "eventName": "Put\x1bKeyPolicy"}
    path.write_text(json.dumps([{**DELETE_SECRET, "eventID": "a"}, other]))
    assert _error(path) == (
        "there are 2 records in it; choose one with --event-id:\n"
        "  2025-09-02T07:15:40Z  DeleteSecret  a\n"
        "  2025-09-02T07:15:40Z  Put\\x1bKeyPolicy  b"
    )


def test_an_id_that_no_record_has_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps({**DELETE_SECRET, "eventID": "a"}))
    assert _error(path, "c") == (
        'none of 1 record has the eventID "c"; choose one with --event-id:\n'
        "  2025-09-02T07:15:40Z  DeleteSecret  a"
    )


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda: _ONE.encode(), id="a record"),
        pytest.param(lambda: json.dumps(DELETE_SECRET, indent=2).encode(), id="over several lines"),
        pytest.param(lambda: json.dumps({"Records": [DELETE_SECRET]}).encode(), id="a log file"),
        pytest.param(
            lambda: gzip.compress(json.dumps({"Records": [DELETE_SECRET]}).encode()),
            id="a compressed log file",
        ),
        pytest.param(
            lambda: json.dumps({"Events": [{"CloudTrailEvent": _ONE}]}).encode(),
            id="aws cloudtrail lookup-events",
        ),
        pytest.param(
            lambda: json.dumps({"events": [{"message": _ONE}]}).encode(),
            id="aws logs filter-log-events",
        ),
        pytest.param(
            lambda: json.dumps(
                {"detail-type": "AWS API Call via CloudTrail", "detail": DELETE_SECRET}
            ).encode(),
            id="an event of EventBridge",
        ),
    ],
)
def test_the_only_record_is_read(write: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_bytes(write())
    assert read_record(str(path), None) == DELETE_SECRET


def test_an_id_chooses_the_record(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps([DELETE_SECRET, {**DENIED, "eventID": "b"}]))
    assert read_record(str(path), "b") == {**DENIED, "eventID": "b"}
