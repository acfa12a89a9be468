"""
A template as a request takes it: in the request, or in a bucket if it is too long.

In:    a template of ``dist/``, and a bucket if the settings name one.
Out:   ``TemplateBody``, or ``TemplateURL`` of an object named by its content.
Never: an upload of what is there already.

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
    """The member of a request that holds the template.

    ``options`` names the ways to give a bucket. Raises `PreconditionError` if one is needed and not
    given.
    """
    text = _inline(source)
    if text is not None:
        return {"TemplateBody": text}
    if not bucket:
        raise PreconditionError(
            f"stack {source.stack}",
            f"its template has {len(source.text.encode()):,} bytes, and a request takes "
            f"{BODY_BYTES:,}",
            f"name a bucket of this Region for it: {options}",
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
    """The template as reviewed, or without white space; None if both are too long."""
    for text in (source.text, json.dumps(source.document, separators=(",", ":"))):
        if len(text.encode()) <= BODY_BYTES:
            return text
    return None
