"""
The EventBridge rule of a detection: its event pattern, its state, or why it has none.

In:    a detection.
Out:   an event pattern that can contain `trailbell.catalog.placeholders`, like the pattern.
Never: a rule for what a rule cannot say. It has no threshold, and each event that it matches is
       one message.
"""

import json
from functools import cache
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.catalog.placeholders import restore_placeholders, translate
from trailbell.catalog.typed_event_pattern import compile_event_pattern
from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.ast import Condition, JsonPattern
from trailbell.samples import Event

ENABLED = "ENABLED"
ENABLED_WITH_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
"""The state of a rule that also receives events of read-only API calls.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
"""


def event_pattern(detection: Detection) -> dict[str, Any]:
    """The event pattern with the placeholders of the detection. Raises `UnsupportedError`.

    It matches the events that the filter pattern matches, and more only as
    `trailbell.catalog.typed_event_pattern.differences` says. Whether a rule can replace the alarm
    is another question, see `reason_without_rule`.
    """
    return dict(json.loads(_event_pattern(detection.pattern_text)))


@cache
def _event_pattern(text: str) -> str:
    return translate(
        text, lambda t: json.dumps(compile_event_pattern(parse(t, max_length=None).tree))
    )


def compile_condition(condition: Condition) -> dict[str, object]:
    """The event pattern of a condition. Raises `UnsupportedError`."""
    return compile_event_pattern(JsonPattern(condition))


def reason_without_rule(detection: Detection) -> str:
    """Why no rule notifies for a detection, as a clause; empty if one does."""
    if detection.alarm_only:
        return detection.alarm_only
    if detection.timing.threshold > 1:
        return (
            f"it counts {detection.timing.threshold} events, and a rule sends one message for "
            "each event"
        )
    try:
        event_pattern(detection)
    except UnsupportedError as error:
        return restore_placeholders(str(error))
    return ""


def rule_state(detection: Detection) -> str:
    """The state of the rule: with reads only if a sample event that must match may be one.

    "Read" follows the classification of CloudTrail, which is mostly, but not always, that of names.
    """
    reads = any(may_be_read(example.event) for example in detection.fires)
    return ENABLED_WITH_READS if reads else ENABLED


def may_be_read(event: Event) -> bool:
    name = str(event.get("eventName"))
    return event.get("readOnly") is True or name.startswith(("Describe", "Get", "List"))
