"""Hits and detections for tests of the alarm clock."""

from trailbell.catalog.detection import Timing
from trailbell.pattern import parse
from trailbell.replay.detection import LogAlarmSchedule, ReplayDetection, RuleReceives
from trailbell.replay.hit import Hit

ACCOUNT, OTHER_ACCOUNT = "111122223333", "123456789012"
_PATTERN = parse('{ $.eventName = "CreateUser" }')


def hit(time: int, number: int = 0, who: str = "alice", **members: object) -> Hit:
    """A hit at this time in seconds; ``number`` makes its event ID."""
    values: dict[str, object] = {
        "detection": "new-user",
        "time": time,
        "event_id": f"{number:08d}-0000-4000-8000-000000000000",
        "event_source": "iam.amazonaws.com",
        "event_name": "CreateUser",
        "account": ACCOUNT,
        "region": "us-east-1",
        "address": "192.0.2.1",
        "principal_arn": f"arn:aws:iam::{ACCOUNT}:user/{who}",
        "role_arn": "",
        "role_name": "",
        "service": "",
        "caller": "",
        "is_read": False,
    }
    return Hit(**(values | members))  # type: ignore[arg-type] # members of Hit


def arn(who: str) -> str:
    """The identity of a hit."""
    return f"arn:aws:iam::{ACCOUNT}:user/{who}"


def detection(
    timing: Timing | None = None,
    log_alarm: LogAlarmSchedule | None = None,
    rule: RuleReceives = RuleReceives.NOTHING,
) -> ReplayDetection:
    """A detection with this alarm."""
    return ReplayDetection(
        id="new-user",
        title="A user was created",
        severity="high",
        filter_pattern=_PATTERN,
        timing=timing or Timing(),
        log_alarm=log_alarm,
        rule=rule,
    )


def timing(
    period: int = 300,
    of: int = 1,
    in_last: int = 1,
    threshold: int = 1,
    *,
    default_value: bool = True,
) -> Timing:
    """The threshold must be reached in ``of`` of the last ``in_last`` periods."""
    return Timing(
        period=period,
        datapoints_to_alarm=of,
        evaluation_periods=in_last,
        threshold=threshold,
        default_value=default_value,
        reason="A test needs it.",
    )
