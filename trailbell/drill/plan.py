"""
What a drill will do: frozen data that holds all of it.

In:    what was read of the deployed stacks.
Out:   a `DrillPlan`.
Never: a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trailbell.aws.cloudwatch import Metric
from trailbell.wording import pluralize


class DrillPath(StrEnum):
    """How a detection notifies: by its metric filter and alarm, or by its EventBridge rule."""

    ALARM = "alarm"
    REALTIME = "realtime"


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """A subscription of a topic. ``has_filter_policy`` is None if that could not be read.

    ``is_logged`` says whether SNS logs the status of each delivery with its protocol.
    """

    protocol: str
    endpoint: str
    is_confirmed: bool
    has_filter_policy: bool | None = False
    is_logged: bool = False


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic, and who it notifies."""

    arn: str
    subscribers: tuple[Subscriber, ...] = ()

    @property
    def name(self) -> str:
        """The name, which is a dimension of its metrics."""
        return self.arn.rpartition(":")[2]

    @property
    def confirmed(self) -> tuple[Subscriber, ...]:
        """The subscribers that receive notifications."""
        return tuple(each for each in self.subscribers if each.is_confirmed)


@dataclass(frozen=True, kw_only=True)
class AlarmPart:
    """Events to a log stream, which a metric filter counts, so that an alarm notifies topics.

    ``also_fires`` are other filters that match the events, ``fires_on_cleanup`` those that match
    the deletion of the log stream once CloudTrail has recorded it.
    """

    stack: str
    log_group: str
    log_stream: str
    events: tuple[Mapping[str, Any], ...]
    filters: tuple[str, ...]
    metric: Metric
    alarm: str
    period: int
    topics: tuple[Topic, ...]
    also_fires: tuple[str, ...] = ()
    fires_on_cleanup: tuple[str, ...] = ()

    path = DrillPath.ALARM

    @property
    def time_in_alarm(self) -> str:
        """How long the alarm stays in ALARM at least: the period of the metric."""
        return pluralize(max(1, round(self.period / 60)), "minute")


@dataclass(frozen=True, kw_only=True)
class PlannedRule:
    """A rule that matches the event. ``targets`` counts its targets, topics and others."""

    name: str
    targets: int
    dead_letter_queues: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RulePart:
    """An event to a bus, of which rules notify topics: for people and programs, and for chat."""

    stack: str
    bus: str
    event: Mapping[str, Any]
    rules: tuple[PlannedRule, ...]
    topics: tuple[Topic, ...]

    path = DrillPath.REALTIME


Part = AlarmPart | RulePart


@dataclass(frozen=True, kw_only=True)
class DrillPlan:
    """A drill. ``notes`` say what is left out, and why."""

    run: str
    detection: str
    title: str
    account: str
    region: str
    parts: tuple[Part, ...]
    is_announced: bool = True
    timeout_minutes: int = 15
    notes: tuple[str, ...] = ()

    @property
    def announced_topics(self) -> tuple[str, ...]:
        """The topics that receive an announcement first: the text of an alarm cannot be marked."""
        if not self.is_announced:
            return ()
        alarms = [part for part in self.parts if part.path is DrillPath.ALARM]
        topics = [topic for part in alarms for topic in part.topics if topic.confirmed]
        return tuple(dict.fromkeys(topic.arn for topic in topics))
