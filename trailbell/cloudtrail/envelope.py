"""
What records come in, beside the files that CloudTrail delivers.

In:    JSON that is no record: a delivered file on one line, what the AWS CLI printed, an event, a
       message, a row.
Out:   what is in it, in its order, each in its own bytes: records, or envelopes again.
Never: a guess. What has another shape is no envelope.
"""

import json
import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable, Iterator
from io import BytesIO

import msgspec

from trailbell.cloudtrail.chunk import Chunk, alone
from trailbell.cloudtrail.chunks import chunks
from trailbell.cloudtrail.decode import UNREADABLE
from trailbell.cloudtrail.gunzip import Blocks
from trailbell.cloudtrail.other_formats import is_of_lambda
from trailbell.cloudtrail.query_rows import record_of_row
from trailbell.cloudtrail.recovery import NO_JSON, NO_RECORD, TOO_DEEP, RecordError, fault

MOST_WITHIN = 7
"""A message of SQS holds a notification of SNS, that an answer, that entries, those records."""

NO_BASE64 = "no base64 data"

# An Insights event has neither eventSource nor eventName:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insightDetails.html
_TELLING = frozenset(("eventVersion", "eventID", "eventName", "eventSource"))

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def is_record(value: object) -> bool:
    """Whether it is CloudTrail's: others have members of these names, with other values."""
    match value:
        case {"eventSource": str(source)} if is_of_lambda(source):
            return False
        case {"eventType": str(kind)} if kind.startswith("Aws"):
            return True
        case {"eventTime": _, "userIdentity": _}:
            return True
        case dict():
            return bool(_TELLING & value.keys())
        case _:
            return False


def _is_of_cloudtrail(kind: str, detail: dict[str, object]) -> bool:
    """Details of other events may have an ``eventType`` or ``eventId`` of their own."""
    return kind.endswith("via CloudTrail") or {"eventName", "eventSource"} <= detail.keys()


def unwrap(text: bytes, value: object) -> Iterable[Chunk | RecordError] | None:
    """
    What is in an envelope; `None` for anything else. ``value`` is what ``read_text`` decodes to.

    aws cloudtrail lookup-events, whole or its entries one by one:
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
    aws logs filter-log-events and get-log-events, and what a subscription sends; a control message
    only asks whether the destination is there:
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
        case {"detail-type": str(kind), "detail": dict() as detail} if _is_of_cloudtrail(
            kind, detail
        ):
            return _member(text, "detail", detail)
        case {"QueryResultRows": [*rows]} | {"results": [*rows]}:
            return (found for row in rows for found in record_of_row(row))
        case dict():
            return _listed(text, value) or _packed(value) or _written(text, value)
        case str():
            return _from_text(value)
        case _:
            return None


_LISTS = ("Records", "Events", "events", "logEvents", "Messages", "records")


def _listed(text: bytes, value: dict[str, object]) -> Iterable[Chunk | RecordError] | None:
    for name in _LISTS:
        if isinstance(inner := value.get(name), list):
            return _member(text, name, inner)
    return None


def _member(text: bytes, name: str, value: object) -> list[Chunk | RecordError]:
    """A member's own bytes; where the text is unsound, what can be saved of them."""
    try:
        raw = bytes(_members.decode(text)[name])
    except RecursionError:
        return [RecordError(TOO_DEEP)]
    except UNREADABLE:
        start = re.search(rb'"%b"\s*:\s*\[' % name.encode(), text)
        return [Chunk(b"", text[start.end() :]) if start else alone(json.dumps(value).encode())]
    return [Chunk(raw, raw) if isinstance(value, list) else alone(raw)]


def _packed(value: dict[str, object]) -> Iterable[Chunk | RecordError] | None:
    """Data in base64, which may be gzip."""
    match value:
        case (
            {"awslogs": {"data": str(data)}}
            | {"kinesis": {"data": str(data)}}
            | {"recordId": _, "data": str(data)}
            | {"SequenceNumber": _, "Data": str(data)}
        ):
            return _from_base64(data)
        case _:
            return None


def _written(text: bytes, value: dict[str, object]) -> Iterable[Chunk | RecordError] | None:
    """JSON as the text of a member, as messages have it; or as an object in that place."""
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
            return _from_text(inner)
        case {"message": dict() as inner}:
            return _member(text, "message", inner)
        case {"@message": dict() as inner}:
            return _member(text, "@message", inner)
        case {"CloudTrailEvent": dict() as inner}:
            return _member(text, "CloudTrailEvent", inner)
        case _:
            return None


def _from_text(text: str) -> Iterable[Chunk | RecordError]:
    written = text.encode(errors="surrogatepass")
    reason = fault(written)
    if reason is None:
        return [alone(written)]
    if reason != NO_JSON:
        return [RecordError(reason)]
    if written.lstrip().startswith((b"{", b"[")):
        return chunks([written])
    return [RecordError(NO_RECORD)]


def _from_base64(data: str) -> Iterator[Chunk | RecordError]:
    try:
        packed = b64decode(
            "".join(data.split()), validate=True
        )  # base64 of a shell has line breaks
    except (NoBase64, ValueError):
        yield RecordError(NO_BASE64)
        return
    blocks = Blocks(BytesIO(packed))
    yield from chunks(blocks)
    if blocks.fault:
        yield RecordError(blocks.fault)
