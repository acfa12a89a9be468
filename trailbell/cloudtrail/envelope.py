"""
Envelopes: what contains records, other than the files that CloudTrail delivers.

In:    JSON that is not a record: a delivered file on one line, output of the AWS CLI, an event, a
       message, a row of a query.
Out:   its content in order, each part in its own bytes: records, or envelopes again.
Never: a guess. A value of any other shape is not an envelope.
"""

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator
from io import BytesIO

import msgspec

from trailbell.cloudtrail.chunk import Chunk, single_record_chunk
from trailbell.cloudtrail.chunks import read_chunks
from trailbell.cloudtrail.decode import DECODE_ERRORS
from trailbell.cloudtrail.gunzip import DecompressedBlocks
from trailbell.cloudtrail.other_formats import is_lambda_event_source
from trailbell.cloudtrail.query_rows import read_row
from trailbell.cloudtrail.recovery import (
    NOT_A_RECORD,
    NOT_JSON,
    TOO_DEEP,
    RecordError,
    decode_error,
)

MAX_ENVELOPE_DEPTH = 7
"""More than the deepest in practice: SQS message, SNS notification, CLI output, entry, record."""

NOT_BASE64 = "not base64 data"

# An Insights event has neither eventSource nor eventName:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insightDetails.html
_RECORD_MARKERS = frozenset(("eventVersion", "eventID", "eventName", "eventSource"))

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def is_record(value: object) -> bool:
    """Whether a value is a CloudTrail record; other events have members of the same names."""
    match value:
        case {"eventSource": str(source)} if is_lambda_event_source(source):
            return False
        case {"eventType": str(kind)} if kind.startswith("Aws"):
            return True
        case {"eventTime": _, "userIdentity": _}:
            return True
        case dict():
            return bool(_RECORD_MARKERS & value.keys())
        case _:
            return False


def _has_record(detail_type: str, detail: dict[str, object]) -> bool:
    """Whether the detail of an EventBridge event is a record; others have ``eventType`` too."""
    return detail_type.endswith("via CloudTrail") or {"eventName", "eventSource"} <= detail.keys()


def unwrap(text: bytes, value: object) -> Iterable[Chunk | RecordError] | None:
    """
    The content of an envelope; `None` if the value is not one. ``value`` is the decoded ``text``.

    aws cloudtrail lookup-events, the whole output or single entries:
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
    aws logs filter-log-events and get-log-events, and data of a subscription filter; a control
    message only checks whether the destination is reachable:
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    Lambda with CloudWatch Logs, Kinesis, SQS and SNS, Firehose's transformations:
    https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
    https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
    https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
    EventBridge:
    https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    """
    match value:
        case {"messageType": "CONTROL_MESSAGE"}:
            return ()
        case {"detail-type": str(kind), "detail": dict() as detail} if _has_record(kind, detail):
            return _unwrap_member(text, "detail", detail)
        case {"QueryResultRows": [*rows]} | {"results": [*rows]}:
            return (part for row in rows for part in read_row(row))
        case dict():
            return (
                _unwrap_list(text, value) or _unwrap_base64(value) or _unwrap_message(text, value)
            )
        case str():
            return _read_text(value)
        case _:
            return None


_LISTS = ("Records", "Events", "events", "logEvents", "Messages", "records")


def _unwrap_list(text: bytes, value: dict[str, object]) -> Iterable[Chunk | RecordError] | None:
    for name in _LISTS:
        if isinstance(inner := value.get(name), list):
            return _unwrap_member(text, name, inner)
    return None


def _unwrap_member(text: bytes, name: str, value: object) -> list[Chunk | RecordError]:
    """The bytes of a member; if the text is damaged, what can be recovered of them."""
    try:
        raw = bytes(_members.decode(text)[name])
    except RecursionError:
        return [RecordError(TOO_DEEP)]
    except DECODE_ERRORS:
        start = re.search(rb'"%b"\s*:\s*\[' % name.encode(), text)
        if start:
            return [Chunk(b"", text[start.end() :])]
        return [single_record_chunk(json.dumps(value).encode())]
    return [Chunk(raw, raw) if isinstance(value, list) else single_record_chunk(raw)]


def _unwrap_base64(value: dict[str, object]) -> Iterable[Chunk | RecordError] | None:
    """Open data in base64, which may be gzip."""
    match value:
        case (
            {"awslogs": {"data": str(data)}}
            | {"kinesis": {"data": str(data)}}
            | {"recordId": _, "data": str(data)}
            | {"SequenceNumber": _, "Data": str(data)}
        ):
            return _read_base64(data)
        case _:
            return None


def _unwrap_message(text: bytes, value: dict[str, object]) -> Iterable[Chunk | RecordError] | None:
    """Open a message: JSON as the text of a member, or as an object in that place."""
    match value:
        case (
            {"CloudTrailEvent": str(inner)}
            | {"message": str(inner)}
            | {"@message": str(inner)}
            | {"eventSource": "aws:sqs", "body": str(inner)}
            | {"messageId": _, "body": str(inner)}
            | {"MessageId": _, "Body": str(inner)}
            | {"Sns": {"Message": str(inner)}}
            | {"Type": "Notification", "Message": str(inner)}
        ):
            return _read_text(inner)
        case {"message": dict() as inner}:
            return _unwrap_member(text, "message", inner)
        case {"@message": dict() as inner}:
            return _unwrap_member(text, "@message", inner)
        case {"CloudTrailEvent": dict() as inner}:
            return _unwrap_member(text, "CloudTrailEvent", inner)
        case _:
            return None


def _read_text(text: str) -> Iterable[Chunk | RecordError]:
    """Read text that should be JSON."""
    encoded = text.encode(errors="surrogatepass")
    reason = decode_error(encoded)
    if reason is None:
        return [single_record_chunk(encoded)]
    if reason != NOT_JSON:
        return [RecordError(reason)]
    if encoded.lstrip().startswith((b"{", b"[")):
        return read_chunks([encoded])
    return [RecordError(NOT_A_RECORD)]


def _read_base64(data: str) -> Iterator[Chunk | RecordError]:
    """Read base64 data, in any compression and layout that a file can have."""
    try:
        # base64 that a shell prints has line breaks.
        content = b64decode("".join(data.split()), validate=True)
    except (Base64Error, ValueError):
        yield RecordError(NOT_BASE64)
        return
    blocks = DecompressedBlocks(BytesIO(content))
    yield from read_chunks(blocks)
    if blocks.error:
        yield RecordError(blocks.error)
