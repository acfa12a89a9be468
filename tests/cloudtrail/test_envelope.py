"""Records in the output of AWS tools and in the messages of AWS services."""

import base64
import gzip
import json
from typing import Any

import pytest

from tests.cloudtrail.test_scan import event, scan
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


def compressed(value: object) -> str:
    """Data as CloudWatch Logs sends it to Lambda and Kinesis."""
    return base64.b64encode(gzip.compress(dumped(value))).decode()


def message(body: object) -> dict[str, Any]:
    """A message of SQS as Lambda receives it."""
    return {"messageId": "m", "eventSource": "aws:sqs", "body": json.dumps(body)}


def notification(inner: object) -> dict[str, Any]:
    return {"Type": "Notification", "TopicArn": "topic", "Message": json.dumps(inner)}


def kinesis(data: str) -> dict[str, Any]:
    names = {"eventName": "aws:kinesis:record", "eventSource": "aws:kinesis", "eventVersion": "1.0"}
    return {**names, "kinesis": {"data": data}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(CONTROL, [], id="a control message is empty and not an error"),
        pytest.param(
            {"awslogs": {"data": compressed(CONTROL)}}, [], id="a control message for Lambda"
        ),
        pytest.param({"Events": []}, [], id="an empty result of lookup-events"),
        pytest.param(
            {"Events": [{"EventName": "StopLogging"}]},
            [f"f, record 1: {NOT_A_RECORD}"],
            id="a result without records",
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
            id="one of two messages is not a record",
        ),
        pytest.param(
            {"Events": [{"CloudTrailEvent": "{oops"}, {"EventId": "e"}, {"CloudTrailEvent": TEXT}]},
            ["f, record 1: not valid JSON", f"f, record 2: {NOT_A_RECORD}", "stop 3"],
            id="two of three entries are not readable",
        ),
        pytest.param(
            {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "the alarm is in ALARM"}}]},
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
            id="messages with other content",
        ),
        pytest.param({**API_CALL, "detail": RECORD}, ["stop 1"], id="an event of EventBridge"),
        pytest.param(
            {"Events": [{"CloudTrailEvent": TEXT[:-1] + ', "a": "\\ud800"}'}]},
            [f"f, record 1: {HALF_SURROGATE_PAIR}", "stop 1"],
            id="an entry with damaged text",
        ),
        pytest.param(
            {"Events": [{"EventId": "e", "CloudTrailEvent": TEXT}] * 2},
            ["stop 1", "stop 2"],
            id="a result of lookup-events",
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
            id="a result of filter-log-events",
        ),
        pytest.param({"timestamp": 1, "message": TEXT}, ["stop 1"], id="a single message"),
        pytest.param({"@message": RECORD}, ["stop 1"], id="a message that is an object"),
        pytest.param(LOG_EVENTS, ["stop 1"], id="data of a subscription filter"),
        pytest.param(
            {"awslogs": {"data": compressed(LOG_EVENTS)}}, ["stop 1"], id="the same for Lambda"
        ),
        pytest.param(
            {"awslogs": {"data": base64.encodebytes(gzip.compress(dumped(LOG_EVENTS))).decode()}},
            ["stop 1"],
            id="the same with line breaks",
        ),
        pytest.param(
            {"Records": [kinesis(compressed(LOG_EVENTS)), kinesis(compressed(CONTROL))]},
            ["stop 1"],
            id="the same through Kinesis, with a control message",
        ),
        pytest.param(
            {
                "deliveryStreamArn": "s",
                "records": [{"recordId": "r", "data": compressed(LOG_EVENTS)}],
            },
            ["stop 1"],
            id="the same for a data transformation of Firehose",
        ),
        pytest.param(
            {"Records": [kinesis("?"), kinesis(compressed(LOG_EVENTS))]},
            ["f, record 1: not base64 data", "stop 2"],
            id="a record of Kinesis that is not base64",
        ),
        pytest.param(
            {"Records": [kinesis(base64.b64encode(b"a sentence").decode())]},
            ["f: a record of Kinesis Data Streams, which contains no CloudTrail records"],
            id="a record of Kinesis that is not JSON",
        ),
        pytest.param(
            {"Records": [message(RECORD), message({**API_CALL, "detail": RECORD}), RECORD]},
            ["stop 1", "stop 2", "stop 3"],
            id="messages of SQS together with a record",
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
            {"Records": [{"SequenceNumber": "1", "Data": compressed(RECORD)}]},
            ["stop 1"],
            id="a result of kinesis get-records",
        ),
    ],
)
def test_content_of_an_envelope(value: object, expected: list[str]) -> None:
    assert scan(dumped(value)) == expected
    assert scan(json.dumps(value, indent=4).encode()) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            dumped(CONTROL) + dumped(LOG_EVENTS) + dumped(CONTROL),
            ["stop 1"],
            id="objects as Firehose delivers them",
        ),
        pytest.param(
            gzip.compress(gzip.compress(dumped(LOG_EVENTS)) + gzip.compress(dumped(LOG_EVENTS))),
            ["stop 1", "stop 2"],
            id="gzip data that Firehose compressed again",
        ),
        pytest.param(
            dumped(RECORD) * 2 + b"\n" + dumped(RECORD) + b"\n" + dumped(RECORD) * 2,
            [f"stop {number}" for number in range(1, 6)],
            id="several records on a line",
        ),
        pytest.param(
            dumped(RECORD) + b"{oops\n" + dumped(RECORD),
            ["stop 1", "f, record 2: not valid JSON", "stop 3"],
            id="a damaged record after an intact one on a line",
        ),
        pytest.param(
            b"\t".join([TEXT.encode()] * 3) + b"\n",
            ["stop 1", "stop 2", "stop 3"],
            id="lookup-events as text, with tabs",
        ),
        pytest.param(
            b'{"Type":1,"Records":['
            + dumped(RECORD)
            + b',{"eventName":"StopLogging","a":"\\ud800"}]}',
            ["stop 1", f"f, record 2: {HALF_SURROGATE_PAIR}", "stop 2"],
            id="a list with damaged text",
        ),
    ],
)
def test_envelopes_in_files(data: bytes, expected: list[str]) -> None:
    assert scan(data) == expected


def test_nested_envelopes_have_a_limit() -> None:
    value: object = RECORD
    for _ in range(9):
        value = {"message": json.dumps(value)}
    assert scan(dumped(value)) == [f"f, record 1: {NOT_A_RECORD}"]


def test_many_adjacent_objects() -> None:
    """Records are complete wherever a block ends, and none is kept until the end."""
    record = {**RECORD, "requestParameters": {"text": "}{" * 300}}
    assert scan(dumped(record) * 1000) == [f"stop {number}" for number in range(1, 1001)]
