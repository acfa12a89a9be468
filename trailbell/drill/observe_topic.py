"""
What SNS reports about the messages of a drill to a topic.

In:    a topic, how many messages it was sent, and the metrics of SNS since then.
Out:   a `Step`, once every message to every subscriber is accounted for.
Never: a status of a single subscription. SNS counts deliveries of a topic. It logs single ones only
       if that is enabled for a protocol, and never those of e-mail:
       https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
"""

from dataclasses import dataclass

from trailbell.aws.cloudwatch import Metric
from trailbell.drill.plan import Topic
from trailbell.drill.result import Step, StepState
from trailbell.wording import pluralize

# https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
_COUNTED = (
    *("NumberOfMessagesPublished", "NumberOfNotificationsDelivered"),
    *("NumberOfNotificationsFailed", "NumberOfNotificationsFilteredOut"),
)


@dataclass(frozen=True)
class Deliveries:
    """What SNS counts of a topic since the drill began."""

    published: int
    delivered: int
    failed: int
    filtered_out: int


def delivery_metrics(topic: Topic) -> list[Metric]:
    """The metrics to read, in the order of the members of `Deliveries`."""
    return [Metric("AWS/SNS", name, (("TopicName", topic.name),)) for name in _COUNTED]


def name_of_step(topic: Topic) -> str:
    """The step about a topic."""
    return f"topic {topic.name}"


def judge_deliveries(
    topic: Topic, counts: Deliveries, messages: int, seconds: float
) -> Step | None:
    """Return the step if each of so many messages to each subscriber is accounted for.

    Other notifications of the topic at the same time are counted, too, and must be accounted for.
    """
    expected = len(topic.confirmed) * max(messages, counts.published)
    accounted = counts.delivered + counts.failed + counts.filtered_out
    if counts.published < messages or accounted < expected:
        return None
    state = StepState.REACHED
    if counts.failed or counts.delivered < expected:
        state = StepState.PARTLY if counts.delivered else StepState.FAILED
    return Step(
        name=name_of_step(topic),
        state=state,
        text=_describe(topic, counts, messages),
        seconds=seconds,
        is_delivery=True,
    )


def unseen_deliveries(topic: Topic, counts: Deliveries | None, messages: int) -> Step:
    """The step if the time ended before that."""
    text = "SNS has published no metrics yet"
    if counts is not None and counts.published:
        text = f"not complete: {_describe(topic, counts, messages)}"
    return Step(name=name_of_step(topic), state=StepState.NOT_SEEN, text=text, is_delivery=True)


def _describe(topic: Topic, counts: Deliveries, messages: int) -> str:
    subscribers = pluralize(len(topic.confirmed), "subscriber")
    sent = f"{pluralize(max(messages, counts.published), 'message')} to {subscribers}"
    parts = [f"{counts.delivered:,} delivered", f"{counts.failed:,} failed"]
    if counts.filtered_out:
        parts.append(f"{counts.filtered_out:,} filtered out by a filter policy")
    return f"SNS counts {', '.join(parts)} ({sent})"
