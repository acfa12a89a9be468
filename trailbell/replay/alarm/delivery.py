"""
When an event of CloudTrail is in the log group.

In:    the time of an event, or its ID.
Out:   the time at which CloudWatch Logs has it, and the minute of the data point that counts it.
Never: a random delay. An event ID has the same delay on every machine, and in every run.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

DELIVERY = timedelta(minutes=5)
"""CloudTrail delivers within about 5 minutes of an API call on average, which is not guaranteed.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

_QUANTILES = ((0.0, 60), (0.5, 192), (0.99, 540), (1.0, 600))
"""Shares of events, and the delay in seconds that they have at most.

Measured on log files of public trails, from the ``eventTime`` of events to the delivery time in the
name of their file: the median, the 99th percentile, and the largest. AWS publishes only "about 5
minutes on average", which is not guaranteed (see `DELIVERY`).

Unsure: the smallest is assumed; a name has whole minutes; the log group may have an event earlier
or later than the bucket; a disturbance of CloudTrail makes all of them larger.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""


@dataclass(frozen=True)
class Delivery:
    """
    How late events are in the log group. Deterministic: the delay of an event depends on its ID.

    CloudTrail delivers events together, in files, and those share a delay. Two simpler models are
    on either side of that: without ``seed`` all events have the delay at ``quantile``, so that none
    are separated; with a seed each event has its own, so that more are separated than in reality.
    """

    name: str
    quantile: float = 0.5
    seed: str | None = None

    @property
    def usual(self) -> int:
        """The delay of all events, or their median if each has its own, in seconds."""
        return delay_at(self.quantile)

    def delay(self, event_id: str) -> int:
        """The seconds from the time of an event until it is in the log group."""
        if self.seed is None:
            return self.usual
        digest = blake2b(f"{self.seed} {event_id}".encode(), digest_size=6).digest()
        return delay_at(int.from_bytes(digest) / 2**48)


def delay_at(quantile: float) -> int:
    """The delay in seconds that this share of events has at most; ``quantile`` is from 0 to 1."""
    index = min(bisect_right(_QUANTILES, (quantile, 0)), len(_QUANTILES) - 1)
    (share, delay), (next_share, next_delay) = _QUANTILES[index - 1], _QUANTILES[index]
    return round(delay + (next_delay - delay) * (quantile - share) / (next_share - share))


TYPICAL = Delivery("typical")
"""Every event has the median delay."""
SCENARIOS = (
    TYPICAL,
    Delivery("scattered", seed="scattered"),
    Delivery("fast", quantile=0.01),
    Delivery("slow", quantile=0.99),
)
"""The typical delivery, each event with its own delay, and all events as fast or slow as one in a
hundred.
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
