"""
What CloudWatch shows of the events of a drill: the metric, the state of the alarm, its actions.

In:    a part of the plan, sums of metrics, the history of the alarm.
Out:   `Step`s, as soon as something is known.
Never: a call.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from trailbell.aws.cloudwatch import HistoryItem
from trailbell.drill.plan import AlarmPart, Topic
from trailbell.drill.result import Step, StepState

FILTER, ALARM = "metric filter", "alarm"


def name_of_action(topic: str) -> str:
    """The step about the action of the alarm that notifies a topic."""
    return f"action {topic.rpartition(':')[2]}"


def expected_steps(part: AlarmPart) -> dict[str, str]:
    """The steps before the topics, each with what it means if it is not seen."""
    verify = f"run trailbell verify {part.stack}"
    return {
        FILTER: f"the metric {part.metric.name} has no datapoint: {verify}",
        ALARM: f"{part.alarm} did not go into ALARM: {verify}",
        **{
            name_of_action(topic.arn): f"CloudWatch recorded no action: {verify}"
            for topic in part.topics
        },
    }


def judge_metric(part: AlarmPart, total: float, seconds: float) -> Step | None:
    """The step of the metric filter, once the metric has counted all events."""
    if total < len(part.events):
        return None
    text = f"{part.metric.namespace} {part.metric.name} counted {total:g}"
    return Step(name=FILTER, state=StepState.REACHED, text=text, seconds=seconds)


def judge_history(
    part: AlarmPart, history: Iterable[HistoryItem], sent: datetime
) -> Iterator[Step]:
    """The steps of the alarm and its actions that the history shows."""
    topics = {topic.arn for topic in part.topics}
    for item in history:
        seconds = max(0.0, (item.at - sent).total_seconds())
        if item.type == "StateUpdate" and _new_state(item) == "ALARM":
            text = f"{part.alarm} went into ALARM"
            yield Step(name=ALARM, state=StepState.REACHED, text=text, seconds=seconds)
        elif item.type == "Action" and (topic := _topic(item, topics)):
            yield from _action(item, topic, seconds)


def _new_state(item: HistoryItem) -> str:
    new = item.data.get("newState")
    if isinstance(new, dict):
        return str(new.get("stateValue", ""))
    return item.summary.rpartition(" to ")[2]


def _topic(item: HistoryItem, topics: Iterable[str]) -> str:
    """The topic that an action is about; empty if it is none of these."""
    resource = item.data.get("notificationResource")
    words = {word.rstrip(".,") for word in item.summary.split()}
    return next((arn for arn in topics if arn == resource or arn in words), "")


def _action(item: HistoryItem, topic: str, seconds: float) -> Iterator[Step]:
    """The step of an action that ended.

    The summary of one that failed has the reason: "Failed to execute action ... Received error".
    https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    """
    state = item.data.get("actionState")
    succeeded = state == "Succeeded" or item.summary.startswith("Successfully")
    if succeeded or state == "Failed" or item.summary.startswith("Failed"):
        reason = str(item.data.get("error") or item.summary)
        yield Step(
            name=name_of_action(topic),
            state=StepState.REACHED if succeeded else StepState.FAILED,
            text="published the notification" if succeeded else reason,
            seconds=seconds,
        )


def notified_topics(part: AlarmPart, steps: Iterable[Step]) -> list[Topic]:
    """The topics to which an action published."""
    reached = {step.name for step in steps if step.state is StepState.REACHED}
    return [topic for topic in part.topics if name_of_action(topic.arn) in reached]
