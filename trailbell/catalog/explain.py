"""
A detection, told whole: for a terminal, and for the page of its pack.

In:    a detection.
Out:   its parts, and what its pattern says in every other language.
Never: a target that is left out silently. What one cannot say is told with the reason.
"""

import json
from collections.abc import Iterator
from types import ModuleType

from trailbell.catalog.detection import Detection
from trailbell.errors import UnsupportedError
from trailbell.pattern.targets import athena, cloudwatch, duckdb, eventbridge, insights

TARGETS: dict[str, tuple[ModuleType, str]] = {
    "CloudWatch filter pattern": (cloudwatch, ""),
    "Logs Insights": (insights, ""),
    "EventBridge event pattern": (eventbridge, "json"),
    "Athena": (athena, "sql"),
    "DuckDB": (duckdb, "sql"),
}
"""Every target by the name people know, with its language for Markdown."""


def translations(detection: Detection) -> Iterator[tuple[str, str]]:
    """What the pattern says, by target: its text, or why the target cannot say it."""
    for name, (target, _) in TARGETS.items():
        try:
            said = target.compile(detection.filter_pattern.tree)
        except UnsupportedError as unsupported:
            said = f"(not possible: {unsupported})"
        yield name, said if isinstance(said, str) else json.dumps(said, indent=2)


def alarm_condition(detection: Detection) -> str:
    """When the alarm rings, in words."""
    timing = detection.timing
    many = f"{timing.threshold} events" if timing.threshold > 1 else "one event"
    window = f"{timing.period:,} seconds"
    if timing.evaluation_periods == 1:
        return f"at {many} within {window}"
    of = f"{timing.datapoints_to_alarm} of {timing.evaluation_periods}"
    return f"at {many} within {window}, in {of} such periods"
