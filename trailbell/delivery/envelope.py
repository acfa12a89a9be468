"""
What records come in, beside the files that CloudTrail delivers.

In:    JSON that is no record: a delivered file on one line, what the AWS CLI printed, an event.
Out:   the records in it, in their order, each in its own bytes.
Never: a guess. What has another shape is no envelope.
"""

from collections.abc import Iterable

import msgspec

from trailbell.delivery.chunks import Chunk, alone
from trailbell.delivery.salvage import TOO_DEEP, Fault, fault

MOST_WITHIN = 3
"""An answer of CloudWatch Logs can hold events of EventBridge, and a list can hold the answer."""


class _Delivered(msgspec.Struct):
    Records: msgspec.Raw


class _Event(msgspec.Struct):
    detail: msgspec.Raw


def opened(text: bytes, value: object) -> list[Chunk | Fault] | None:
    """
    What is in an envelope; `None` for anything else. ``value`` is what ``text`` decodes to.

    aws cloudtrail lookup-events:
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
    aws logs filter-log-events and get-log-events, and what a subscription sends:
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/SubscriptionFilters.html
    EventBridge:
    https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    """
    try:
        match value:
            case {"Records": [*_]}:
                records = bytes(msgspec.json.decode(text, type=_Delivered).Records)
                return [Chunk(records, records)]
            case {"detail-type": str(), "detail": {}}:
                return [alone(bytes(msgspec.json.decode(text, type=_Event).detail))]
            case {"Events": [*entries]}:
                return _texts(entries, "CloudTrailEvent")
            case {"events": [*entries]} | {"logEvents": [*entries]}:
                return _texts(entries, "message")
            case str():
                return [_from_text(value)]
            case _:
                return None
    except RecursionError:
        return [Fault(TOO_DEEP)]


def _texts(entries: Iterable[object], member: str) -> list[Chunk | Fault] | None:
    """The records that entries hold as text; `None` if some entry holds none."""
    found: list[Chunk | Fault] = []
    for entry in entries:
        match entry:
            case dict() if isinstance(text := entry.get(member), str):
                found.append(_from_text(text))
            case _:
                return None
    return found


def _from_text(text: str) -> Chunk | Fault:
    record = text.encode()
    reason = fault(record)
    return Fault(reason) if reason else alone(record)
