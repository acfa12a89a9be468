"""
Objects in S3 as files.

In:    ``s3://bucket/prefix``.
Out:   shares of its objects, and in a process that scans one, its objects as streams.
Never: a file of CloudTrail's digests, or many large objects in memory.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO, RawIOBase
from typing import Any, Protocol

from trailbell.cloudtrail.files import SkippedFile, UnidentifiedFile, classify
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.scan import Entry, OpenEntry
from trailbell.errors import AwsError, ClockSkewError, CredentialsError, ThrottlingError
from trailbell.lazy_import import lazy_import

SCHEME = "s3://"

_THREADS = 8
_AHEAD = 16
"""Objects that are read before they are scanned. An object as delivered has a few kilobytes."""


class ObjectSummary(Protocol):
    """An object of a listing; ``size`` is in bytes."""

    @property
    def key(self) -> str: ...
    @property
    def size(self) -> int: ...


class Bucket(Protocol):
    """What is needed of `trailbell.aws.s3_objects.Bucket`."""

    def objects(
        self, prefix: str, is_needed: Callable[[str], bool] | None = None
    ) -> Iterable[ObjectSummary]: ...
    def check_readable(self, key: str) -> None: ...
    def open(self, key: str) -> BytesIO | RawIOBase: ...


OpenBucket = Callable[[str], Bucket]
"""Opens a bucket by its name, in the process that reads it."""


def open_bucket(name: str, region: str = "", profile: str = "") -> Bucket:
    """Open a bucket with the Region and the credentials of the environment, or with these."""
    bucket: Bucket = lazy_import("trailbell.aws.s3_objects").open_bucket(
        name, region=region, profile=profile
    )
    return bucket


def split_url(url: str) -> tuple[str, str]:
    """The bucket and the prefix of a URL."""
    bucket, _, prefix = url.removeprefix(SCHEME).partition("/")
    return bucket, prefix


def list_entries(
    bucket: Bucket, url: str, is_needed: Callable[[str], bool] | None
) -> Iterator[tuple[Entry, int]]:
    """List objects as files of a folder, with their bytes.

    Raises `trailbell.errors.PreconditionError` if the first one may not be read.
    """
    name, prefix = split_url(url)
    is_checked = False
    for each in bucket.objects(prefix, is_needed):
        entry = classify(f"{SCHEME}{name}/{each.key}", lambda _: True)
        if not is_checked and not isinstance(entry, SkippedFile):
            bucket.check_readable(each.key)
            is_checked = True
        yield entry, each.size


@contextmanager
def opened_ahead(bucket: Bucket, entries: Iterable[Entry]) -> Iterator[OpenEntry]:
    """Return a function that opens the entries, which must be in their order.

    Threads read the next ones while one is scanned.
    """
    paths = [
        entry.path if isinstance(entry, UnidentifiedFile) else entry
        for entry in entries
        if isinstance(entry, (str, UnidentifiedFile))
    ]
    pool = ThreadPoolExecutor(_THREADS)
    unread = iter(paths)
    futures: deque[Future[Any]] = deque()

    def submit() -> None:
        path = next(unread, None)
        if path is not None:
            futures.append(pool.submit(_open, bucket, path))

    def open_entry(_: str) -> Any:
        submit()
        return futures.popleft().result()

    finished = False
    try:
        for _ in range(_AHEAD):
            submit()
        yield open_entry
        finished = True
    finally:
        # After an error or Ctrl-C, no response is of use.
        pool.shutdown(wait=finished, cancel_futures=True)


def _open(bucket: Bucket, path: str) -> BytesIO | RawIOBase | ReadError:
    _, key = split_url(path)
    try:
        return bucket.open(key)
    except (CredentialsError, ClockSkewError, ThrottlingError):
        raise  # all others would fail, too
    except AwsError as error:
        return ReadError(path, f"{error.operation}: {error.reason}")
