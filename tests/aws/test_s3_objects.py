"""The objects of a bucket, and what is said of a bucket that cannot be read."""

import io
from datetime import UTC, datetime

import pytest
from botocore.response import StreamingBody

from tests.aws.fake_s3 import FakeBucket
from tests.fake_aws import ApiError
from trailbell.aws import s3_objects
from trailbell.aws.s3_objects import S3Object, _LargeObject
from trailbell.cloudtrail.day_folder import DaysToRead
from trailbell.errors import (
    CredentialsError,
    NotFoundError,
    PreconditionError,
)

_REGION = "AWSLogs/111122223333/CloudTrail/us-east-1"
_MARCH_10 = int(datetime(2026, 3, 10, tzinfo=UTC).timestamp())
DENIED = ApiError("AccessDenied", "Access Denied", 403)


def _keys(bucket: FakeBucket, prefix: str = "", days: DaysToRead | None = None) -> list[str]:
    is_needed = days.is_needed if days else None
    return [each.key for each in bucket.open().objects(prefix, is_needed)]


def test_objects_of_all_pages_without_folders() -> None:
    objects = {f"a/{number}.json": b"x" * number for number in range(5)} | {"a/": b"", "b": b""}
    bucket = FakeBucket(objects, page_size=2)
    assert list(bucket.open().objects("a/")) == [
        S3Object(f"a/{number}.json", number) for number in range(5)
    ]
    assert bucket.requests == [("ListObjectsV2", "a/")] * 3


def test_no_objects() -> None:
    assert _keys(FakeBucket({})) == []


@pytest.mark.parametrize(
    "above",
    [
        pytest.param("", id="CloudTrail's own folders"),
        pytest.param("security/logs/", id="below a prefix of the trail"),
    ],
)
def test_only_the_days_that_are_needed_are_listed(above: str) -> None:
    keys = [
        f"{above}{_REGION}/{day}/a.json.gz"
        for day in ("2025/12/31", "2026/02/28", "2026/03/08", "2026/03/10", "2026/04/01")
    ]
    digest = f"{above}AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/10/d.json.gz"
    bucket = FakeBucket(dict.fromkeys([*keys, digest, "firehose/2026/01/01/00/b", "c"], b"x"))
    days = DaysToRead(_MARCH_10, _MARCH_10 + 3600)
    found = _keys(bucket, "", days)
    assert sorted(found) == sorted([keys[3], "firehose/2026/01/01/00/b", "c"])
    listed = [prefix for _, prefix in bucket.requests]
    assert [prefix for prefix in listed if prefix.endswith("/03/10/")] == [
        f"{above}{_REGION}/2026/03/10/"
    ]
    assert not [prefix for prefix in listed if "/2025/" in prefix or "Digest" in prefix]


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        pytest.param(
            ApiError("NoSuchBucket", "The specified bucket does not exist", 404),
            "s3://trail/AWSLogs/: There is no such bucket.\n"
            "  Check its name, and the account you use.",
            id="a bucket that does not exist",
        ),
        pytest.param(
            DENIED,
            "s3://trail/AWSLogs/: You have no permission to read it (ListObjectsV2: Access "
            "Denied).\n  Allow s3:ListBucket on the bucket, s3:GetObject on its objects, and "
            "kms:Decrypt on the key that encrypts them.",
            id="no permission",
        ),
        pytest.param(
            ApiError("PermanentRedirect", "The bucket you are attempting to access ...", 301),
            "s3://trail/AWSLogs/: The bucket is in another Region.\n"
            "  Name its Region with --region.",
            id="another Region that the SDK could not follow to",
        ),
        pytest.param(
            ApiError("AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong", 400),
            "s3://trail/AWSLogs/: The bucket is in another Region.\n"
            "  Name its Region with --region.",
            id="a signature for another Region",
        ),
    ],
)
def test_a_bucket_that_cannot_be_listed(refusal: ApiError, message: str) -> None:
    bucket = FakeBucket({}, {"ListObjectsV2": refusal})
    with pytest.raises(PreconditionError) as error:
        _keys(bucket, "AWSLogs/")
    assert str(error.value) == message


def test_expired_credentials() -> None:
    refusal = ApiError("ExpiredToken", "The provided token has expired.", 400)
    with pytest.raises(CredentialsError) as error:
        _keys(FakeBucket({}, {"ListObjectsV2": refusal}))
    assert error.value.reason == "The provided token has expired."


@pytest.mark.parametrize(
    "bucket",
    [
        pytest.param(FakeBucket({"a": b"x"}), id="readable"),
        pytest.param(FakeBucket({"a": b""}), id="empty"),
        pytest.param(FakeBucket({}), id="deleted since it was listed"),
        pytest.param(
            FakeBucket({}, {"a": ApiError("InvalidObjectState", "archived", 403)}), id="archived"
        ),
    ],
)
def test_objects_that_do_not_end_the_scan(bucket: FakeBucket) -> None:
    bucket.open().check_readable("a")
    assert bucket.requests == [("GetObject", "a")]


def test_an_object_that_may_not_be_read() -> None:
    with pytest.raises(PreconditionError, match=r"no permission to read it \(GetObject"):
        FakeBucket({}, {"GetObject": DENIED}).open().check_readable("a")


def test_the_content_of_an_object() -> None:
    assert FakeBucket({"a": b"content"}).open().open("a").read() == b"content"


def test_an_object_that_is_gone() -> None:
    with pytest.raises(NotFoundError):
        FakeBucket({}).open().open("a")


def test_a_large_object_is_read_as_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_objects, "MAX_BYTES_IN_MEMORY", 3)
    with FakeBucket({"a": b"content"}).open().open("a") as stream:
        assert isinstance(stream, _LargeObject)
        assert (stream.read(4), stream.read(4), stream.read()) == (b"cont", b"ent", b"")


def test_a_connection_that_breaks_is_an_error_of_reading() -> None:
    """botocore raises IncompleteReadError if fewer bytes arrive than were announced.

    https://botocore.amazonaws.com/v1/documentation/api/latest/reference/response.html
    """
    stream = _LargeObject(StreamingBody(io.BytesIO(b"co"), 7))
    assert stream.read(2) == b"co"
    with pytest.raises(OSError, match="2 read, but total bytes expected is 7"):
        stream.read()


@pytest.mark.parametrize("name", ["", "a b", "bucket?x"])
def test_a_name_that_no_bucket_has(name: str) -> None:
    with pytest.raises(PreconditionError) as caught:
        s3_objects.open_bucket(name)
    assert str(caught.value) == (
        f"s3://{name}: This is no name of a bucket.\n  Write s3://BUCKET/PREFIX."
    )


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/none")
    with pytest.raises(PreconditionError) as caught:
        s3_objects.open_bucket("trail")
    assert str(caught.value) == (
        "s3://trail: No AWS Region is configured.\n  Name its Region with --region."
    )
