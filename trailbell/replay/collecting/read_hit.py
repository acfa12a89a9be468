"""
A record as a hit.

In:    a decoded record on which a detection fires.
Out:   the members of a `Hit`, or nothing if the record does not say when the event happened.
Never: an error for a member of another type than in CloudTrail's records; it is empty.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from collections.abc import Mapping

from trailbell.cloudtrail.event_time import seconds_since_1970

HitMembers = tuple[str, int, str, str, str, str, str, str, str, str, str, str, str, bool]
"""The members of a `trailbell.replay.hit.Hit`, in its order. Processes exchange these faster."""

_CALLER_MEMBERS = ("userName", "principalId", "type")


def read_hit(detection: str, record: Mapping[str, object]) -> HitMembers | None:
    """The hit of a detection on a record; `None` if its ``eventTime`` cannot be read."""
    time = seconds_since_1970(record.get("eventTime"))
    if time is None:
        return None
    identity = _object(record, "userIdentity")
    issuer = _object(_object(identity, "sessionContext"), "sessionIssuer")
    caller = next(filter(None, (_text(identity, name) for name in _CALLER_MEMBERS)), "")
    return (
        detection,
        time,
        _text(record, "eventID"),
        _text(record, "eventSource"),
        _text(record, "eventName"),
        _text(record, "recipientAccountId") or _text(identity, "accountId"),
        _text(record, "awsRegion"),
        _text(record, "sourceIPAddress"),
        _text(identity, "arn"),
        _text(issuer, "arn"),
        _text(issuer, "userName"),
        _text(identity, "invokedBy"),
        caller,
        record.get("readOnly") in (True, "true"),
    )


def _object(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _text(parent: Mapping[str, object], name: str) -> str:
    value = parent.get(name)
    return str(value) if isinstance(value, str) else ""
