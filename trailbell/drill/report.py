"""
The result of a drill, for people and programs.

In:    a `DrillResult`.
Out:   lines for a terminal, JSON.
Never: "delivered" about one subscriber: SNS counts deliveries of a topic.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from trailbell.drill.observe_alarm import ALARM
from trailbell.drill.observe_topic import name_of_step
from trailbell.drill.plan import AlarmPart, Subscriber
from trailbell.drill.result import DrillResult, PartResult, Step, StepState, Verdict
from trailbell.styled_text import Line, Span, Style, line

_STYLES = {
    StepState.REACHED: Style.SUCCESS,
    StepState.PARTLY: Style.WARNING,
    StepState.FAILED: Style.ERROR,
    StepState.NOT_SEEN: Style.WARNING,
}
_UNLOGGED = "delivery status unknown: SNS does not report it for {protocol}"
_NOT_ENABLED = "delivery status unknown: delivery status logging is not enabled for {protocol}"
_IN_LOG = "delivery status: see the log group sns/{region}/{account}/{topic}"
_UNPUBLISHED = "received nothing: no notification was published"
_LOGGABLE = ("application", "firehose", "http", "https", "lambda", "sqs")


def to_lines(result: DrillResult) -> Iterator[Line]:
    """The report as lines for a terminal."""
    plan = result.plan
    style = Style.SUCCESS if result.verdict is Verdict.NOTIFIED else Style.ERROR
    yield line(f"{plan.detection}: ", Span(result.verdict, style))
    for part in result.parts:
        yield from _part(result, part)
    for text in plan.notes:
        yield line("  ", Span("Note", Style.NOTE), f": {text}")
    for text in (*result.cleanup, *_alarms(result)):
        yield line(f"  Cleanup: {text}.")
    for text in result.left:
        yield line("  ", Span("Cleanup", Style.ERROR), f": {text}")


def _part(result: DrillResult, part: PartResult) -> Iterator[Line]:
    head = f"  {part.path} path (stack {part.stack}): "
    style = Style.SUCCESS if part.verdict is Verdict.NOTIFIED else Style.ERROR
    yield line(head, Span(part.verdict, style))
    for step in part.steps:
        yield _step(step)
    seen = {step.name for step in part.steps}
    for topic in part.topics:
        for each in topic.subscribers:
            text = _status(each) if name_of_step(topic) in seen else _UNPUBLISHED
            status = text.format(
                protocol=each.protocol,
                region=result.plan.region,
                account=result.plan.account,
                topic=topic.name,
            )
            yield line(f"    {each.protocol} {each.endpoint}: {status}", hanging=6)


def _step(step: Step) -> Line:
    seconds = "" if step.seconds is None else f"{step.seconds:.0f} s"
    state = Span(f"{step.state:<9}", _STYLES[step.state])
    return line(f"    {seconds:>6}  ", state, f" {step.name}: {step.text}", hanging=19)


def _status(each: Subscriber) -> str:
    if not each.is_confirmed:
        return "not confirmed: it received nothing"
    if each.is_logged:
        return _IN_LOG
    return _NOT_ENABLED if each.protocol in _LOGGABLE else _UNLOGGED


def _alarms(result: DrillResult) -> Iterator[str]:
    """The alarms that the drill left in ALARM."""
    names = {
        step.name for part in result.parts for step in part.steps if step.state is StepState.REACHED
    }
    for part in result.plan.parts:
        if isinstance(part, AlarmPart) and ALARM in names:
            yield (
                f"{part.alarm} returns to OK on its own about {part.time_in_alarm} after the event"
            )


def to_json(result: DrillResult) -> str:
    """Return the result as JSON."""
    data: dict[str, Any] = {
        "run": result.plan.run,
        "detection": result.plan.detection,
        "account": result.plan.account,
        "region": result.plan.region,
        "notified": result.verdict is Verdict.NOTIFIED,
        "verdict": result.verdict,
        "paths": [_part_data(part) for part in result.parts],
        "notes": result.plan.notes,
        "cleanup": result.cleanup,
        "left": result.left,
    }
    return json.dumps(data, indent=2) + "\n"


def _part_data(part: PartResult) -> dict[str, Any]:
    return {
        "path": part.path,
        "stack": part.stack,
        "verdict": part.verdict,
        "steps": [
            {
                "name": step.name,
                "state": step.state,
                "seconds": None if step.seconds is None else round(step.seconds, 1),
                "text": step.text,
            }
            for step in part.steps
        ],
        "topics": [
            {
                "arn": topic.arn,
                "subscribers": [
                    {**asdict(each), "delivery": "unknown" if each.is_confirmed else "none"}
                    for each in topic.subscribers
                ],
            }
            for topic in part.topics
        ],
    }
