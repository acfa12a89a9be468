"""Hits of objects in S3."""

import gzip
import json
from typing import Any

import pytest

from tests.aws.fake_s3 import FakeBucket
from tests.fake_aws import ApiError
from tests.replay.replay_detections import ROOT, STOP, record
from trailbell.aws import s3_objects
from trailbell.cloudtrail.read_error import ReadError
from trailbell.errors import CredentialsError, PreconditionError
from trailbell.replay.collecting import buckets
from trailbell.replay.collecting.collect import collect
from trailbell.replay.hit import Collected

_REGION = "AWSLogs/111122223333/CloudTrail/us-east-1"
_DIGESTS = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1"


def _content(*records: object) -> bytes:
    return gzip.compress(json.dumps({"Records": records}, separators=(",", ":")).encode())


def _collect(bucket: FakeBucket, *urls: str, **options: Any) -> Collected:
    return collect([STOP, ROOT], urls or ["s3://trail"], open_bucket=bucket.open, **options)


def _objects() -> dict[str, bytes]:
    objects = {
        f"{_REGION}/2026/01/01/{number:03}.json.gz": _content(
            record(f"id{number % 30}", minute=number), record("x", name="GetTrail")
        )
        for number in range(50)
    }
    return objects | {
        f"{_DIGESTS}/2026/01/01/d.json.gz": gzip.compress(b'{"digestStartTime":1}'),
        "firehose/object": json.dumps(record("firehose")).encode(),
        "notes.txt": b"no records",
    }


def test_objects_are_read_like_files() -> None:
    collected = _collect(FakeBucket(_objects(), page_size=20))
    assert len(collected.hits) == 31
    assert (collected.records, collected.files, collected.duplicates) == (101, 51, 20)
    assert collected.left_out_kinds == {"CloudTrail digest file": 1}
    assert (collected.left_out, collected.unreadable) == (2, ())


def test_processes_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailbell.replay.collecting.collect.SMALL_BYTES", -1)
    monkeypatch.setattr("trailbell.replay.collecting.share._ENTRIES", 7)
    bucket = FakeBucket(_objects())
    assert _collect(bucket, processes=2) == _collect(bucket, processes=1)


def test_large_objects_are_read_like_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = _collect(FakeBucket(_objects()))
    monkeypatch.setattr(s3_objects, "MAX_BYTES_IN_MEMORY", 10)
    assert _collect(FakeBucket(_objects())) == expected


def test_an_object_that_cannot_be_read_does_not_end_the_scan() -> None:
    archived = ApiError("InvalidObjectState", "The object is archived.", 403)
    bucket = FakeBucket({"a.json": b"{}", "b.json": _content(record("1"))}, {"a.json": archived})
    collected = _collect(bucket)
    assert [hit.event_id for hit in collected.hits] == ["1"]
    assert collected.unreadable == (
        ReadError("s3://trail/a.json", "GetObject: The object is archived."),
    )


@pytest.mark.parametrize(
    ("bucket", "error"),
    [
        pytest.param(
            FakeBucket({}, {"ListObjectsV2": ApiError("AccessDenied", "no", 403)}),
            PreconditionError,
            id="a bucket that may not be listed",
        ),
        pytest.param(
            FakeBucket({"a.json": b"x"}, {"GetObject": ApiError("AccessDenied", "no", 403)}),
            PreconditionError,
            id="objects that may not be read",
        ),
        pytest.param(
            FakeBucket({"a.json": b"x"}, {"GetObject": ApiError("ExpiredToken", "old")}),
            CredentialsError,
            id="credentials that expire",
        ),
    ],
)
@pytest.mark.parametrize("processes", [1, 2])
def test_one_error_for_the_whole_bucket(
    bucket: FakeBucket, error: type[Exception], processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbell.replay.collecting.collect.SMALL_BYTES", -1)
    with pytest.raises(error):
        _collect(bucket, "s3://trail/a", "s3://trail/", processes=processes)


def test_a_prefix_without_objects() -> None:
    collected = _collect(FakeBucket({}), "s3://trail/logs/")
    assert collected.unreadable == (
        ReadError("s3://trail/logs/", "empty folder: it contains no CloudTrail files"),
    )


def test_only_days_that_can_have_the_events_are_listed() -> None:
    bucket = FakeBucket({f"{_REGION}/2025/01/01/a.json.gz": b"", **_objects()})
    collected = _collect(bucket, since=1767225600, until=1767225660)
    assert [hit.event_id for hit in collected.hits] == ["firehose", "id0"]
    assert not [prefix for _, prefix in bucket.requests if "/2025/01" in prefix]


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        pytest.param("s3://trail", ("trail", ""), id="a bucket"),
        pytest.param("s3://trail/", ("trail", ""), id="a bucket with a slash"),
        pytest.param("s3://trail/a/b", ("trail", "a/b"), id="a prefix"),
    ],
)
def test_urls(url: str, parts: tuple[str, str]) -> None:
    assert buckets.split_url(url) == parts
