"""Buckets of another implementation, with the real SDK."""

import gzip
import json
from collections.abc import Iterator

import boto3
import moto
import pytest

from tests.replay.replay_detections import STOP, record
from trailbell.errors import PreconditionError
from trailbell.replay.collecting.collect import collect

pytestmark = [pytest.mark.slow, pytest.mark.emulator]

_FOLDER = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/01/"


@pytest.fixture(autouse=True)
def _bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    with moto.mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="trail")
        for number in range(1100):  # more than a page
            body = gzip.compress(json.dumps({"Records": [record(str(number))]}).encode(), 1)
            s3.put_object(Bucket="trail", Key=f"{_FOLDER}{number:04}.json.gz", Body=body)
        yield


def test_all_objects_of_a_bucket_are_read() -> None:
    collected = collect([STOP], ["s3://trail/AWSLogs/"], processes=1)
    assert (len(collected.hits), collected.records, collected.unreadable) == (1100, 1100, ())


def test_a_time_limits_what_is_listed() -> None:
    assert collect([STOP], ["s3://trail"], processes=1, since=1767225600).records == 1100
    assert collect([STOP], ["s3://trail"], processes=1, since=1775001600).records == 0


def test_a_bucket_that_does_not_exist() -> None:
    with pytest.raises(PreconditionError, match="There is no such bucket"):
        collect([STOP], ["s3://missing/AWSLogs/"], processes=1)
