"""
Watching a part of a drill: what is common to alarms and rules.

In:    the time window of the drill, and the metrics of SNS in it.
Out:   the steps about topics.
Never: a step about a topic to which nothing was published.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from trailbell.aws.cloudwatch import CloudWatch, Metric
from trailbell.drill.observe_topic import (
    Deliveries,
    delivery_metrics,
    judge_deliveries,
    name_of_step,
    unseen_deliveries,
)
from trailbell.drill.plan import Part, Topic
from trailbell.drill.result import Step


class Watch(Protocol):
    """Watches one part. ``steps`` are those that are known, by name."""

    @property
    def part(self) -> Part:
        """The part of the plan."""

    def observe(self, steps: Mapping[str, Step]) -> Iterator[Step]:
        """Read what AWS shows now."""

    def is_complete(self, steps: Mapping[str, Step]) -> bool:
        """Whether nothing more can become known."""

    def complete(self, steps: Mapping[str, Step]) -> tuple[Step, ...]:
        """All steps in their order, with those that were not seen."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """When a drill ``begun``, when its event was ``sent``, and which topics were announced to."""

    cloudwatch: CloudWatch
    begun: datetime
    sent: datetime
    clock: Callable[[], datetime]
    announced: frozenset[str] = frozenset()

    @property
    def seconds(self) -> float:
        """The time since the event was sent."""
        return (self.clock() - self.sent).total_seconds()

    def sums(self, metrics: Sequence[Metric]) -> list[float]:
        """The sums of metrics since the minute in which the drill began.

        The period that contains now has not ended, and is read, too.
        """
        since = self.begun.replace(second=0, microsecond=0)
        return self.cloudwatch.sums(metrics, since, self.clock() + timedelta(minutes=1))

    def messages(self, topic: Topic) -> int:
        """How many messages the topic receives: the notification, and an announcement."""
        return 2 if topic.arn in self.announced else 1


def observe_topics(
    window: Window, topics: Iterable[Topic], steps: Mapping[str, Step]
) -> Iterator[Step]:
    """The steps about topics whose deliveries are all accounted for."""
    for topic in topics:
        if topic.confirmed and name_of_step(topic) not in steps:
            step = judge_deliveries(
                topic, _deliveries(window, topic), window.messages(topic), window.seconds
            )
            if step is not None:
                yield step


def complete_topics(
    window: Window, topics: Iterable[Topic], steps: Mapping[str, Step]
) -> Iterator[Step]:
    """A step for each topic with subscribers; read again for those that are not known."""
    for topic in topics:
        if topic.confirmed:
            known = steps.get(name_of_step(topic))
            yield known or unseen_deliveries(
                topic, _deliveries(window, topic), window.messages(topic)
            )


def _deliveries(window: Window, topic: Topic) -> Deliveries:
    return Deliveries(*map(int, window.sums(delivery_metrics(topic))))
