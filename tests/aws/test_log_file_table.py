"""How many bytes the days of a table have, from the keys that Amazon S3 lists.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
https://docs.aws.amazon.com/glue/latest/webapi/API_GetTable.html
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.fake_aws import ApiError, ScriptedAccount
from trailbell.aws.client import ServiceClient, SessionConfig
from trailbell.aws.log_file_table import (
    LogFileTable,
    ScanEstimate,
    estimate_scan,
    log_file_table,
)
from trailbell.errors import NotFoundError

PROPERTIES = {
    "storage.location.template": (
        "s3://logs/org/AWSLogs/o-1/${account}/CloudTrail/${region}/${timestamp}"
    ),
    "projection.account.values": "111122223333,123456789012",
    "projection.region.values": "us-east-1,eu-west-1",
}
TABLE = LogFileTable(
    bucket="logs",
    prefix="org/AWSLogs/o-1/${account}/CloudTrail/${region}/${timestamp}",
    accounts=("111122223333", "123456789012"),
    regions=("us-east-1", "eu-west-1"),
)


def _service(name: str, answer: Any) -> ServiceClient:
    def respond(_service: str, operation: str, request: dict[str, Any], *_: str) -> Any:
        return answer(operation, request)

    return ScriptedAccount(respond, SessionConfig(), "111122223333", "us-east-1").service(name)


def _glue(properties: Mapping[str, str] | None) -> ServiceClient:
    def answer(operation: str, request: dict[str, Any]) -> Mapping[str, Any]:
        assert (operation, request) == ("GetTable", {"DatabaseName": "db", "Name": "t"})
        if properties is None:
            raise ApiError("EntityNotFoundException", "Entity Not Found")
        return {"Table": {"Name": "t", "Parameters": properties}}

    return _service("glue", answer)


@pytest.mark.parametrize(
    ("properties", "table"),
    [
        pytest.param({}, None, id="no projection"),
        pytest.param(
            {"projection.account.values": "1", "projection.region.values": "us-east-1"},
            None,
            id="no template of locations",
        ),
        pytest.param(
            PROPERTIES | {"projection.account.values": ""}, None, id="accounts that queries name"
        ),
        pytest.param(PROPERTIES, TABLE, id="a table whose days are not known"),
        pytest.param(
            PROPERTIES | {"projection.timestamp.range": "NOW-3YEARS,NOW"},
            TABLE,
            id="a first day that depends on today",
        ),
        pytest.param(
            PROPERTIES | {"projection.timestamp.range": "2026/11/01,NOW"},
            replace(TABLE, first_day=date(2026, 11, 1)),
            id="the table of hunt",
        ),
    ],
)
def test_table(properties: Mapping[str, str], table: LogFileTable | None) -> None:
    assert log_file_table(_glue(properties), "db", "t") == table


def test_a_table_that_does_not_exist() -> None:
    with pytest.raises(NotFoundError):
        log_file_table(_glue(None), "db", "t")


class Bucket:
    """Lists keys in their order, ``size`` of them in a response."""

    def __init__(self, keys: Mapping[str, int], size: int = 2) -> None:
        self.keys, self.size = dict(sorted(keys.items())), size
        self.requests = 0

    def service(self) -> ServiceClient:
        return _service("s3", self.answer)

    def answer(self, operation: str, request: dict[str, Any]) -> Mapping[str, Any]:
        assert (operation, request["Bucket"]) == ("ListObjectsV2", "logs")
        self.requests += 1
        after = request.get("ContinuationToken", request["StartAfter"])
        keys = [key for key in self.keys if key.startswith(request["Prefix"]) and key > after]
        contents = [{"Key": key, "Size": self.keys[key]} for key in keys[: self.size]]
        if len(keys) <= self.size:
            return {"Contents": contents, "IsTruncated": False} if contents else {}
        return {
            "Contents": contents,
            "IsTruncated": True,
            "NextContinuationToken": keys[self.size - 1],
        }


def _key(account: str, region: str, day: str, name: str) -> str:
    return f"org/AWSLogs/o-1/{account}/CloudTrail/{region}/{day}/{name}.json.gz"


FILES = {
    _key("111122223333", "us-east-1", "2026/10/31", "before"): 1,
    _key("111122223333", "us-east-1", "2026/11/01", "a"): 10,
    _key("111122223333", "us-east-1", "2026/11/01", "b"): 100,
    _key("111122223333", "us-east-1", "2026/11/02", "~c"): 1_000,
    _key("111122223333", "us-east-1", "2026/11/03", "after"): 10_000,
    _key("123456789012", "eu-west-1", "2026/11/02", "d"): 100_000,
    _key("123456789012", "ap-east-1", "2026/11/02", "no partition"): 1_000_000,
    "org/AWSLogs/o-1/111122223333/CloudTrail-Digest/us-east-1/2026/11/01/e.json.gz": 10_000_000,
}
DAYS = (date(2026, 11, 1), date(2026, 11, 2))


@pytest.mark.parametrize(
    ("accounts", "estimate"),
    [
        pytest.param(("000000000000",), ScanEstimate(0, 0), id="no account"),
        pytest.param((), ScanEstimate(101_110, 4), id="the files of the days, and no others"),
        pytest.param(("123456789012",), ScanEstimate(100_000, 1), id="one account"),
    ],
)
def test_estimate(accounts: tuple[str, ...], estimate: ScanEstimate) -> None:
    assert estimate_scan(Bucket(FILES).service(), TABLE, DAYS, accounts) == estimate


def test_an_estimate_ends_after_some_requests() -> None:
    bucket = Bucket(FILES)
    estimate = estimate_scan(bucket.service(), TABLE, DAYS, max_requests=1)
    assert (estimate, bucket.requests) == (ScanEstimate(110, 2, is_complete=False), 1)
