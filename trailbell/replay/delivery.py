"""
When an event of CloudTrail is in the log group.

In:    the time of an event.
Out:   the time at which CloudWatch Logs has it, and the minute of the data point that counts it.
Never: a measured or random delay. It is the figure that AWS documents, or the one of the caller.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DELIVERY = timedelta(minutes=5)
"""CloudTrail delivers within about 5 minutes of an API call on average, which is not guaranteed.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""


@dataclass(frozen=True)
class Clock:
    """Counts minutes from ``start``, which is the beginning of a minute, in UTC."""

    start: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.start.second or self.start.microsecond:
            raise ValueError(f"start must be the beginning of a minute in UTC, not {self.start}")

    def minute(self, at: datetime) -> int:
        """The minute in which a time is: 0 is the first."""
        return (at - self.start) // timedelta(minutes=1)

    def end_of(self, minute: int) -> datetime:
        """The end of a minute, when CloudWatch evaluates an alarm."""
        return self.start + timedelta(minutes=minute + 1)


def delivered(at: datetime, delay: timedelta = DELIVERY) -> datetime:
    """When the event of this time is in the log group.

    The log event has the time of its delivery, so the data point of a metric filter has it too.
    """
    return at + delay
