"""
Buckets as S3 lists and reads them.

In:    the objects of a bucket, and the error that it answers with.
Out:   an `AwsSession`.
Never: more than AWS documents. A page has at most ``page_size`` keys and folders together:
       https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.response import StreamingBody

from tests.fake_aws import ApiError, ScriptedAccount
from trailbell.aws.client import SessionConfig
from trailbell.aws.s3_objects import Bucket


@dataclass
class FakeBucket:
    """
    A bucket. ``refused`` are errors by operation or key, ``requests`` what was asked.

    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """

    objects: Mapping[str, bytes]
    refused: Mapping[str, ApiError] = field(default_factory=dict)
    page_size: int = 1000
    requests: list[tuple[str, str]] = field(default_factory=list)

    def open(self, name: str = "trail") -> Bucket:
        session = ScriptedAccount(self._answer, SessionConfig(), "111122223333", "us-east-1")
        return Bucket(name, session.service("s3"))

    def _answer(
        self, _service: str, operation: str, request: dict[str, Any], *_: str
    ) -> Mapping[str, Any]:
        assert request["Bucket"] == "trail"
        subject = request.get("Key", request.get("Prefix", ""))
        self.requests.append((operation, subject))
        refusal = self.refused.get(subject) or self.refused.get(operation)
        if refusal:
            raise refusal
        if operation == "ListObjectsV2":
            return self._list(request)
        assert operation == "GetObject"
        if subject not in self.objects:
            raise ApiError("NoSuchKey", "The specified key does not exist.", 404)
        return self._get(self.objects[subject], request.get("Range"))

    def _get(self, content: bytes, requested: str | None) -> Mapping[str, Any]:
        """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""
        if requested:
            assert requested == "bytes=0-0"
            if not content:
                raise ApiError("InvalidRange", "The requested range is not satisfiable", 416)
            content = content[:1]
        body = StreamingBody(io.BytesIO(content), len(content))
        return {"Body": body, "ContentLength": len(content)}

    def _list(self, request: dict[str, Any]) -> Mapping[str, Any]:
        """Keys in UTF-8 binary order; those with the delimiter after the prefix are rolled up."""
        prefix, delimiter = request["Prefix"], request.get("Delimiter")
        entries: dict[str, int | None] = {}
        for key in sorted(k for k in self.objects if k.startswith(prefix)):
            rest = key[len(prefix) :]
            if delimiter and delimiter in rest:
                entries[prefix + rest.split(delimiter)[0] + delimiter] = None
            else:
                entries[key] = len(self.objects[key])
        names = list(entries)
        start = int(request.get("ContinuationToken", 0))
        page = names[start : start + self.page_size]
        end = start + self.page_size
        return {
            "Contents": [
                {"Key": name, "Size": size} for name in page if (size := entries[name]) is not None
            ],
            "CommonPrefixes": [{"Prefix": name} for name in page if entries[name] is None],
            "IsTruncated": end < len(names),
            **({"NextContinuationToken": str(end)} if end < len(names) else {}),
        }
