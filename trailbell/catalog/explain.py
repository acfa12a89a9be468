"""
The parts of an explanation of a detection, for a terminal and for the page of its pack.

In:    a detection.
Out:   its alarm condition in words, and its pattern in every other language, with the events that
       only its event pattern matches.
Never: a target that is left out. If one cannot express the pattern, the explanation says why.
"""

import json
from collections.abc import Callable, Iterator

from trailbell.catalog.detection import Detection
from trailbell.catalog.event_rule import ENABLED_WITH_READS, reason_without_rule, rule_state
from trailbell.catalog.log_alarm import log_alarm
from trailbell.catalog.typed_event_pattern import compile_event_pattern, differences
from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import Pattern
from trailbell.pattern.targets import athena, cloudwatch, duckdb, insights

TARGETS: dict[str, tuple[Callable[[Pattern], object], str]] = {
    "CloudWatch filter pattern": (cloudwatch.compile, ""),
    "Logs Insights": (insights.compile, ""),
    "EventBridge event pattern": (compile_event_pattern, "json"),
    "Athena": (athena.compile, "sql"),
    "DuckDB": (duckdb.compile, "sql"),
}
"""The targets by name, each with the language of its output for Markdown."""


def translations(detection: Detection) -> Iterator[tuple[str, str]]:
    """The pattern in the language of each target, or why the target cannot express it."""
    for name, (compile_pattern, _) in TARGETS.items():
        try:
            output = compile_pattern(detection.filter_pattern.tree)
        except UnsupportedError as error:
            output = f"(not possible: {error})"
        yield name, output if isinstance(output, str) else json.dumps(output, indent=2)


def real_time_message(detection: Detection) -> str:
    """Whether a rule sends a message for each event, or why not."""
    reason = reason_without_rule(detection)
    if reason:
        return f"no message: {reason}"
    reads = rule_state(detection) == ENABLED_WITH_READS
    return f"a message for each event{'' if reads else ' that is not read-only'}"


def event_pattern_differences(detection: Detection) -> tuple[str, ...]:
    """The clauses about one element of an array, for which the event pattern matches any element.

    Empty if the event pattern matches the same events as the filter pattern, or if there is none.
    """
    try:
        return differences(detection.filter_pattern.tree)
    except UnsupportedError:
        return ()


def alarm_condition(detection: Detection) -> str:
    """When the alarm goes into ALARM, in words: ``3 events in 300 seconds``.

    Raises `UnsupportedError` for a log alarm that cannot be deployed.
    """
    timing = detection.timing
    events = "1 event" if timing.threshold == 1 else f"{timing.threshold} events"
    condition = f"{events} in {timing.period:,} seconds"
    if detection.log_alarm:
        condition = f"{events} of one identity in {log_alarm(detection).window:,} seconds"
    if timing.evaluation_periods == 1:
        return condition
    return (
        f"{condition}, in {timing.datapoints_to_alarm} of {timing.evaluation_periods} "
        "consecutive periods"
    )
