"""
What a replay knows of a detection.

In:    a detection of the catalog, with the settings applied.
Out:   a `ReplayDetection`: its pattern, the settings of its alarm, what its rule receives.
Never: content or settings. The same type describes the detections of another revision.
"""

from dataclasses import dataclass
from enum import StrEnum

from trailbell.catalog.detection import Timing
from trailbell.pattern import FilterPattern


class RuleReceives(StrEnum):
    """The events that the EventBridge rule of a detection receives, if it is deployed."""

    NOTHING = "nothing"
    """There is no rule."""
    WRITES = "writes"
    READS_AND_WRITES = "reads and writes"


@dataclass(frozen=True, kw_only=True)
class LogAlarmSchedule:
    """When the query of a log alarm runs, and over which time, in seconds.

    See `trailbell.catalog.log_alarm.LogAlarm`.
    """

    run_every: int
    start_offset: int
    end_offset: int


@dataclass(frozen=True, kw_only=True)
class ReplayDetection:
    """A detection, its alarm and its rule. ``log_alarm`` is None for a metric alarm."""

    id: str
    title: str
    severity: str
    filter_pattern: FilterPattern
    timing: Timing
    log_alarm: LogAlarmSchedule | None = None
    rule: RuleReceives = RuleReceives.NOTHING
