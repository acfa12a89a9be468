"""How a long template gets to CloudFormation: what is uploaded, and which URL names it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fake_aws import ApiError, ScriptedAccount
from trailbell.aws.client import ServiceClient, SessionConfig
from trailbell.aws.template_upload import template_argument
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import OperationInProgressError, PreconditionError

_DOCUMENT = {"Resources": {f"T{n}": {"Type": "x" * 90} for n in range(600)}}
_TEXT = json.dumps(_DOCUMENT)
_SHA256 = hashlib.sha256(_TEXT.encode())
LONG = BuiltTemplate(
    stack="long",
    text=_TEXT,
    document=_DOCUMENT,
    sha256=_SHA256.hexdigest(),
    source_lines={},
)
KEY = f"trailbell/{LONG.sha256}.json"
CHECKSUM = base64.b64encode(_SHA256.digest()).decode()


@dataclass
class Bucket:
    """A bucket of account 111122223333 in eu-west-1, as S3 answers to callers.

    HeadObject: 404 for a missing key, and 403 without s3:ListBucket. "Checksum is only present if
    the checksum was uploaded with the object" (HeadObjectOutput.ChecksumSHA256). PutObject: 409
    ConditionalRequestConflict, "On a 409 failure you should retry the upload". A foreign
    ExpectedBucketOwner "fails with the HTTP status code 403 Forbidden". HeadBucket: BucketRegion.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """

    checksum: str | None = None
    listing: bool = True
    conflicts: int = 0
    region_readable: bool = True
    owner: str = "111122223333"
    endpoint: str = "https://s3.eu-central-1.amazonaws.com"
    requests: list[str] = field(default_factory=list)
    uploads: list[dict[str, Any]] = field(default_factory=list)

    def answer(
        self, _service: str, operation: str, request: dict[str, Any], *_: str
    ) -> Mapping[str, Any]:
        self.requests.append(operation)
        if request["ExpectedBucketOwner"] != self.owner:
            raise ApiError("403", "Forbidden", 403)
        match operation:
            case "HeadObject" if self.checksum is None:
                code, words = ("404", "Not Found") if self.listing else ("403", "Forbidden")
                raise ApiError(code, words, int(code))
            case "HeadObject":
                shown = request.get("ChecksumMode") == "ENABLED" and self.checksum
                return {"ChecksumSHA256": self.checksum} if shown else {}
            case "PutObject" if self.conflicts:
                self.conflicts -= 1
                raise ApiError("ConditionalRequestConflict", "conflict", 409)
            case "PutObject":
                self.uploads.append(request)
                return {}
            case "HeadBucket" if self.region_readable:
                return {"BucketRegion": "eu-west-1"}
            case _:
                raise ApiError("403", "Forbidden", 403)

    def service(self) -> ServiceClient:
        account = ScriptedAccount(self.answer, SessionConfig(), "111122223333", "eu-central-1")
        service = account.service("s3")
        meta = vars(service.client.meta) | {"endpoint_url": self.endpoint}
        service.client.meta = SimpleNamespace(**meta)
        return service


def _argument(bucket: Bucket, name: str = "templates") -> dict[str, str]:
    return template_argument(LONG, name, bucket.service, "--template-bucket")


def test_a_short_template_is_in_the_body() -> None:
    short = BuiltTemplate(stack="s", text="{}", document={}, sha256="0", source_lines={})
    bucket = Bucket()
    argument = template_argument(short, "templates", bucket.service, "--template-bucket")
    assert (argument, bucket.requests) == ({"TemplateBody": "{}"}, [])


def test_a_long_template_without_a_bucket_is_an_error() -> None:
    with pytest.raises(PreconditionError, match="Configure an S3 bucket in this Region: --temp"):
        _argument(Bucket(), "")


def test_an_object_with_this_content_is_used() -> None:
    bucket = Bucket(checksum=CHECKSUM)
    assert _argument(bucket) == {
        "TemplateURL": f"https://s3.eu-west-1.amazonaws.com/templates/{KEY}"
    }
    assert bucket.requests == ["HeadObject", "HeadBucket"]


@pytest.mark.parametrize(
    "bucket",
    [
        pytest.param(Bucket(), id="there is no object"),
        pytest.param(Bucket(listing=False), id="there is none, and the caller cannot list"),
        pytest.param(Bucket(checksum=""), id="the object has no checksum"),
        pytest.param(Bucket(checksum=CHECKSUM.swapcase()), id="the object has other content"),
        pytest.param(Bucket(conflicts=2), id="others upload at the same time"),
    ],
)
def test_the_template_is_uploaded(bucket: Bucket) -> None:
    _argument(bucket)
    assert bucket.uploads == [
        {
            "Bucket": "templates",
            "ExpectedBucketOwner": "111122223333",
            "Key": KEY,
            "Body": LONG.text.encode(),
            "ContentType": "application/json",
            "ChecksumAlgorithm": "SHA256",
            "ChecksumSHA256": CHECKSUM,
        }
    ]


def test_conflicts_without_end_are_an_error() -> None:
    with pytest.raises(OperationInProgressError):
        _argument(Bucket(conflicts=9))


def test_a_bucket_of_another_account_is_refused_unless_the_account_is_named() -> None:
    with pytest.raises(PreconditionError) as caught:
        _argument(Bucket(owner="123456789012"))
    assert str(caught.value) == (
        f'bucket "templates": The template cannot be uploaded to {KEY} (Forbidden).\n'
        "  Allow s3:PutObject on it. If the bucket belongs to another account than 111122223333, "
        "write it as ACCOUNT/templates."
    )
    bucket = Bucket(owner="123456789012")
    _argument(bucket, "123456789012/templates")
    assert [upload["Bucket"] for upload in bucket.uploads] == ["templates"]


@pytest.mark.parametrize(
    ("bucket", "endpoint"),
    [
        pytest.param(
            Bucket(region_readable=False), "https://s3.eu-central-1.amazonaws.com",
            id="an unknown Region of the bucket is that of the stack",
        ),
        pytest.param(
            Bucket(endpoint="https://vpce-1.s3.eu-central-1.vpce.amazonaws.com"),
            "https://vpce-1.s3.eu-central-1.vpce.amazonaws.com", id="a private endpoint stays",
        ),
        pytest.param(
            Bucket(endpoint="https://s3.amazonaws.com"), "https://s3.eu-west-1.amazonaws.com",
            id="from the global endpoint",
        ),
        pytest.param(
            Bucket(endpoint="https://s3.cn-north-1.amazonaws.com.cn"),
            "https://s3.eu-west-1.amazonaws.com.cn", id="in another partition",
        ),
    ],
)  # fmt: skip
def test_the_url_has_the_region_of_the_bucket(bucket: Bucket, endpoint: str) -> None:
    assert _argument(bucket) == {"TemplateURL": f"{endpoint}/templates/{KEY}"}
