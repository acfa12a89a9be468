"""Records in what AWS's tools print and its services hand over, as people have it at hand."""

import base64
import gzip
import json
from typing import Any

import pytest

from tests.cloudtrail.test_scan import event, found
from trailbell.cloudtrail.decode import HALF_SURROGATE_PAIR

RECORD = event(1)
TEXT = json.dumps(RECORD)
API_CALL = {"source": "aws.cloudtrail", "detail-type": "AWS API Call via CloudTrail"}
LOG_EVENTS = {
    "messageType": "DATA_MESSAGE",
    "logGroup": "trail",
    "logEvents": [{"id": "1", "timestamp": 1, "message": TEXT}],
}
CONTROL = {
    "messageType": "CONTROL_MESSAGE",
    "logGroup": "",
    "logEvents": [{"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health"}],
}
NOT_A_RECORD = "not a CloudTrail record: it has no event name"


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def packed(value: object) -> str:
    """As Lambda and Kinesis are given what CloudWatch Logs sends."""
    return base64.b64encode(gzip.compress(dumped(value))).decode()


def message(body: object) -> dict[str, Any]:
    """A message of SQS as Lambda gets it."""
    return {"messageId": "m", "eventSource": "aws:sqs", "body": json.dumps(body)}


def notification(inner: object) -> dict[str, Any]:
    return {"Type": "Notification", "TopicArn": "topic", "Message": json.dumps(inner)}


