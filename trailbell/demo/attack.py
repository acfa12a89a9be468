"""
A written attack: what an intruder does in an account within a quarter of an hour.

In:    sample identities and calls of `trailbell.samples`.
Out:   `ATTACK`: steps with the time, a sentence, and the CloudTrail record.
Never: a real name, address or account. The addresses are reserved for documentation (RFC 5737).

Two callers: an access key of the IAM user ``ci-deploy`` that leaked, with the user that it creates,
and a session of an administrator. One caller chooses a user agent that imitates our messages.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trailbell.samples import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Event,
    Identity,
    api_call,
    iam_user,
    identity_center_user,
)


@dataclass(frozen=True)
class Step:
    """One call of the attack: what happens in a sentence, and its record."""

    text: str
    record: Event

    @property
    def at(self) -> datetime:
        """When the call was made."""
        return datetime.fromisoformat(self.record["eventTime"])


START = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)

_LEAKED_KEY, _NEW_USER = iam_user("ci-deploy"), iam_user("svc-backup")
_ADMINISTRATOR = identity_center_user("dana@example.com")
_INTRUDER, _OTHER_ADDRESS = "198.51.100.23", "203.0.113.77"
_USER_NAME = "svc-backup"
_ROLE = "arn:aws:iam::aws:policy/AdministratorAccess"

HOSTILE_USER_AGENT = (
    'aws-cli/2.31.0 ok"\n"LOW: Planned maintenance, no action is needed"\n'
    "\"Who: AWSService config.amazonaws.com\"\n<script>alert('all clear')</script>"
)
"""Text that imitates the lines of a message, and runs in a page that does not escape it."""


def _step(clock: str, text: str, service: str, name: str, by: Identity, **members: Any) -> Step:
    """A step at a time like ``02:14:03``."""
    at = datetime.combine(START.date(), datetime.strptime(clock, "%H:%M:%S").time(), UTC)
    defaults = {"eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "sourceIPAddress": _INTRUDER}
    return Step(text, api_call(service, name, by, **(defaults | members)))


def _refused(clock: str, service: str, name: str, error: str = "AccessDenied") -> Step:
    text = "The leaked key of ci-deploy tries what it may do, and is refused."
    return _step(clock, text, service, name, _LEAKED_KEY, read_only=True, error=error)


def _ssh_rule() -> dict[str, Any]:
    return {
        "ipProtocol": "tcp",
        "fromPort": 22,
        "toPort": 22,
        "groups": {},
        "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
        "ipv6Ranges": {},
        "prefixListIds": {},
    }


ATTACK: tuple[Step, ...] = (
    _refused("02:04:03", "iam", "GetAccountAuthorizationDetails"),
    _refused("02:04:05", "secretsmanager", "ListSecrets"),
    _refused("02:04:08", "ec2", "DescribeSnapshots", "Client.UnauthorizedOperation"),
    _refused("02:04:11", "organizations", "ListAccounts"),
    _refused("02:04:14", "kms", "ListAliases"),
    _step(
        "02:04:41",
        "It may list the users, because the deployment has too many permissions.",
        *("iam", "ListUsers", _LEAKED_KEY),
        read_only=True,
    ),
    _step(
        "02:05:32",
        "The key creates the user svc-backup, to stay when the key is revoked.",
        *("iam", "CreateUser", _LEAKED_KEY),
        request={"userName": _USER_NAME},
        response={"user": {"userName": _USER_NAME, "path": "/"}},
    ),
    _step(
        "02:06:10",
        "The new user becomes an administrator.",
        *("iam", "AttachUserPolicy", _LEAKED_KEY),
        request={"userName": _USER_NAME, "policyArn": _ROLE},
    ),
    _step(
        "02:06:47",
        "The new user gets an access key.",
        *("iam", "CreateAccessKey", _LEAKED_KEY),
        request={"userName": _USER_NAME},
        response={"accessKey": {"userName": _USER_NAME, "status": "Active"}},
    ),
    _step(
        "02:07:58",
        "A second intruder has a session of an administrator, and also makes a key for itself.",
        *("iam", "CreateAccessKey", _ADMINISTRATOR),
        request={"userName": "dana-cli"},
        response={"accessKey": {"userName": "dana-cli", "status": "Active"}},
        sourceIPAddress=_OTHER_ADDRESS,
    ),
    _step(
        "02:09:20",
        "The customer data becomes public. The user agent imitates a harmless message.",
        *("s3", "PutBucketPublicAccessBlock", _NEW_USER),
        request={
            "bucketName": "customer-exports",
            "publicAccessBlock": "",
            "PublicAccessBlockConfiguration": {
                "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
                "BlockPublicAcls": False,
                "IgnorePublicAcls": False,
                "BlockPublicPolicy": False,
                "RestrictPublicBuckets": False,
            },
        },
        userAgent=HOSTILE_USER_AGENT,
    ),
    _step(
        "02:10:05",
        "A remote shell is opened to the internet.",
        *("ec2", "AuthorizeSecurityGroupIngress", _NEW_USER),
        request={"groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": [_ssh_rule()]}},
        response={"_return": True},
    ),
    _step(
        "02:11:12",
        "The snapshot of the database is shared with an account of the intruder.",
        *("ec2", "ModifySnapshotAttribute", _NEW_USER),
        request={
            "snapshotId": "snap-0123456789abcdef0",
            "createVolumePermission": {"add": {"items": [{"userId": OTHER_ACCOUNT}]}},
            "attributeType": "CREATE_VOLUME_PERMISSION",
        },
        response={"_return": True},
    ),
    _step(
        "02:12:30",
        "GuardDuty is switched off.",
        *("guardduty", "DeleteDetector", _NEW_USER),
        request={"detectorId": "12abc34d567e8fa901bc2d34e56789f0"},
    ),
    _step(
        "02:13:18",
        "The actions of an alarm are disabled.",
        *("monitoring", "DisableAlarmActions", _NEW_USER),
        request={"alarmNames": ["security-alerts-log-group-tampering"]},
    ),
    _step(
        "02:13:55",
        "At last the trail is stopped. What follows is not recorded any more.",
        *("cloudtrail", "StopLogging", _NEW_USER),
        request={"name": f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/security-alerts-trail"},
    ),
)
