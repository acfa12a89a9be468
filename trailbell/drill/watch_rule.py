"""
Watch EventBridge rules, their targets, and the topics among them.

In:    a part of the plan whose event was sent.
Out:   its steps.
Never: the text of a message: subscribers receive it, this program does not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trailbell.drill.observe_rule import (
    judge_rule,
    name_of_targets,
    rule_metrics,
    unseen_steps,
)
from trailbell.drill.observe_topic import name_of_step
from trailbell.drill.plan import RulePart, Topic
from trailbell.drill.result import Step, StepState
from trailbell.drill.watch import Window, complete_topics, observe_topics


@dataclass(frozen=True)
class RuleWatch:
    """Watches a `RulePart`."""

    part: RulePart
    window: Window

    def observe(self, steps: Mapping[str, Step]) -> Iterator[Step]:
        """Read the metrics of the rules, then those of their topics."""
        for rule in self.part.rules:
            if name_of_targets(rule) not in steps:
                sums = self.window.sums(rule_metrics(rule, self.part.bus))
                yield from judge_rule(rule, sums, self.window.seconds)
        yield from observe_topics(self.window, self.part.topics, steps)

    def is_complete(self, steps: Mapping[str, Step]) -> bool:
        """Whether the calls of the targets are known, and the deliveries if there can be any."""
        return all(name_of_targets(rule) in steps for rule in self.part.rules) and all(
            name_of_step(topic) in steps for topic in self._topics(steps) if topic.confirmed
        )

    def complete(self, steps: Mapping[str, Step]) -> tuple[Step, ...]:
        """All steps in their order."""
        before = (
            steps.get(step.name) or step for rule in self.part.rules for step in unseen_steps(rule)
        )
        return (*before, *complete_topics(self.window, self._topics(steps), steps))

    def _topics(self, steps: Mapping[str, Step]) -> tuple[Topic, ...]:
        """The topics to which a message can have been published: none if all calls failed."""
        states = [
            steps[name].state
            for rule in self.part.rules
            if (name := name_of_targets(rule)) in steps
        ]
        failed = len(states) == len(self.part.rules) and set(states) == {StepState.FAILED}
        return () if failed else self.part.topics
