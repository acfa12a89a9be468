"""
What a change of alarm actions means: who is notified before, and who after.

In:    the change of an alarm.
Out:   a sentence for each action that is disabled, removed, or moved to another topic.
Never: the endpoints of topics in other stacks: only their own template names them.
"""

from collections.abc import Iterator
from typing import Any

from trailbell.diff.judgment.evaluated_template import EvaluatedTemplate, describe, logical_id
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list

_TOPIC = "AWS::SNS::Topic"
_SUBSCRIPTION = "AWS::SNS::Subscription"


def find_lost_notifications(diff: ResourceDiff) -> Iterator[str]:
    """Compare the actions in ALARM, and those if data is missing."""
    enabled_before = diff.before.get("ActionsEnabled", True) in (True, "true")
    if enabled_before and diff.after.get("ActionsEnabled", True) not in (True, "true"):
        yield "Alarm actions are disabled: no notification is sent."
    lost, gained = diff.lost("AlarmActions"), diff.gained("AlarmActions")
    if lost and gained:
        yield (
            f"Notifications move from {_describe_all(diff.old, lost)} to "
            f"{_describe_all(diff.new, gained)}."
        )
    elif lost:
        rest = as_list(diff.after.get("AlarmActions"))
        end = "" if rest else ": no notification is sent"
        yield f"Alarm action {_describe_all(diff.old, lost)} is removed{end}."
    for action in diff.lost("InsufficientDataActions"):
        yield f"{describe_target(diff.old, action)} is no longer notified if data is missing."


def _describe_all(template: EvaluatedTemplate, actions: list[Any]) -> str:
    return " and ".join(describe_target(template, action) for action in actions)


def describe_target(template: EvaluatedTemplate, arn: Any) -> str:
    """A topic with its subscribers, or another ARN: ``topic LowTopic (subscribed: a@b.c)``."""
    topic = logical_id(arn)
    if topic is None or not template.is_of_type(topic, _TOPIC):
        return f"{describe(arn)} (its subscribers are not in this template)"
    current = [
        describe(subscription.get("Endpoint"))
        for _, subscription in template.of_type(_SUBSCRIPTION)
        if subscription.get("TopicArn") == arn
    ]
    current += [
        describe(entry.get("Endpoint"))
        for entry in as_list(template.properties(topic).get("Subscription"))
        if isinstance(entry, dict)
    ]
    if current:
        return f"topic {topic} (subscribed: {', '.join(current)})"
    possible = list(template.declared_values(_SUBSCRIPTION, "Endpoint", topic))
    if possible:
        return f"topic {topic} (no subscriber unless {' or '.join(possible)} is set)"
    return f"topic {topic} (no subscriber in this template)"
