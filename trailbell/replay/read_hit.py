"""
A record as a hit.

In:    a decoded record on which a detection fires.
Out:   a `Hit`, or nothing if the record does not say when the event happened.
Never: an error for a member of another type than in CloudTrail's records; it is empty.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from collections.abc import Mapping
from sys import intern

from trailbell.cloudtrail.event_time import seconds_since_1970
from trailbell.replay.hit import Hit

_CALLER_MEMBERS = ("userName", "principalId", "type")


def read_hit(detection: str, record: Mapping[str, object]) -> Hit | None:
    """The hit of a detection on a record; `None` if its ``eventTime`` cannot be read."""
    time = seconds_since_1970(record.get("eventTime"))
    if time is None:
        return None
    identity = _object(record, "userIdentity")
    issuer = _object(_object(identity, "sessionContext"), "sessionIssuer")
    return Hit(
        detection=detection,
        time=time,
        event_id=_text(record, "eventID"),
        event_source=intern(_text(record, "eventSource")),
        event_name=intern(_text(record, "eventName")),
        account=intern(account(record)),
        region=intern(_text(record, "awsRegion")),
        address=intern(_text(record, "sourceIPAddress")),
        principal_arn=intern(_text(identity, "arn")),
        role_arn=intern(_text(issuer, "arn")),
        role_name=intern(_text(issuer, "userName")),
        service=intern(_text(identity, "invokedBy")),
        caller=intern(next(filter(None, (_text(identity, n) for n in _CALLER_MEMBERS)), "")),
        is_read=record.get("readOnly") in (True, "true"),
    )


def account(record: Mapping[str, object]) -> str:
    """The account that the event is recorded in, or else that of the caller."""
    return _text(record, "recipientAccountId") or _text(
        _object(record, "userIdentity"), "accountId"
    )


def _object(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _text(parent: Mapping[str, object], name: str) -> str:
    value = parent.get(name)
    return str(value) if isinstance(value, str) else ""
