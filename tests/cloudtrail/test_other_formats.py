"""Data that looks like records, or is in the same buckets, is identified and not counted."""

import gzip
import json
from pathlib import Path

import pytest

from tests.cloudtrail.test_scan import STOP, delivered, event, scan
from tests.pattern.strategies import Event
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import Scanner, Totals

PUT: Event = {
    "eventVersion": "2.1",
    "eventSource": "aws:s3",
    "eventName": "ObjectCreated:Put",
    "s3": {},
}
NONE = "which contains no CloudTrail records"
DIGEST = {"awsAccountId": "111122223333", "digestStartTime": "t", "logFiles": []}
SNAPSHOT = {"fileVersion": "1.0", "configSnapshotId": "s", "configurationItems": [{}]}
FLOW = b"version account-id interface-id srcaddr dstaddr\n2 111122223333 eni-0a1b - -\n"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        pytest.param({"Records": [PUT] * 3}, "a notification of Amazon S3", id="S3"),
        pytest.param(PUT, "a notification of Amazon S3", id="S3 without the list"),
        pytest.param(
            {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"},
            "a notification of Amazon S3",
            id="the test event of S3",
        ),
        pytest.param(
            {"Records": [{"eventSource": "aws:sqs", "body": json.dumps({"Records": [PUT]})}]},
            "a notification of Amazon S3",
            id="S3 through SQS",
        ),
        pytest.param(
            {"s3Bucket": "b", "s3ObjectKey": ["k"]},
            "a notification that CloudTrail delivered files",
            id="CloudTrail's own notification",
        ),
        pytest.param(
            {"Type": "SubscriptionConfirmation", "TopicArn": "t", "Message": "You have chosen"},
            "a notification of Amazon SNS about a subscription",
            id="a subscription to be confirmed",
        ),
        pytest.param(
            {"Records": [{"eventSource": "aws:dynamodb", "eventName": "INSERT", "eventID": "1"}]},
            "a record of DynamoDB Streams",
            id="DynamoDB",
        ),
        pytest.param(
            {"Records": [{"eventSource": "aws:ses", "eventVersion": "1.0", "ses": {}}]},
            "a notification of Amazon SES",
            id="SES",
        ),
        pytest.param(
            {"Records": [{"eventSource": "aws:other", "eventName": "x"}]},
            "an event of aws:other",
            id="an unknown event source of Lambda",
        ),
        pytest.param(
            {"source": "aws.s3", "detail-type": "Object Created", "detail": {"bucket": {}}},
            'an event of EventBridge, "Object Created"',
            id="an event of EventBridge that is not an API call",
        ),
        pytest.param(
            {
                "source": "aws.dms",
                "detail-type": "DMS Replication Task State Change",
                "detail": {"eventType": "REPLICATION_TASK_STARTED", "eventID": "1"},
            },
            'an event of EventBridge, "DMS Replication Task State Change"',
            id="an event of EventBridge with members of the same names",
        ),
        pytest.param(DIGEST, "a CloudTrail digest file", id="a digest file"),
        pytest.param(SNAPSHOT, "a snapshot or history of AWS Config", id="AWS Config"),
        pytest.param(
            {"schemaVersion": "2.0", "service": {"serviceName": "guardduty"}},
            "a finding of GuardDuty",
            id="GuardDuty",
        ),
        pytest.param(
            {"query_timestamp": "t", "query_name": "example.com."},
            "a DNS query log of Route 53 Resolver",
            id="DNS queries",
        ),
        pytest.param({"formatVersion": 1, "webaclId": "a"}, "a log of AWS WAF", id="AWS WAF"),
        pytest.param(
            {"class_uid": 6003, "metadata": {"product": {}}},
            "an OCSF event of Security Lake",
            id="Security Lake",
        ),
    ],
)
def test_other_formats_are_identified(value: object, name: str) -> None:
    assert scan(json.dumps(value).encode()) == [f"f: {name}, {NONE}"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(FLOW, "a VPC flow log", id="flow logs with their header"),
        pytest.param(
            b"2 111122223333 eni-0a1b2c 192.0.2.1 192.0.2.2 443\n",
            "a VPC flow log",
            id="flow logs without a header",
        ),
        pytest.param(
            b"https 2026-01-15T12:34:56.000000Z app/shop/1 192.0.2.1:1 -\n",
            "an access log of Elastic Load Balancing",
            id="a load balancer",
        ),
        pytest.param(
            b"0123456789abcdef" * 4 + b" shop [15/Jan/2026:12:34:56 +0000] 192.0.2.1\n",
            "a server access log of Amazon S3",
            id="a bucket",
        ),
    ],
)
def test_other_logs_are_identified(data: bytes, name: str) -> None:
    assert scan(data) == [f"f: {name}, {NONE}"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"eventType": "Delivery", "mail": {}}, id="an event of Amazon SES"),
        pytest.param({"eventTime": "t", "level": "info"}, id="a log line with a time"),
        pytest.param({"event": "StopLogging"}, id="an object of another kind"),
    ],
)
def test_unknown_objects_are_not_records(value: Event) -> None:
    assert scan(delivered(event(1), value)) == [
        "stop 1",
        "f, record 2: not a CloudTrail record: it has no event name",
    ]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"eventType": "AwsApiCall"}, id="only the event type"),
        pytest.param({"eventTime": "t", "userIdentity": {}}, id="caller and time"),
        pytest.param({"eventName": "a:b", "eventSource": "my:App 1"}, id="a custom event"),
    ],
)
def test_incomplete_records_are_records(value: Event) -> None:
    assert scan(delivered(event(1), value)) == ["stop 1"]


def test_records_among_notifications_are_read() -> None:
    """Consecutive elements of one format are reported together."""
    assert scan(delivered(PUT, PUT, event(1), PUT)) == [
        "stop 3",
        f"f, records 1 to 2: a notification of Amazon S3, {NONE}",
        f"f, record 4: a notification of Amazon S3, {NONE}",
    ]


def test_a_folder_with_the_logs_of_other_services(tmp_path: Path) -> None:
    """They are expected there and skipped because of their content, whatever their names."""
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(delivered(event(1))))
    (tmp_path / "config.json.gz").write_bytes(gzip.compress(json.dumps(SNAPSHOT).encode()))
    (tmp_path / "digest.json").write_text(json.dumps(DIGEST))
    (tmp_path / "flow.log.gz").write_bytes(gzip.compress(FLOW))
    (tmp_path / "flow").write_bytes(FLOW)
    scanner = Scanner([STOP])
    assert len(list(scanner.scan([str(tmp_path)]))) == 1
    assert scanner.totals == Totals(
        files=1,
        records=1,
        hits=1,
        left_out=4,
        left_out_kinds={
            "snapshot or history of AWS Config": 1,
            "CloudTrail digest file": 1,
            "VPC flow log": 2,
        },
    )


def test_a_notification_in_a_folder_is_an_error(tmp_path: Path) -> None:
    """It is not expected there and may have been mistaken for records."""
    (tmp_path / "s3.json").write_text(json.dumps({"Records": [PUT]}))
    (tmp_path / "a.json").write_bytes(delivered(event(2)))
    scanner = Scanner([STOP])
    results = scanner.scan([str(tmp_path)])
    errors = [result for result in results if isinstance(result, ReadError)]
    assert errors == [ReadError(f"{tmp_path}/s3.json", f"a notification of Amazon S3, {NONE}")]
    assert scanner.totals == Totals(files=2, records=1, hits=1, problems=1)
