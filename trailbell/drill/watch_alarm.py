"""
Watch a metric filter, an alarm, and the topics that it notifies.

In:    a part of the plan whose events were sent.
Out:   its steps.
Never: deliveries before the alarm published: they would be those of others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from trailbell.drill.observe_alarm import (
    ALARM,
    FILTER,
    expected_steps,
    judge_history,
    judge_metric,
    name_of_action,
    notified_topics,
)
from trailbell.drill.observe_topic import name_of_step
from trailbell.drill.plan import AlarmPart
from trailbell.drill.result import Step, StepState
from trailbell.drill.watch import Window, complete_topics, observe_topics

_SKEW = timedelta(seconds=30)
"""How much earlier than here it may be in AWS."""


@dataclass(frozen=True)
class AlarmWatch:
    """Watches an `AlarmPart`."""

    part: AlarmPart
    window: Window

    def observe(self, steps: Mapping[str, Step]) -> Iterator[Step]:
        """Read the metric, the history of the alarm, and the metrics of notified topics."""
        if FILTER not in steps:
            [total] = self.window.sums([self.part.metric])
            step = judge_metric(self.part, total, self.window.seconds)
            if step is not None:
                yield step
        if not self._actions_ended(steps):
            history = self.window.cloudwatch.history(self.part.alarm, self.window.sent - _SKEW)
            yield from judge_history(self.part, history, self.window.sent)
        notified = notified_topics(self.part, steps.values())
        yield from observe_topics(self.window, notified, steps)

    def is_complete(self, steps: Mapping[str, Step]) -> bool:
        """Whether the actions ended, and the deliveries of those that published are known."""
        notified = notified_topics(self.part, steps.values())
        return self._actions_ended(steps) and all(
            name_of_step(topic) in steps for topic in notified if topic.confirmed
        )

    def complete(self, steps: Mapping[str, Step]) -> tuple[Step, ...]:
        """All steps. An alarm that went into ALARM shows that its metric counted the events."""
        known = dict(steps)
        if ALARM in known and FILTER not in known:
            text = "counted the event, as the alarm shows"
            known[FILTER] = replace(known[ALARM], name=FILTER, text=text, seconds=None)
        before = tuple(
            known.get(name) or Step(name=name, state=StepState.NOT_SEEN, text=text)
            for name, text in expected_steps(self.part).items()
        )
        notified = notified_topics(self.part, known.values())
        return (*before, *complete_topics(self.window, notified, known))

    def _actions_ended(self, steps: Mapping[str, Step]) -> bool:
        return ALARM in steps and all(
            name_of_action(topic.arn) in steps for topic in self.part.topics
        )
