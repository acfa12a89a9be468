"""
How a request carries a template: in its body, or in an S3 bucket if the template is too long.

In:    a template of ``dist/``, and a bucket if the settings contain one.
Out:   ``TemplateBody``, or ``TemplateURL`` of an object whose key is the digest of the template.
Never: an object that is trusted for its key: its content is compared, or it is uploaded again.

A bucket must belong to the account of the caller, since anybody can own the name of a deleted
bucket. ``123456789012/templates`` names the bucket of another account.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trailbell.aws.client import ServiceClient
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import (
    AccessDeniedError,
    AwsError,
    NotFoundError,
    OperationInProgressError,
    PreconditionError,
)
from trailbell.template.limits import BODY_BYTES

_FOLDER = "trailbell"
_MAX_CONFLICTS = 3
_REGIONAL_ENDPOINT = re.compile(r"https://s3(?:[.-][a-z0-9-]+)?\.(amazonaws\.[a-z.]+)")


@dataclass(frozen=True)
class _Bucket:
    """A bucket, and the account that must own it."""

    s3: ServiceClient
    name: str
    owner: str

    @property
    def request(self) -> Mapping[str, str]:
        """The members that every request has."""
        owner = {"ExpectedBucketOwner": self.owner} if self.owner else {}
        return {"Bucket": self.name, **owner}


def template_argument(
    source: BuiltTemplate, bucket: str, open_s3: Callable[[], ServiceClient], options: str
) -> dict[str, str]:
    """Return the request member that holds the template; upload the template if it is too long.

    ``options`` names the ways to configure a bucket. Raises `PreconditionError` if a bucket is
    needed and none is configured, or if it is not one of this account.
    """
    check_template_size(source, bucket, options)
    text = _inline(source)
    if text is not None:
        return {"TemplateBody": text}
    s3 = open_s3()
    owner, _, name = bucket.rpartition("/")
    where = _Bucket(s3, name, owner or s3.open_account())
    key = f"{_FOLDER}/{source.sha256}.json"
    if not _has_content(where, key, source):
        _upload(where, key, source)
    return {"TemplateURL": f"{_endpoint(where)}/{name}/{key}"}


def check_template_size(source: BuiltTemplate, bucket: str, options: str) -> None:
    """Raise `PreconditionError` if the template needs a bucket and none is configured."""
    if not bucket and _inline(source) is None:
        raise PreconditionError(
            f"stack {source.stack}",
            f"The template has {len(source.text.encode()):,} bytes. A request can carry at most "
            f"{BODY_BYTES:,}.",
            f"Configure an S3 bucket in this Region: {options}",
        )


def _inline(source: BuiltTemplate) -> str | None:
    """Return the template as it was reviewed, or without white space; None if both are too long."""
    for text in (source.text, json.dumps(source.document, separators=(",", ":"))):
        if len(text.encode()) <= BODY_BYTES:
            return text
    return None


def _checksum(source: BuiltTemplate) -> str:
    """The digest as S3 writes it."""
    return base64.b64encode(bytes.fromhex(source.sha256)).decode()


def _has_content(bucket: _Bucket, key: str, source: BuiltTemplate) -> bool:
    """Whether the object exists with this content.

    Without s3:ListBucket a missing object is 403, as is one whose key may not be used for
    decryption. In all these cases, and if there is no checksum, the template is uploaded again:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    try:
        answer = bucket.s3.call("HeadObject", **bucket.request, Key=key, ChecksumMode="ENABLED")
    except (NotFoundError, AccessDeniedError):
        return False
    return answer.get("ChecksumSHA256") == _checksum(source)


def _upload(bucket: _Bucket, key: str, source: BuiltTemplate) -> None:
    """Upload the template. S3 rejects it if the content does not have this checksum."""
    for attempt in range(1, _MAX_CONFLICTS + 1):
        try:
            bucket.s3.call(
                "PutObject",
                **bucket.request,
                Key=key,
                Body=source.text.encode(),
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=_checksum(source),
            )
        except OperationInProgressError:  # another upload of the same object
            if attempt == _MAX_CONFLICTS:
                raise
        except AccessDeniedError as error:
            raise PreconditionError(
                f'bucket "{bucket.name}"',
                f"The template cannot be uploaded to {key} ({error.reason}).",
                f"Allow s3:PutObject on it. If the bucket belongs to another account than "
                f"{bucket.owner or 'yours'}, write it as ACCOUNT/{bucket.name}.",
            ) from error
        else:
            return


def _endpoint(bucket: _Bucket) -> str:
    """Return the endpoint of the Region of the bucket, which can be another than that of the stack.

    If the Region cannot be read, it is taken to be that of the client.
    """
    endpoint = bucket.s3.endpoint
    regional = _REGIONAL_ENDPOINT.fullmatch(endpoint)
    if regional is None:
        return endpoint
    try:
        region = bucket.s3.call("HeadBucket", **bucket.request).get("BucketRegion", "")
    except AwsError:
        return endpoint
    return f"https://s3.{region}.{regional[1]}" if region else endpoint
