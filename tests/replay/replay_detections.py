"""Detections and records for tests of replays."""

from trailbell.catalog.detection import Timing
from trailbell.pattern import parse
from trailbell.replay.detection import ReplayDetection


def replay_detection(identifier: str, pattern: str) -> ReplayDetection:
    return ReplayDetection(
        id=identifier,
        title=f"{identifier} happened",
        severity="high",
        filter_pattern=parse(pattern),
        timing=Timing(),
    )


STOP = replay_detection("stop", '{ $.eventName = "StopLogging" }')
ROOT = replay_detection("root", '{ $.userIdentity.type = "Root" }')
LOCAL = replay_detection("local", "{ $.additionalEventData.local IS TRUE }")


def record(
    number: object,
    *,
    name: str = "StopLogging",
    minute: int = 0,
    account: str = "111122223333",
    **members: object,
) -> dict[str, object]:
    """An event that happens so many minutes after 2026-01-01T00:00:00Z (1767225600)."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": account},
        "eventTime": f"2026-01-01T{minute // 60:02}:{minute % 60:02}:00Z",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.1",
        "eventID": number,
        "recipientAccountId": account,
        **members,
    }
