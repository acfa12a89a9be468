"""
What EventBridge shows of the event of a drill: the rule, and the calls of its targets.

In:    a rule of the plan, and its metrics.
Out:   `Step`s, as soon as something is known.
Never: a call. EventBridge delivers its metrics on a best-effort basis, each minute:
       https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
"""

from collections.abc import Iterator, Sequence

from trailbell.aws.cloudwatch import Metric
from trailbell.drill.plan import PlannedRule
from trailbell.drill.result import Step, StepState
from trailbell.wording import pluralize

_COUNTED = ("TriggeredRules", "Invocations", "FailedInvocations", "InvocationsSentToDlq")
_LATE = "EventBridge has not counted {what}: its metrics can be late, and are not guaranteed"


def name_of_rule(rule: PlannedRule) -> str:
    """The step about the match of a rule."""
    return f"rule {rule.name}"


def name_of_targets(rule: PlannedRule) -> str:
    """The step about the calls of the targets of a rule."""
    return f"targets of {rule.name}"


def rule_metrics(rule: PlannedRule, bus: str) -> list[Metric]:
    """The metrics of a rule. Those of the default bus have the dimension RuleName only."""
    dimensions: tuple[tuple[str, str], ...] = (("RuleName", rule.name),)
    if bus != "default":
        dimensions = (("EventBusName", bus), *dimensions)
    return [Metric("AWS/Events", name, dimensions) for name in _COUNTED]


def unseen_steps(rule: PlannedRule) -> Iterator[Step]:
    """The steps of a rule if the time ended before they were seen."""
    for name, what in (
        (name_of_rule(rule), "a match"),
        (name_of_targets(rule), "the calls of the targets"),
    ):
        yield Step(name=name, state=StepState.NOT_SEEN, text=_LATE.format(what=what))


def judge_rule(rule: PlannedRule, sums: Sequence[float], seconds: float) -> Iterator[Step]:
    """The steps that the metrics show."""
    triggered, invocations, failed, to_queue = map(int, sums)
    if triggered or invocations or failed:
        yield Step(
            name=name_of_rule(rule),
            state=StepState.REACHED,
            text="matched the event",
            seconds=seconds,
        )
    if failed or to_queue:
        yield _failed(rule, max(failed, to_queue), seconds)
    elif invocations >= rule.targets:
        yield Step(
            name=name_of_targets(rule),
            state=StepState.REACHED,
            text=f"{pluralize(rule.targets, 'target')} received the message",
            seconds=seconds,
        )


def _failed(rule: PlannedRule, count: int, seconds: float) -> Step:
    """The step about failed calls; the messages in the queue have the reason as an attribute."""
    queues = " and ".join(arn.rpartition(":")[2] for arn in rule.dead_letter_queues)
    where = f"; messages in the queue {queues} have the reason as ERROR_CODE" if queues else ""
    return Step(
        name=name_of_targets(rule),
        state=StepState.FAILED if count >= rule.targets else StepState.PARTLY,
        text=f"{count:,} of {pluralize(rule.targets, 'call')} failed{where}",
        seconds=seconds,
    )
