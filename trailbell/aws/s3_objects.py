"""
The objects of a bucket that hold records.

In:    a session, a bucket, a prefix.
Out:   keys and sizes in the order of S3, and the content of an object.
Never: a large object in memory, or a listing of what a day's folder cannot hold.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO, RawIOBase
from typing import Any

from trailbell.aws.client import AwsSession, ServiceClient, SessionConfig
from trailbell.aws.sdk_error import translate_errors
from trailbell.errors import (
    AccessDeniedError,
    AwsError,
    NotFoundError,
    PreconditionError,
    ServiceUnavailableError,
    WrongRegionError,
)

MAX_BYTES_IN_MEMORY = 8 << 20
_ATTEMPTS = 3
_MAX_DEPTH = 3
"""Folders above ``AWSLogs`` that are listed one by one."""

_TOWARDS_DAYS = re.compile(
    r"(?:[^/]+/)*AWSLogs/(?:o-[a-z0-9]{10,32}/)?(?:\d{12}/)?"
    r"(?:CloudTrail/(?:[a-z0-9-]+/)?(?:\d{4}/)?(?:\d\d/)?)?",
    re.ASCII,
)
_DIGESTS = "CloudTrail-Digest/"
_NAME = re.compile(r"[A-Za-z0-9._-]{3,255}")
"""Old buckets have longer names, and names with capital letters and underscores.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""


@dataclass(frozen=True, slots=True)
class S3Object:
    """An object; ``size`` is in bytes."""

    key: str
    size: int


@dataclass(frozen=True)
class Bucket:
    """A bucket that records are read from. Threads can share it."""

    name: str
    s3: ServiceClient = field(repr=False)

    def objects(
        self, prefix: str, is_needed: Callable[[str], bool] | None = None
    ) -> Iterator[S3Object]:
        """
        List the objects with a prefix, page by page.

        With ``is_needed``, the folders of CloudTrail are listed one by one, and those of which it
        is false are passed over. Digest files have folders of their own, which are passed over,
        too. Raises `PreconditionError` if the bucket cannot be listed, and other `AwsError`.
        """
        try:
            yield from self._objects(prefix, is_needed, 0)
        except (AccessDeniedError, NotFoundError, WrongRegionError) as error:
            raise self._unusable(error, prefix) from error

    def check_readable(self, key: str) -> None:
        """Raise `PreconditionError` if the caller must not read an object."""
        try:
            self._get(key, Range="bytes=0-0")["Body"].close()
        except AccessDeniedError as error:
            raise self._unusable(error, key) from error
        except AwsError:
            return  # about this object alone, such as one that is empty, archived or deleted

    def open(self, key: str) -> BytesIO | RawIOBase:
        """
        Read an object, or open it if it is large. Raises `AwsError`.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        for attempt in range(1, _ATTEMPTS + 1):
            response = self._get(key)
            body = response["Body"]
            if response.get("ContentLength", 0) > MAX_BYTES_IN_MEMORY:
                return _LargeObject(body)
            try:
                return BytesIO(translate_errors("GetObject", body.read))
            except ServiceUnavailableError:  # the connection broke
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError  # not reached

    def _get(self, key: str, **request: str) -> Any:
        return self.s3.call("GetObject", Bucket=self.name, Key=key, **request)

    def _objects(
        self, prefix: str, is_needed: Callable[[str], bool] | None, depth: int
    ) -> Iterator[S3Object]:
        by_folder = is_needed is not None and _leads_to_days(prefix, depth)
        for page in self._pages(prefix, **({"Delimiter": "/"} if by_folder else {})):
            for each in page.get("Contents", ()):
                if not each["Key"].endswith("/"):  # the console creates these for folders
                    yield S3Object(each["Key"], each.get("Size", 0))
            for folder in page.get("CommonPrefixes", ()):
                below = folder["Prefix"]
                if is_needed is None or (is_needed(below) and not below.endswith(_DIGESTS)):
                    yield from self._objects(below, is_needed, depth + 1)

    def _pages(self, prefix: str, **request: str) -> Iterator[Any]:
        """https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html"""
        token: dict[str, str] = {}
        while True:
            page = self.s3.call(
                "ListObjectsV2", Bucket=self.name, Prefix=prefix, **request, **token
            )
            yield page
            if not page.get("IsTruncated") or not page.get("NextContinuationToken"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _unusable(self, error: AwsError, key: str) -> PreconditionError:
        place = f"s3://{self.name}/{key}"
        match error:
            case NotFoundError():
                return PreconditionError(
                    place, "There is no such bucket.", "Check its name, and the account you use."
                )
            case WrongRegionError():
                return PreconditionError(
                    place,
                    "The bucket is in another Region.",
                    "Name its Region with --region.",
                )
            case _:
                return PreconditionError(
                    place,
                    f"You have no permission to read it ({error.operation}: {error.reason}).",
                    "Allow s3:ListBucket on the bucket, s3:GetObject on its objects, and "
                    "kms:Decrypt on the key that encrypts them.",
                )


class _LargeObject(RawIOBase):
    """The content of an object, as it arrives. A broken connection is an `OSError`."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        try:
            content: bytes = translate_errors(
                "GetObject", lambda: self._body.read(None if size < 0 else size)
            )
        except AwsError as error:
            raise OSError(None, error.reason) from error
        return content

    def close(self) -> None:
        self._body.close()
        super().close()


def _leads_to_days(prefix: str, depth: int) -> bool:
    """Whether folders of CloudTrail's days may be below a prefix, and not above it."""
    if "AWSLogs/" in prefix:
        return _TOWARDS_DAYS.fullmatch(prefix) is not None
    return depth <= _MAX_DEPTH


def open_bucket(name: str, *, region: str = "", profile: str = "") -> Bucket:
    """Open a bucket with the Region and the credentials of the environment, or with these.

    Raises `PreconditionError` for a name that cannot be one, or without a Region.
    """
    url = f"s3://{name}"
    if not _NAME.fullmatch(name):
        raise PreconditionError(url, "This is no name of a bucket.", "Write s3://BUCKET/PREFIX.")
    session = AwsSession(SessionConfig(region=region, profile=profile))
    try:
        return Bucket(name, session.service("s3", session.region))
    except PreconditionError as error:
        raise PreconditionError(url, error.reason, "Name its Region with --region.") from error