def kinesis(data: str) -> dict[str, Any]:
    names = {"eventName": "aws:kinesis:record", "eventSource": "aws:kinesis", "eventVersion": "1.0"}
    return {**names, "kinesis": {"data": data}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(CONTROL, [], id="a control message holds nothing and is no problem"),
        pytest.param({"awslogs": {"data": packed(CONTROL)}}, [], id="a control message for Lambda"),
        pytest.param({"Events": []}, [], id="an answer in which nothing was found"),
        pytest.param(
            {"Events": [{"EventName": "StopLogging"}]},
            [f"f, record 1: {NOT_A_RECORD}"],
            id="an answer without records",
        ),
        pytest.param(
            {"detail": {"state": "running"}},
            ["f: not a CloudTrail file: it has no Records"],
            id="an event of something else",
        ),
        pytest.param({"awslogs": {"data": "?"}}, ["f, record 1: not base64 data"], id="not base64"),
        pytest.param(
            {"events": [{"message": "START RequestId"}, {"message": TEXT}]},
            [f"f, record 1: {NOT_A_RECORD}", "stop 2"],
            id="one message of two is no record",
        ),
        pytest.param(
            {"Events": [{"CloudTrailEvent": "{oops"}, {"EventId": "e"}, {"CloudTrailEvent": TEXT}]},
            ["f, record 1: not valid JSON", f"f, record 2: {NOT_A_RECORD}", "stop 3"],
            id="two entries of three cannot be read",
        ),
        pytest.param(
            {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "the alarm rings"}}]},
            ["f: a notification of Amazon SNS, which contains no CloudTrail records"],
            id="a notification that is a sentence",
        ),
        pytest.param(
            {"Records": [message({"AlarmName": "a"}), message(RECORD), message([1])]},
            [
                "stop 2",
                "f, record 1: a message of Amazon SQS, which contains no CloudTrail records",
                "f, record 3: a message of Amazon SQS, which contains no CloudTrail records",
            ],
            id="messages that hold something else",
        ),
        pytest.param({**API_CALL, "detail": RECORD}, ["stop 1"], id="an event of EventBridge"),
        pytest.param(
            {"Events": [{"CloudTrailEvent": TEXT[:-1] + ', "a": "\\ud800"}'}]},
            [f"f, record 1: {HALF_SURROGATE_PAIR}", "stop 1"],
            id="an entry whose text is damaged",
        ),
        pytest.param(
            {"Events": [{"EventId": "e", "CloudTrailEvent": TEXT}] * 2},
            ["stop 1", "stop 2"],
            id="an answer of lookup-events",
        ),
        pytest.param(
            [{"EventId": "e", "CloudTrailEvent": TEXT}] * 2,
            ["stop 1", "stop 2"],
            id="a list of its entries",
        ),
        pytest.param(
            {"EventId": "e", "CloudTrailEvent": TEXT}, ["stop 1"], id="one of its entries"
        ),
        pytest.param([TEXT, TEXT], ["stop 1", "stop 2"], id="a list of records as text"),
        pytest.param(
            {"events": [{"eventId": "1", "message": TEXT}]},
            ["stop 1"],
            id="an answer of filter-log-events",
        ),
        pytest.param({"timestamp": 1, "message": TEXT}, ["stop 1"], id="a message alone"),
        pytest.param({"@message": RECORD}, ["stop 1"], id="a message that is an object"),
        pytest.param(LOG_EVENTS, ["stop 1"], id="what a subscription sends"),
        pytest.param(
            {"awslogs": {"data": packed(LOG_EVENTS)}}, ["stop 1"], id="the same for Lambda"
        ),
        pytest.param(
            {"awslogs": {"data": base64.encodebytes(gzip.compress(dumped(LOG_EVENTS))).decode()}},
            ["stop 1"],
            id="the same with line breaks",
        ),
        pytest.param(
            {"Records": [kinesis(packed(LOG_EVENTS)), kinesis(packed(CONTROL))]},
            ["stop 1"],
            id="the same by way of Kinesis, with a control message",
        ),
        pytest.param(
            {"deliveryStreamArn": "s", "records": [{"recordId": "r", "data": packed(LOG_EVENTS)}]},
            ["stop 1"],
            id="the same for a transformation of Firehose",
        ),
        pytest.param(
            {"Records": [kinesis("?"), kinesis(packed(LOG_EVENTS))]},
            ["f, record 1: not base64 data", "stop 2"],
            id="one record of Kinesis that cannot be unpacked",
        ),
        pytest.param(
            {"Records": [kinesis(base64.b64encode(b"a sentence").decode())]},
            ["f: a record of Kinesis Data Streams, which contains no CloudTrail records"],
            id="one that is no JSON",
        ),
        pytest.param(
            {"Records": [message(RECORD), message({**API_CALL, "detail": RECORD}), RECORD]},
            ["stop 1", "stop 2", "stop 3"],
            id="messages of SQS, and a record among them",
        ),
        pytest.param(
            {"Records": [message(notification({"Records": [RECORD, RECORD]}))]},
            ["stop 1", "stop 2"],
            id="a notification of SNS in a message of SQS",
        ),
        pytest.param(
            {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": TEXT}}]},
            ["stop 1"],
            id="a notification of SNS for Lambda",
        ),
        pytest.param(
            {"Messages": [{"MessageId": "m", "Body": TEXT}]}, ["stop 1"], id="receive-message"
        ),
        pytest.param(
            {"Records": [{"SequenceNumber": "1", "Data": packed(RECORD)}]},
            ["stop 1"],
            id="an answer of kinesis get-records",
        ),
    ],
)
def test_what_is_in_an_envelope(value: object, expected: list[str]) -> None:
    assert found(dumped(value)) == expected
    assert found(json.dumps(value, indent=4).encode()) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            dumped(CONTROL) + dumped(LOG_EVENTS) + dumped(CONTROL),
            ["stop 1"],
            id="what Firehose delivers, one after the other",
        ),
        pytest.param(
            gzip.compress(gzip.compress(dumped(LOG_EVENTS)) + gzip.compress(dumped(LOG_EVENTS))),
            ["stop 1", "stop 2"],
            id="gzip of a subscription that Firehose compressed once more",
        ),
        pytest.param(
            dumped(RECORD) * 2 + b"\n" + dumped(RECORD) + b"\n" + dumped(RECORD) * 2,
            [f"stop {number}" for number in range(1, 6)],
            id="several records on a line",
        ),
        pytest.param(
            dumped(RECORD) + b"{oops\n" + dumped(RECORD),
            ["stop 1", "f, record 2: not valid JSON", "stop 3"],
            id="a damaged one behind another on a line",
        ),
        pytest.param(
            b"\t".join([TEXT.encode()] * 3) + b"\n",
            ["stop 1", "stop 2", "stop 3"],
            id="lookup-events as text, with tabs between",
        ),
        pytest.param(
            b'{"Type":1,"Records":['
            + dumped(RECORD)
            + b',{"eventName":"StopLogging","a":"\\ud800"}]}',
            ["stop 1", f"f, record 2: {HALF_SURROGATE_PAIR}", "stop 2"],
            id="a list whose text is damaged",
        ),
    ],
)
def test_envelopes_in_files(data: bytes, expected: list[str]) -> None:
    assert found(data) == expected


def test_envelopes_have_an_end() -> None:
    """However often they are put into one another."""
    value: object = RECORD
    for _ in range(9):
        value = {"message": json.dumps(value)}
    assert found(dumped(value)) == [f"f, record 1: {NOT_A_RECORD}"]


def test_many_objects_without_anything_between() -> None:
    """Records are found whole wherever a block ends, and none is kept until the end."""
    one = {**RECORD, "requestParameters": {"text": "}{" * 300}}
    assert found(dumped(one) * 1000) == [f"stop {number}" for number in range(1, 1001)]
