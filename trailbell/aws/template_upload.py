"""
How a request carries a template: in its body, or in an S3 bucket if the template is too long.

In:    a template of ``dist/``, and a bucket if the settings contain one.
Out:   ``TemplateBody``, or ``TemplateURL`` of an object whose key is the digest of the template.
Never: an upload of an object that exists already.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

import json
from collections.abc import Callable

from trailbell.aws.client import ServiceClient
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.template.limits import BODY_BYTES

_FOLDER = "trailbell"


def template_argument(
    source: BuiltTemplate, bucket: str, open_s3: Callable[[], ServiceClient], options: str
) -> dict[str, str]:
    """Return the request member that holds the template; upload the template if it is too long.

    ``options`` names the ways to configure a bucket. Raises `PreconditionError` if a bucket is
    needed and none is configured.
    """
    text = _inline(source)
    if text is not None:
        return {"TemplateBody": text}
    if not bucket:
        raise PreconditionError(
            f"stack {source.stack}",
            f"The template has {len(source.text.encode()):,} bytes. A request can carry at most "
            f"{BODY_BYTES:,}.",
            f"Configure an S3 bucket in this Region: {options}",
        )
    s3 = open_s3()
    key = f"{_FOLDER}/{source.sha256}.json"
    try:
        s3.call("HeadObject", Bucket=bucket, Key=key)
    except NotFoundError:
        s3.call(
            "PutObject",
            Bucket=bucket,
            Key=key,
            Body=source.text.encode(),
            ContentType="application/json",
        )
    return {"TemplateURL": f"{s3.endpoint}/{bucket}/{key}"}


def _inline(source: BuiltTemplate) -> str | None:
    """Return the template as it was reviewed, or without white space; None if both are too long."""
    for text in (source.text, json.dumps(source.document, separators=(",", ":"))):
        if len(text.encode()) <= BODY_BYTES:
            return text
    return None
